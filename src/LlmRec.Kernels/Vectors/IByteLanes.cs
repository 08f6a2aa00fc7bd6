namespace LlmRec.Kernels;

/// <summary>
/// Multiply-adds of unsigned by signed bytes into int32 lanes, written once for all widths. A lane holds four bytes on the way in and
/// one sum on the way out.
/// </summary>
/// <typeparam name="TVector">The vector of int32, or <see cref="int"/> itself.</typeparam>
/// <typeparam name="TFloat">The vector of float32 with as many lanes, or <see cref="float"/> itself.</typeparam>
internal unsafe interface IByteLanes<TVector, TFloat>
    where TVector : struct
    where TFloat : struct
{
    /// <summary>int32 lanes in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Loads lanes.</summary>
    static abstract TVector Load(void* source);

    /// <summary>The same four bytes in every lane.</summary>
    static abstract TVector Create(void* source);

    /// <summary>The sums as float32, rounded.</summary>
    static abstract TFloat ToSingle(TVector x);

    /// <summary>
    /// sum + Σ of the eight products of a lane's bytes, u0 · s0 and u1 · s1, u unsigned and s signed. Pairs of neighbours are added in
    /// int16, one of each operand: u0[0] s0[0] + u0[1] s0[1] + u1[0] s1[0] + u1[1] s1[1] must stay within it, and so must its parts.
    /// </summary>
    static abstract TVector MultiplyAdd(TVector sum, TVector u0, TVector s0, TVector u1, TVector s1);
}
