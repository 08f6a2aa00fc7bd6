using System.Runtime.CompilerServices;

namespace LlmRec.Kernels;

/// <summary>
/// The best k hits seen so far, in the caller's own span: a binary heap whose root is the worst kept. A higher score wins, and
/// of equal scores the lower index, so the result is the same whatever the order of the offers.
/// </summary>
internal ref struct HitHeap
{
    private readonly Span<Hit> _items;

    public HitHeap(Span<Hit> items)
    {
        _items = items;
        Threshold = float.NegativeInfinity;
    }

    /// <summary>Goes on with a heap that holds <paramref name="count"/> hits already.</summary>
    public HitHeap(Span<Hit> items, int count) : this(items)
    {
        Count = count;
        if (count == items.Length) Threshold = items[0].Score;
    }

    /// <summary>Number of hits kept.</summary>
    public int Count { get; private set; }

    /// <summary>A score below this cannot enter; an equal one may, by its index.</summary>
    public float Threshold { get; private set; }

    /// <summary>Keeps the hit if it is among the best k. NaN never enters.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Offer(int index, float score)
    {
        var hit = new Hit(index, score);
        if (Count < _items.Length)
        {
            if (float.IsNaN(score)) return;
            Rise(hit);
        }
        else if (score >= Threshold && IsWorse(_items[0], hit))
        {
            Sink(hit, Count);
        }
        else
        {
            return;
        }
        if (Count == _items.Length) Threshold = _items[0].Score;
    }

    /// <summary>Orders what was kept, best first, and returns its number. The heap is spent afterwards.</summary>
    public int Sort()
    {
        for (int n = Count - 1; n > 0; n--)
        {
            Hit worst = _items[0];
            Sink(_items[n], n);
            _items[n] = worst;
        }
        return Count;
    }

    /// <summary>True when <paramref name="a"/> comes after <paramref name="b"/> in a result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsWorse(Hit a, Hit b) => a.Score < b.Score || (a.Score == b.Score && a.Index > b.Index);

    private void Rise(Hit hit)
    {
        int i = Count++;
        while (i > 0)
        {
            int parent = (i - 1) / 2;
            if (!IsWorse(hit, _items[parent])) break;
            _items[i] = _items[parent];
            i = parent;
        }
        _items[i] = hit;
    }

    // Puts the hit in the root's place and lets it sink among the first n.
    private readonly void Sink(Hit hit, int n)
    {
        int i = 0;
        for (int child = 1; child < n; child = 2 * i + 1)
        {
            if (child + 1 < n && IsWorse(_items[child + 1], _items[child])) child++;
            if (!IsWorse(_items[child], hit)) break;
            _items[i] = _items[child];
            i = child;
        }
        _items[i] = hit;
    }
}
