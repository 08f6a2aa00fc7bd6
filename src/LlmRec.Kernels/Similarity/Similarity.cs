using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LlmRec.Kernels;

/// <summary>Similarity of two float32 vectors with the widest registers the processor has (512, 256, 128 bits, or plain scalar code).</summary>
/// <remarks>
/// Static and thread-safe. O(d). Sums are taken in float32 in an order that depends on the register width, so the last bits may
/// differ between processors, never between calls on one.
/// </remarks>
public static partial class Similarity
{
    /// <summary>The inner product Σ xᵢyᵢ; 0 for empty vectors.</summary>
    /// <param name="x">First vector, d values.</param>
    /// <param name="y">Second vector, d values.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        ThrowIfLengthsDiffer(x, y);
        return Reduce<DotStep>(ref MemoryMarshal.GetReference(x), ref MemoryMarshal.GetReference(y), x.Length);
    }

    /// <summary>The squared Euclidean distance Σ (xᵢ − yᵢ)²; 0 for empty vectors.</summary>
    /// <param name="x">First vector, d values.</param>
    /// <param name="y">Second vector, d values.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float SquaredDistance(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        ThrowIfLengthsDiffer(x, y);
        return Reduce<SquaredDistanceStep>(ref MemoryMarshal.GetReference(x), ref MemoryMarshal.GetReference(y), x.Length);
    }

    /// <summary>The Euclidean length √Σ xᵢ², exact to float32 rounding also where the plain sum of squares would over- or underflow.</summary>
    /// <param name="x">The vector, d values.</param>
    /// <returns>A length of at least 0; infinity or NaN only when the input holds one or the length itself is beyond float32.</returns>
    public static float Norm(ReadOnlySpan<float> x)
    {
        ref float first = ref MemoryMarshal.GetReference(x);
        float sum = Reduce<DotStep>(ref first, ref first, x.Length);
        // Below 2⁻⁹⁰ squares of the smaller elements have lost bits to the subnormal range.
        return sum is > 8e-28f and < float.PositiveInfinity ? MathF.Sqrt(sum) : (float)Math.Sqrt(SumOfSquares(x));
    }

    /// <summary>The cosine of the angle between two vectors, in [−1, 1]; 0 when either has no direction (all zeros).</summary>
    /// <param name="x">First vector, d values.</param>
    /// <param name="y">Second vector, d values.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float Cosine(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        ThrowIfLengthsDiffer(x, y);
        float dot = Dot(x, y), xx = Dot(x, x), yy = Dot(y, y);
        if (xx is > 8e-28f and < 1e30f && yy is > 8e-28f and < 1e30f)
            return Math.Clamp(dot / (MathF.Sqrt(xx) * MathF.Sqrt(yy)), -1, 1);

        double product = 0;
        for (int i = 0; i < x.Length; i++)
            product += (double)x[i] * y[i];
        double lengths = Math.Sqrt(SumOfSquares(x)) * Math.Sqrt(SumOfSquares(y));
        return lengths == 0 ? 0 : (float)Math.Clamp(product / lengths, -1, 1);
    }

    /// <summary>Writes the vector divided by its length.</summary>
    /// <param name="x">The vector, d values.</param>
    /// <param name="destination">Receives the d values of the unit vector; may be <paramref name="x"/> itself.</param>
    /// <returns>The length divided by; 0 when <paramref name="x"/> is all zeros, and then zeros are written.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or a value is NaN or infinite.</exception>
    public static double Normalize(ReadOnlySpan<float> x, Span<float> destination)
    {
        ThrowIfLengthsDiffer(x, destination);
        ThrowIfNotFinite(x, nameof(x));
        double norm = Math.Sqrt(SumOfSquares(x));
        if (norm == 0)
        {
            destination.Clear();
            return 0;
        }
        // One rounding an element in the usual range; a double quotient where the reciprocal would leave it.
        double inverse = 1 / norm;
        for (int i = 0; i < x.Length; i++)
            destination[i] = (float)(x[i] * inverse);
        return norm;
    }

    /// <summary>Inner product of <paramref name="n"/> values from two references; for callers that have checked their bounds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Dot(ref float x, ref float y, int n) => Reduce<DotStep>(ref x, ref y, n);

    /// <summary>Squared distance of <paramref name="n"/> values from two references; for callers that have checked their bounds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float SquaredDistance(ref float x, ref float y, int n) => Reduce<SquaredDistanceStep>(ref x, ref y, n);

    /// <summary>Throws for the first NaN or infinity, naming its position.</summary>
    internal static void ThrowIfNotFinite(ReadOnlySpan<float> x, string name)
    {
        if (IsFinite(x)) return;
        for (int i = 0; i < x.Length; i++)
            if (!float.IsFinite(x[i]))
                throw new ArgumentException($"value {i} of {x.Length} is {x[i]}; every value of a vector must be finite", name);
    }

    private static void ThrowIfLengthsDiffer(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        if (x.Length != y.Length)
            throw new ArgumentException($"the vectors have {x.Length} and {y.Length} values; they must have the same length");
    }

    private static double SumOfSquares(ReadOnlySpan<float> x)
    {
        double sum = 0;
        foreach (float v in x)
            sum += (double)v * v;
        return sum;
    }
}
