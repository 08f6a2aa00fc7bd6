using System.Runtime.CompilerServices;

namespace LlmRec.Transformers;

/// <summary>The tokens of one text as they come: ids, and where each lies when <see cref="Tracked"/>.</summary>
internal sealed class TokenSink
{
    /// <summary>Slots that may be written past <see cref="Count"/> in one go.</summary>
    public const int Slack = 8;

    private int[] _ids = new int[256];
    private int[] _starts = [], _ends = [];
    private bool _tracked;

    public int Count { get; set; }

    public bool Tracked
    {
        get => _tracked;
        set
        {
            _tracked = value;
            if (value) ReserveRanges();
        }
    }

    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    public Span<int> Starts => _starts.AsSpan(0, Count);

    public Span<int> Ends => _ends.AsSpan(0, Count);

    /// <summary>Appends a token that covers [start, end).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int id, int start, int end)
    {
        int at = Count;
        if (at + Slack >= _ids.Length) Enlarge();
        _ids[at] = id;
        if (_tracked)
        {
            _starts[at] = start;
            _ends[at] = end;
        }
        Count = at + 1;
    }

    /// <summary>The next <see cref="Slack"/> slots, to be written before <see cref="Count"/> is raised.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref int Reserve()
    {
        if (Count + Slack >= _ids.Length) Enlarge();
        return ref _ids[Count];
    }

    /// <summary>Reverses the tokens from <paramref name="first"/> on: the Viterbi path is found from its end.</summary>
    public void Reverse(int first)
    {
        _ids.AsSpan(first, Count - first).Reverse();
        if (!_tracked) return;
        _starts.AsSpan(first, Count - first).Reverse();
        _ends.AsSpan(first, Count - first).Reverse();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Enlarge()
    {
        Array.Resize(ref _ids, _ids.Length * 2);
        if (_tracked) ReserveRanges();
    }

    private void ReserveRanges()
    {
        if (_starts.Length >= _ids.Length) return;
        Array.Resize(ref _starts, _ids.Length);
        Array.Resize(ref _ends, _ids.Length);
    }
}
