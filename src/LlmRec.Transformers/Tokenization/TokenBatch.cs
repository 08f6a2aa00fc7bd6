namespace LlmRec.Transformers;

/// <summary>
/// Token ids of many texts, packed one after the other without padding: text i owns
/// <c>Ids[RowStarts[i] .. RowStarts[i + 1]]</c>. Meant to be cleared and filled again; then nothing is allocated once it is
/// large enough. Not thread-safe.
/// </summary>
public sealed class TokenBatch
{
    private int[] _ids = new int[512];
    private int[] _typeIds = new int[512];
    private int[] _rowStarts = new int[65];

    /// <summary>Number of texts.</summary>
    public int Count { get; private set; }

    /// <summary>Number of tokens of all texts.</summary>
    public int TokenCount { get; private set; }

    /// <summary>Texts that were cut to <see cref="EncodeOptions.MaxTokenCount"/>.</summary>
    public int TruncatedCount { get; private set; }

    /// <summary>Tokens of the longest text; 0 when there is none.</summary>
    public int MaxLength { get; private set; }

    /// <summary>All ids, (tokens).</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, TokenCount);

    /// <summary>The segment of each token, (tokens): 0 or, for the second text of a pair, mostly 1.</summary>
    public ReadOnlySpan<int> TypeIds => _typeIds.AsSpan(0, TokenCount);

    /// <summary>Cumulative lengths, (texts + 1): where each text begins, and the end.</summary>
    public ReadOnlySpan<int> RowStarts => _rowStarts.AsSpan(0, Count + 1);

    /// <summary>The ids of one text.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such text.</exception>
    public ReadOnlySpan<int> Row(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return _ids.AsSpan(_rowStarts[index].._rowStarts[index + 1]);
    }

    /// <summary>Number of tokens of one text.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such text.</exception>
    public int LengthOf(int index) => Row(index).Length;

    /// <summary>Empties the batch and keeps its memory.</summary>
    public void Clear() => (Count, TokenCount, TruncatedCount, MaxLength) = (0, 0, 0, 0);

    /// <summary>Appends a text that was tokenized elsewhere.</summary>
    /// <param name="ids">Its ids.</param>
    /// <param name="typeId">The segment of all its tokens.</param>
    public void Add(ReadOnlySpan<int> ids, int typeId = 0)
    {
        ids.CopyTo(Begin(ids.Length, out Span<int> typeIds));
        typeIds.Fill(typeId);
        End(ids.Length, truncated: false);
    }

    /// <summary>Room for a text of this many tokens; <see cref="End"/> makes it part of the batch.</summary>
    internal Span<int> Begin(int length, out Span<int> typeIds)
    {
        int needed = checked(TokenCount + length);
        if (needed > _ids.Length)
        {
            Array.Resize(ref _ids, Math.Max(needed, _ids.Length * 2));
            Array.Resize(ref _typeIds, _ids.Length);
        }
        if (Count + 2 > _rowStarts.Length) Array.Resize(ref _rowStarts, _rowStarts.Length * 2);
        typeIds = _typeIds.AsSpan(TokenCount, length);
        return _ids.AsSpan(TokenCount, length);
    }

    internal void End(int length, bool truncated)
    {
        TokenCount += length;
        MaxLength = Math.Max(MaxLength, length);
        if (truncated) TruncatedCount++;
        _rowStarts[++Count] = TokenCount;
    }
}
