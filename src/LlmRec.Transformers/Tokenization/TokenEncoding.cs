namespace LlmRec.Transformers;

/// <summary>All that is known about the tokens of a text or a pair. Immutable.</summary>
public sealed class TokenEncoding
{
    private readonly int[] _ids, _typeIds, _sequences;
    private readonly TokenSpan[] _offsets;

    internal TokenEncoding(int[] ids, int[] typeIds, int[] sequences, TokenSpan[] offsets, IReadOnlyList<TokenEncoding> overflow)
    {
        (_ids, _typeIds, _sequences, _offsets, Overflow) = (ids, typeIds, sequences, offsets, overflow);
    }

    /// <summary>Number of tokens.</summary>
    public int Count => _ids.Length;

    /// <summary>Ids, (tokens).</summary>
    public IReadOnlyList<int> Ids => _ids;

    /// <summary>Segments, (tokens).</summary>
    public IReadOnlyList<int> TypeIds => _typeIds;

    /// <summary>Where each token lies in its text, (tokens), in UTF-16 units.</summary>
    public IReadOnlyList<TokenSpan> Offsets => _offsets;

    /// <summary>The text each token is from, (tokens): 0 the first, 1 the second, -1 a special token put around them.</summary>
    public IReadOnlyList<int> Sequences => _sequences;

    /// <summary>The pieces that were cut off, in order, each with its own special tokens; empty when nothing was.</summary>
    public IReadOnlyList<TokenEncoding> Overflow { get; }

    /// <summary>Whether something was cut off.</summary>
    public bool IsTruncated => Overflow.Count > 0;
}
