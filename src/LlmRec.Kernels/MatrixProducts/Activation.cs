namespace LlmRec.Kernels;

/// <summary>An element-wise function that a product applies to its result while it is still in the first cache.</summary>
public enum Activation
{
    /// <summary>The identity.</summary>
    None,

    /// <summary>x · Φ(x) with the exact normal distribution function, see <see cref="RowFunctions.Gelu"/>.</summary>
    Gelu,

    /// <summary>GELU's approximation by a hyperbolic tangent, see <see cref="RowFunctions.GeluTanh"/>.</summary>
    GeluTanh,

    /// <summary>x / (1 + e⁻ˣ), see <see cref="RowFunctions.Silu"/>.</summary>
    Silu,

    /// <summary>max(x, 0).</summary>
    Relu,
}
