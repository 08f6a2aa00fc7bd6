namespace LlmRec;

/// <summary>The items that stand against taken ones, drawn in proportion to their count to a power.</summary>
internal sealed class NegativeItems
{
    private readonly int[] _taken;          // the item of each pair: even draws from it are in proportion to popularity
    private readonly NoiseDraws? _draws;    // for other powers than 1

    /// <param name="pairs">Who took what.</param>
    /// <param name="taken">The item of each pair.</param>
    /// <param name="power">0 to 1.</param>
    public NegativeItems(PositivePairs pairs, int[] taken, double power)
    {
        _taken = taken;
        if (power == 1 || _taken.Length == 0) return;
        _draws = new([.. Enumerable.Range(0, pairs.Items.Length).Select(i => pairs.Occurs(i) ? Math.Pow(pairs.CountOf(i), power) : 0)]);
    }

    public bool IsEmpty => _taken.Length == 0;

    public int Next(ref SplitMix random) => _draws?.Next(ref random) ?? _taken[random.Next(_taken.Length)];
}
