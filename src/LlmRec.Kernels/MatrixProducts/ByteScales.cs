namespace LlmRec.Kernels;

/// <summary>
/// What bytes stand for. Of a row of A: factor · (byte − offset), offset its zero point. Of a column of B: factor · byte, offset the sum of
/// its bytes, which the zero points of the rows multiply.
/// </summary>
internal readonly unsafe struct ByteScales(float* factors, float* offsets)
{
    public readonly float* Factors = factors, Offsets = offsets;

    /// <summary>Those from another row or column on.</summary>
    public ByteScales From(int i) => new(Factors + i, Offsets + i);
}
