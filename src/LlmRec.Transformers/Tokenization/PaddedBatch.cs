namespace LlmRec.Transformers;

/// <summary>Token ids of many texts as a rectangle, for engines that want padding.</summary>
public sealed class PaddedBatch
{
    private readonly int[] _ids, _typeIds, _lengths;
    private readonly byte[] _mask;

    internal PaddedBatch(TokenBatch packed, PaddingOptions options, int padId)
    {
        Count = packed.Count;
        int length = options.Length ?? packed.MaxLength;
        if (options.MultipleOf > 0 && length % options.MultipleOf is > 0 and int over) length += options.MultipleOf - over;
        // A text longer than a fixed length keeps its tokens; the rectangle then has to be as wide as the longest.
        Length = Math.Max(length, packed.MaxLength);
        _ids = new int[checked(Count * Length)];
        _typeIds = new int[Count * Length];
        _mask = new byte[Count * Length];
        _lengths = new int[Count];
        _ids.AsSpan().Fill(padId);
        _typeIds.AsSpan().Fill(options.PadTypeId);
        for (int i = 0; i < Count; i++)
        {
            ReadOnlySpan<int> row = packed.Row(i);
            int at = i * Length + (options.Side == TokenSide.Left ? Length - row.Length : 0);
            row.CopyTo(_ids.AsSpan(at));
            packed.TypeIds.Slice(packed.RowStarts[i], row.Length).CopyTo(_typeIds.AsSpan(at));
            _mask.AsSpan(at, row.Length).Fill(1);
            _lengths[i] = row.Length;
        }
    }

    /// <summary>Number of texts.</summary>
    public int Count { get; }

    /// <summary>Tokens of every row, padding included.</summary>
    public int Length { get; }

    /// <summary>Ids, (texts, length), row by row.</summary>
    public ReadOnlySpan<int> Ids => _ids;

    /// <summary>Segments, (texts, length).</summary>
    public ReadOnlySpan<int> TypeIds => _typeIds;

    /// <summary>1 for a token, 0 for padding, (texts, length).</summary>
    public ReadOnlySpan<byte> AttentionMask => _mask;

    /// <summary>Tokens of each text without padding, (texts).</summary>
    public ReadOnlySpan<int> Lengths => _lengths;

    /// <summary>The ids of one row.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public ReadOnlySpan<int> Row(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return _ids.AsSpan(index * Length, Length);
    }
}
