namespace LlmRec;

/// <summary>An append-only column in blocks of 65,536, so that growing never copies what is there and never doubles the memory.</summary>
internal sealed class ChunkedList<T> where T : unmanaged
{
    private const int Shift = 16, Size = 1 << Shift, Mask = Size - 1;

    private readonly List<T[]> _blocks = [];

    public int Count { get; private set; }

    public T this[int i]
    {
        get => _blocks[i >> Shift][i & Mask];
        set => _blocks[i >> Shift][i & Mask] = value;
    }

    public void Add(T value)
    {
        int at = Count & Mask;
        if (at == 0)
            _blocks.Add(_blocks.Count == 0 ? new T[256] : new T[Size]);
        else if (at == _blocks[^1].Length)   // only the first block starts small, so that a small log stays small
            _blocks[^1] = Grow(_blocks[^1]);
        _blocks[^1][at] = value;
        Count++;
    }

    /// <summary>Appends <paramref name="count"/> copies.</summary>
    public void AddMany(T value, int count)
    {
        for (int i = 0; i < count; i++) Add(value);
    }

    private static T[] Grow(T[] block)
    {
        Array.Resize(ref block, Math.Min(block.Length * 4, Size));
        return block;
    }
}
