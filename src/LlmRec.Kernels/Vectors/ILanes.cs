using System.Runtime.Intrinsics;

namespace LlmRec.Kernels;

/// <summary>
/// The few operations on a vector of float32 that the kernels need, so that a function is written once and compiled for 512, 256
/// and 128 bits and for plain scalars. An implementation is a type without state; every call becomes one or two instructions.
/// </summary>
/// <typeparam name="TVector">The vector, or <see cref="float"/> itself.</typeparam>
internal unsafe interface ILanes<TVector> where TVector : struct
{
    /// <summary>Values in a vector.</summary>
    static abstract int Count { get; }

    static abstract TVector Load(float* source);

    static abstract void Store(TVector x, float* target);

    static abstract TVector Create(float value);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Subtract(TVector a, TVector b);

    static abstract TVector Multiply(TVector a, TVector b);

    static abstract TVector Divide(TVector a, TVector b);

    /// <summary>a · b + c, rounded once where the processor can.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>The larger; which of the two when one is NaN is left to the processor.</summary>
    static abstract TVector Max(TVector a, TVector b);

    /// <summary>The smaller; which of the two when one is NaN is left to the processor.</summary>
    static abstract TVector Min(TVector a, TVector b);

    /// <summary>Where a &lt; b, x; elsewhere y.</summary>
    static abstract TVector SelectLess(TVector a, TVector b, TVector x, TVector y);

    /// <summary>2ⁿ, where the low bits of <paramref name="shifted"/> hold n because 1.5 · 2²³ was added to it; n in −126..127.</summary>
    static abstract TVector PowerOfTwo(TVector shifted);

    /// <summary>The sum over the lanes.</summary>
    static abstract float Sum(TVector x);

    /// <summary>The largest of the lanes.</summary>
    static abstract float MaxAcross(TVector x);

    /// <summary>The sums over the lanes of four vectors.</summary>
    static abstract Vector128<float> SumOfEach(TVector a, TVector b, TVector c, TVector d);

    /// <summary>The largest of the lanes of four vectors; which of two when one is NaN is left to the processor.</summary>
    static abstract Vector128<float> MaxOfEach(TVector a, TVector b, TVector c, TVector d);

    /// <summary>Stores the low byte of every lane's bits: with 1.5 · 2²³ added before, a small integer.</summary>
    static abstract void StoreLowBytes(TVector x, byte* target);

    static abstract TVector Abs(TVector x);

    /// <summary>table[i] with i the low four bits of a lane of <paramref name="index"/>: with 1.5 · 2²³ added before, a small integer.</summary>
    /// <param name="table">16 values.</param>
    /// <param name="index">Numbers whose bits are read.</param>
    static abstract TVector Lookup16(float* table, TVector index);

    /// <summary>The bits of <paramref name="shifted"/>, 19 places up, added to those of x: of n sixteenths, held in the low bits, the whole ones come to stand in the exponent.</summary>
    static abstract TVector AddSixteenths(TVector x, TVector shifted);
}
