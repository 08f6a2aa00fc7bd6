namespace LlmRec.Transformers;

/// <summary>Everything one encoding needs while it runs; lent by a <see cref="ScratchPool"/> to one thread at a time.</summary>
internal sealed class EncodeScratch
{
    private readonly char[] _word = new char[32];
    private char[] _repaired = [];

    /// <summary>The piece of text in work.</summary>
    public AlignedText Text { get; } = new();

    /// <summary>A part of it, where added tokens cut it into several.</summary>
    public AlignedText Part { get; } = new();

    public SplitList Splits { get; } = new();

    public TokenSink Sink { get; } = new();

    public WordCache Cache { get; } = new(maxBits: 15);

    /// <summary>Buffers of the byte-pair merges.</summary>
    public MergeBuffers Merges { get; } = new();

    /// <summary>Buffers of the Viterbi search.</summary>
    public PathBuffers Path { get; } = new();

    /// <summary>Tokens of the first text of a pair.</summary>
    public int FirstCount { get; set; }

    /// <summary>A word of at most 16 units in a place that may be read for 16.</summary>
    public ref char Copy(ReadOnlySpan<char> word)
    {
        word.CopyTo(_word);
        return ref _word[0];
    }

    /// <summary>The text, or a copy in which each lone surrogate is U+FFFD.</summary>
    public ReadOnlySpan<char> WithoutLoneSurrogates(ReadOnlySpan<char> text)
    {
        int i = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        if (i < 0) return text;
        if (_repaired.Length < text.Length) _repaired = new char[Math.Max(text.Length, _repaired.Length * 2)];
        Span<char> copy = _repaired.AsSpan(0, text.Length);
        text.CopyTo(copy);
        for (; i < copy.Length; i++)
        {
            if (!char.IsSurrogate(copy[i])) continue;
            if (i + 1 < copy.Length && char.IsSurrogatePair(copy[i], copy[i + 1]))
                i++;
            else
                copy[i] = '\uFFFD';
        }
        return copy;
    }

    /// <summary>Whether the buffers grew so large that keeping them would be a waste.</summary>
    public bool IsBulky => Text.Capacity > 1 << 20 || Part.Capacity > 1 << 20 || Merges.Capacity > 1 << 20 || Path.Capacity > 1 << 20;
}
