using LlmRec.Kernels;

namespace LlmRec.Transformers;

/// <summary>A norm of rows with its gain and, where it has one, its bias.</summary>
internal sealed class NormWeights(NormKind kind, float[] gain, float[] bias, float epsilon)
{
    /// <summary>y = norm(x), row by row; y may be x.</summary>
    public void Apply(ReadOnlyMatrixSpan x, MatrixSpan y)
    {
        if (kind == NormKind.Layer) RowFunctions.LayerNorm(x, gain, bias, epsilon, y);
        else RowFunctions.RmsNorm(x, gain, epsilon, y);
    }
}
