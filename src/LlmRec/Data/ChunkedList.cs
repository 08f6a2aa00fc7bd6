namespace LlmRec;

/// <summary>An append-only column in blocks of 65,536, so that growing never copies what is there and never doubles the memory.</summary>
internal sealed class ChunkedList<T> where T : unmanaged
{
    private const int Shift = 16, Size = 1 << Shift, Mask = Size - 1;

    private T[][] _blocks = new T[4][];
    private int _blockCount;

    public int Count { get; private set; }

    public T this[int i]
    {
        get => _blocks[i >> Shift][i & Mask];
        set => _blocks[i >> Shift][i & Mask] = value;
    }

    public void Add(T value)
    {
        int at = Count & Mask;
        if (at == 0) AddBlock();
        else if (at == _blocks[_blockCount - 1].Length)   // only the first block starts small, so that a small log stays small
            Array.Resize(ref _blocks[_blockCount - 1], Math.Min(at * 4, Size));
        _blocks[_blockCount - 1][at] = value;
        Count++;
    }

    /// <summary>Appends <paramref name="count"/> copies.</summary>
    public void AddMany(T value, int count)
    {
        for (int i = 0; i < count; i++) Add(value);
    }

    private void AddBlock()
    {
        if (_blockCount == _blocks.Length) Array.Resize(ref _blocks, _blocks.Length * 2);
        _blocks[_blockCount] = new T[_blockCount == 0 ? 256 : Size];
        _blockCount++;
    }
}
