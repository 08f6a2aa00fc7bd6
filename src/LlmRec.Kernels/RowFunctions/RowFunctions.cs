using System.Runtime.Intrinsics;

namespace LlmRec.Kernels;

/// <summary>
/// Functions of rows of float32 values: softmax, norms, activations. Each works with 512, 256 or 128 bits or plain scalars, whatever
/// the processor has. Error bounds are against double precision and hold for every width.
/// </summary>
/// <remarks>Input and output may be the same memory; otherwise they must not overlap. No allocations. Safe from several threads on different outputs.</remarks>
public static unsafe partial class RowFunctions
{
    private static void VerifySameLength(int x, int y)
    {
        if (x != y) throw new ArgumentException($"the input has {x} values, the output {y}");
    }

    private static void VerifySameShape(ReadOnlyMatrixSpan x, MatrixSpan y)
    {
        if (x.Rows != y.Rows || x.Columns != y.Columns)
            throw new ArgumentException($"the input is {x.Rows} x {x.Columns}, the output {y.Rows} x {y.Columns}");
    }

    private static void VerifyWeights(int columns, ReadOnlySpan<float> weights, string name, bool optional)
    {
        if (weights.Length != columns && !(optional && weights.IsEmpty))
            throw new ArgumentException($"{weights.Length} values for rows of {columns}", name);
    }

    private static void VerifyEpsilon(float epsilon)
    {
        if (!(epsilon >= 0) || float.IsInfinity(epsilon))
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "epsilon must be finite and at least 0");
    }

    private static ArithmeticException NotFinite(string what) =>
        new($"{what}: the row holds NaN or infinity, or values whose squares overflow; look for it where the row was made");
}
