using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>Items without training events as means of the warm items whose text is most like theirs.</summary>
/// <remarks>Immutable and thread-safe. O(cold × warm × d) to find the neighbours.</remarks>
internal sealed class ColdItems
{
    private readonly int[][] _ids;      // per item its neighbours; empty for warm items
    private readonly float[][] _likeness;
    private readonly float[][] _shares; // sum to 1
    private readonly int[] _cold;

    private ColdItems(int[][] ids, float[][] likeness)
    {
        _ids = ids;
        _likeness = likeness;
        _shares = [.. likeness.Select(l => l.Select(s => s / l.Sum()).ToArray())];
        _cold = [.. Enumerable.Range(0, ids.Length).Where(i => ids[i].Length > 0)];
    }

    /// <summary>Finds them; null when the training has no vectors.</summary>
    /// <param name="training">The training.</param>
    /// <param name="warm">Which items have something to go by.</param>
    public static ColdItems? Of(Training training, Func<int, bool> warm)
    {
        if (training.Vectors is not { } vectors) return null;
        int m = training.Items.Length, d = training.Dimensions;
        bool[] isWarm = new bool[m];
        for (int i = 0; i < m; i++) isWarm[i] = warm(i);
        int[][] ids = new int[m][];
        float[][] values = new float[m][];
        Parallel.For(0, m, () => new LargestOfRow(training.Cold.Neighbours), (i, _, nearest) =>
        {
            nearest.Clear();
            if (!isWarm[i])
                for (int j = 0; j < m; j++)
                    if (isWarm[j]) nearest.Add(j, TensorPrimitives.Dot(training.VectorOf(i), training.VectorOf(j)));
            (ids[i], values[i]) = nearest.Take();
            return nearest;
        }, static _ => { });
        return new(ids, values);
    }

    public bool IsCold(int item) => _ids[item].Length > 0;

    public IEnumerable<(int Item, float Share)> SharesOf(int item) => _ids[item].Zip(_shares[item]);

    public IEnumerable<(int Item, float Share)> SimilarTo(int item) => _ids[item].Zip(_likeness[item]);

    /// <summary>Gives the cold items of a row of scores theirs.</summary>
    public void Fill(Span<float> scores)
    {
        foreach (int c in _cold)
        {
            float sum = 0;
            for (int k = 0; k < _ids[c].Length; k++) sum += _shares[c][k] * scores[_ids[c][k]];
            scores[c] = sum;
        }
    }
}
