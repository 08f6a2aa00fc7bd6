namespace LlmRec;

/// <summary>How exactly an <see cref="EaseModel"/> is solved and kept.</summary>
public enum EasePrecision
{
    /// <summary>float32: weights within about 1e-5 of the largest, far below what an order shows; 4 n² bytes.</summary>
    Plain = 0,

    /// <summary>
    /// float64: the float32 inverse refined by Newton's iteration, P ← P + P (I − A P), with residuals in float64 through the sparse training matrix; weights
    /// within about 1e-12; 12 n² bytes, 24 n² while it is fitted.
    /// </summary>
    Refined = 1,
}
