namespace LlmRec.Kernels;

/// <summary>
/// A query checked and laid out for the scorers in the calling thread's scratch, on 64-byte boundaries: as float32 padded with
/// zeros, and coded for one more format. Rented for one search: a search inside another's predicate gets a scratch of its own.
/// </summary>
internal readonly unsafe ref struct PreparedQuery
{
    [ThreadStatic]
    private static AlignedBuffer<byte>? t_spare;

    private readonly AlignedBuffer<byte> _buffer;
    private readonly int _d, _padded;

    /// <summary>Checks and copies a query.</summary>
    /// <param name="query">The caller's d values.</param>
    /// <param name="d">Columns of the rows.</param>
    /// <param name="toUnitLength">Divide by the length, for a cosine.</param>
    public PreparedQuery(ReadOnlySpan<float> query, int d, bool toUnitLength)
    {
        if (query.Length != d)
            throw new ArgumentException($"the query has {query.Length} values, the rows have {d}", nameof(query));
        Similarity.ThrowIfNotFinite(query, nameof(query));
        // Every format's stride divides 128 values; the coded query takes at most 4 bytes a value.
        _d = d;
        _padded = (d + 127) / 128 * 128;
        int bytes = 2 * sizeof(float) * _padded;
        _buffer = t_spare is { } spare && spare.Length >= bytes ? spare : new AlignedBuffer<byte>(bytes);
        t_spare = null;
        var target = new Span<float>(Floats, _padded);
        target[d..].Clear();
        if (!toUnitLength)
            query.CopyTo(target);
        else if (Similarity.Normalize(query, target[..d]) == 0)
            throw new ArgumentException("the query is all zeros, which has no direction and so no cosine", nameof(query));
    }

    /// <summary>The query as float32, zeros up to a multiple of 128.</summary>
    public float* Floats => (float*)_buffer.Pointer;

    private byte* Codes => _buffer.Pointer + sizeof(float) * _padded;

    /// <summary>The scorer of float32 rows.</summary>
    public DotScorer Float32() => new(null, RowStore.Bytes(RowFormat.Float32, _d) / sizeof(float), Floats);

    /// <summary>The scorer of float32 rows by distance.</summary>
    public SquaredDistanceScorer Distance() => new(null, RowStore.Bytes(RowFormat.Float32, _d) / sizeof(float), Floats);

    /// <summary>The scorer of bfloat16 rows. Two values share a 32-bit lane, so the query is split into its even and its odd values.</summary>
    public HalfScorer<BFloat16Decoding> BFloat16()
    {
        SplitEvenOdd(0);
        return new(null, RowStore.Bytes(RowFormat.BFloat16, _d) / sizeof(uint), (float*)Codes, (float*)Codes + _padded / 2, 1);
    }

    /// <summary>
    /// The scorer of float16 rows. Moved into float32's position a float16 is 2⁻¹¹² of its value; the query takes the 2¹¹² up, after a
    /// power of two has brought its largest value near 1 so that nothing overflows.
    /// </summary>
    public HalfScorer<Float16Decoding> Float16()
    {
        float largest = Largest();
        int exponent = largest == 0 ? 0 : MathF.ILogB(largest);
        SplitEvenOdd(112 - exponent);
        return new(null, RowStore.Bytes(RowFormat.Float16, _d) / sizeof(uint), (float*)Codes, (float*)Codes + _padded / 2, MathF.ScaleB(1, exponent));
    }

    /// <summary>The scorer of int8 rows: q = 16·high + low with both digits in [−8, 7].</summary>
    public Int8Scorer Int8()
    {
        sbyte* high = (sbyte*)Codes, low = high + _padded;
        float scale = Scale(119, out double inverse);
        int sum = 0;
        for (int j = 0; j < _padded; j++)
        {
            int q = (int)Math.Round(Floats[j] * inverse), digit = ((q + 8) & 15) - 8;
            low[j] = (sbyte)digit;
            high[j] = (sbyte)((q - digit) >> 4);
            sum += q;
        }
        return new(null, RowStore.Bytes(RowFormat.Int8, _d), null, high, low, sum, scale);
    }

    /// <summary>The scorer of 4-bit rows: one signed byte a value.</summary>
    public Int4Scorer Int4()
    {
        sbyte* codes = (sbyte*)Codes;
        float scale = Scale(127, out double inverse);
        int sum = 0;
        for (int j = 0; j < _padded; j++)
        {
            codes[j] = (sbyte)Math.Round(Floats[j] * inverse);
            sum += codes[j];
        }
        return new(null, RowStore.Bytes(RowFormat.Int4, _d), null, codes, sum, scale);
    }

    /// <summary>The scorer of sign rows: one bit a value.</summary>
    public SignScorer Sign()
    {
        int bytes = RowStore.Bytes(RowFormat.Sign, _d);
        RowCoding.Encode(RowFormat.Sign, new ReadOnlySpan<float>(Floats, _d), new Span<byte>(Codes, bytes));
        return new(null, bytes / sizeof(ulong), (ulong*)Codes, _d);
    }

    /// <summary>Gives the scratch back to the thread.</summary>
    public void Dispose() => t_spare = _buffer;

    private void SplitEvenOdd(int exponent)
    {
        float* even = (float*)Codes, odd = even + _padded / 2;
        for (int j = 0; j < _padded / 2; j++)
        {
            even[j] = exponent == 0 ? Floats[2 * j] : MathF.ScaleB(Floats[2 * j], exponent);
            odd[j] = exponent == 0 ? Floats[2 * j + 1] : MathF.ScaleB(Floats[2 * j + 1], exponent);
        }
    }

    // What a code is worth, and what a value is multiplied by to become a code of at most the limit.
    private float Scale(int limit, out double inverse)
    {
        float largest = Largest();
        inverse = largest == 0 ? 0 : limit / (double)largest;
        return largest / limit;
    }

    private float Largest()
    {
        float largest = 0;
        for (int j = 0; j < _d; j++) largest = Math.Max(largest, Math.Abs(Floats[j]));
        return largest;
    }
}
