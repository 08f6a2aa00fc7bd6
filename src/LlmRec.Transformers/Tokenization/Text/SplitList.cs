using System.Runtime.CompilerServices;

namespace LlmRec.Transformers;

/// <summary>The pieces [start, end) of a text that a pre-tokenizer was given, and those it makes of them.</summary>
internal sealed class SplitList
{
    private (int Start, int End)[] _items = new (int, int)[64];
    private (int Start, int End)[] _next = new (int, int)[64];
    private int _nextCount;

    public int Count { get; private set; }

    public ReadOnlySpan<(int Start, int End)> Items => _items.AsSpan(0, Count);

    /// <summary>One piece: the whole text.</summary>
    public void Reset(int length)
    {
        _items[0] = (0, length);
        Count = length > 0 ? 1 : 0;
        _nextCount = 0;
    }

    /// <summary>Appends a piece to the next state; empty ones are dropped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int start, int end)
    {
        if (start >= end) return;
        if (_nextCount == _next.Length) Array.Resize(ref _next, _next.Length * 2);
        _next[_nextCount++] = (start, end);
    }

    /// <summary>Number of pieces in the next state.</summary>
    public int NextCount => _nextCount;

    /// <summary>Moves the end of the last piece of the next state.</summary>
    public void ExtendLast(int end) => _next[_nextCount - 1].End = end;

    public void Commit()
    {
        (_items, _next) = (_next, _items);
        (Count, _nextCount) = (_nextCount, 0);
    }
}
