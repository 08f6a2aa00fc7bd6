namespace LlmRec;

/// <summary>The k best of items that come in any order: higher scores first, ties by lower item, −∞ and NaN never, nor what was excluded.</summary>
internal sealed class BestItems(int k, int items)
{
    private readonly int[] _items = new int[k];
    private readonly float[] _scores = new float[k];
    private readonly ulong[] _excluded = new ulong[(items + 63) / 64];
    private int _count;

    /// <summary>No lower score can enter: −∞ until there are k.</summary>
    public float Least { get; private set; } = float.NegativeInfinity;

    /// <summary>Keeps an item out; before the first offer.</summary>
    public void Exclude(int item) => _excluded[item >> 6] |= 1ul << item;

    /// <summary>Takes what belongs to the best.</summary>
    public void Offer(ReadOnlySpan<int> items, ReadOnlySpan<float> scores)
    {
        float below = MathF.BitDecrement(Least);   // an equal score of a lower item enters
        for (int i = TopNSelection.NextAbove(scores, 0, below); i < scores.Length; i = TopNSelection.NextAbove(scores, i + 1, below))
        {
            int item = items[i];
            if ((_excluded[item >> 6] >> item & 1) != 0) continue;
            float s = scores[i];
            int at = _count < k ? _count : k - 1;
            if (at < _count && !Before(s, item, at)) continue;
            for (; at > 0 && Before(s, item, at - 1); at--) (_items[at], _scores[at]) = (_items[at - 1], _scores[at - 1]);
            (_items[at], _scores[at]) = (item, s);
            if (_count < k) _count++;
            if (_count == k) below = MathF.BitDecrement(Least = _scores[k - 1]);
        }
    }

    /// <summary>What was taken, best first.</summary>
    public IReadOnlyList<ScoredItem> ToList(IReadOnlyList<string> ids)
    {
        var list = new ScoredItem[_count];
        for (int p = 0; p < list.Length; p++) list[p] = new(ids[_items[p]], _scores[p]);
        return list;
    }

    private bool Before(float score, int item, int place) => score > _scores[place] || (score == _scores[place] && item < _items[place]);
}
