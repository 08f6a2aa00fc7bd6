using System.Runtime.Intrinsics;

namespace LlmRec.Kernels;

public static unsafe partial class RowFunctions
{
    /// <summary>
    /// y = x · Φ(x), the Gaussian error linear unit with the exact normal distribution function (D. Hendrycks and K. Gimpel,
    /// arXiv:1606.08415). Error at most 5e-7 · max(1, |x|); −∞ gives 0.
    /// </summary>
    /// <param name="x">n values.</param>
    /// <param name="y">n values; may be <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Gelu(ReadOnlySpan<float> x, Span<float> y) => Apply<LaneFunctions.GeluFunction>(LaneWidths.Best, x, y);

    /// <summary>y = ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))), the approximation that some checkpoints were trained with. Error at most 5e-7 · max(1, |x|).</summary>
    /// <param name="x">n values.</param>
    /// <param name="y">n values; may be <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void GeluTanh(ReadOnlySpan<float> x, Span<float> y) => Apply<LaneFunctions.GeluTanhFunction>(LaneWidths.Best, x, y);

    /// <summary>y = x / (1 + e⁻ˣ), the sigmoid linear unit or swish. Error at most 5e-7 · max(1, |x|).</summary>
    /// <param name="x">n values.</param>
    /// <param name="y">n values; may be <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Silu(ReadOnlySpan<float> x, Span<float> y) => Apply<LaneFunctions.SiluFunction>(LaneWidths.Best, x, y);

    /// <summary>y = activation(gate) · up, element by element: SwiGLU with <see cref="Activation.Silu"/>, GeGLU with a GELU (N. Shazeer, arXiv:2002.05202).</summary>
    /// <param name="activation">The function of the gate.</param>
    /// <param name="gate">n values.</param>
    /// <param name="up">n values.</param>
    /// <param name="y">n values; may be <paramref name="gate"/> or <paramref name="up"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the activation is unknown.</exception>
    public static void Gate(Activation activation, ReadOnlySpan<float> gate, ReadOnlySpan<float> up, Span<float> y)
    {
        VerifySameLength(gate.Length, up.Length);
        VerifySameLength(gate.Length, y.Length);
        switch (activation)
        {
            case Activation.None: Gate<LaneFunctions.Identity>(LaneWidths.Best, gate, up, y); break;
            case Activation.Gelu: Gate<LaneFunctions.GeluFunction>(LaneWidths.Best, gate, up, y); break;
            case Activation.GeluTanh: Gate<LaneFunctions.GeluTanhFunction>(LaneWidths.Best, gate, up, y); break;
            case Activation.Silu: Gate<LaneFunctions.SiluFunction>(LaneWidths.Best, gate, up, y); break;
            case Activation.Relu: Gate<LaneFunctions.ReluFunction>(LaneWidths.Best, gate, up, y); break;
            default: throw new ArgumentException($"there is no activation {activation}", nameof(activation));
        }
    }

    internal static void Apply<TFunction>(LaneWidth width, ReadOnlySpan<float> x, Span<float> y) where TFunction : struct, ILaneFunction
    {
        VerifySameLength(x.Length, y.Length);
        fixed (float* px = x, py = y)
        {
            switch (width)
            {
                case LaneWidth.V512: Apply<TFunction, Lanes512, Vector512<float>>(px, py, x.Length); break;
                case LaneWidth.V256: Apply<TFunction, Lanes256, Vector256<float>>(px, py, x.Length); break;
                case LaneWidth.V128: Apply<TFunction, Lanes128, Vector128<float>>(px, py, x.Length); break;
                default: Apply<TFunction, LanesScalar, float>(px, py, x.Length); break;
            }
        }
    }

    internal static void Gate<TFunction>(LaneWidth width, ReadOnlySpan<float> gate, ReadOnlySpan<float> up, Span<float> y) where TFunction : struct, ILaneFunction
    {
        fixed (float* pg = gate, pu = up, py = y)
        {
            switch (width)
            {
                case LaneWidth.V512: Gate<TFunction, Lanes512, Vector512<float>>(pg, pu, py, y.Length); break;
                case LaneWidth.V256: Gate<TFunction, Lanes256, Vector256<float>>(pg, pu, py, y.Length); break;
                case LaneWidth.V128: Gate<TFunction, Lanes128, Vector128<float>>(pg, pu, py, y.Length); break;
                default: Gate<TFunction, LanesScalar, float>(pg, pu, py, y.Length); break;
            }
        }
    }

    private static void Apply<TFunction, TLanes, TVector>(float* x, float* y, int n)
        where TFunction : struct, ILaneFunction
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        int i = 0;
        for (; i + TLanes.Count <= n; i += TLanes.Count)
            TLanes.Store(TFunction.Apply<TLanes, TVector>(TLanes.Load(x + i)), y + i);
        if (i < n)
            PartialLanes.Store<TLanes, TVector>(TFunction.Apply<TLanes, TVector>(PartialLanes.Load<TLanes, TVector>(x + i, n - i, 0)), y + i, n - i);
    }

    private static void Gate<TFunction, TLanes, TVector>(float* gate, float* up, float* y, int n)
        where TFunction : struct, ILaneFunction
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        int i = 0;
        for (; i + TLanes.Count <= n; i += TLanes.Count)
            TLanes.Store(TLanes.Multiply(TFunction.Apply<TLanes, TVector>(TLanes.Load(gate + i)), TLanes.Load(up + i)), y + i);
        if (i < n)
        {
            TVector g = PartialLanes.Load<TLanes, TVector>(gate + i, n - i, 0), u = PartialLanes.Load<TLanes, TVector>(up + i, n - i, 0);
            PartialLanes.Store<TLanes, TVector>(TLanes.Multiply(TFunction.Apply<TLanes, TVector>(g), u), y + i, n - i);
        }
    }
}
