namespace LlmRec.Kernels;

/// <summary>Memory of one thread for systems of order s, a multiple of 32.</summary>
internal sealed unsafe class RidgeScratch
{
    [ThreadStatic]
    private static RidgeScratch? t_scratch;

    private readonly int _s;
    private readonly AlignedBuffer<float> _buffer;

    private RidgeScratch(int s)
    {
        _s = s;
        int panel = Math.Max(8 * s, RidgeRows.PanelValues);
        _buffer = new(panel + 2 * s * s + RidgeKernel.Block * s + 2 * RidgeKernel.Block * RidgeKernel.Block + 8 * s);
        Panel = _buffer.Pointer;
        Matrix = Panel + panel;
        Upper = Matrix + s * s;
        Inverses = Upper + s * s;
        Diagonal = Inverses + RidgeKernel.Block * s;
        Right = Diagonal + 2 * RidgeKernel.Block * RidgeKernel.Block;
    }

    /// <summary>P (n, s), gathered rows.</summary>
    public float* Panel { get; }

    /// <summary>M (s, s).</summary>
    public float* Matrix { get; }

    /// <summary>U (s, s).</summary>
    public float* Upper { get; }

    /// <summary>s/16 blocks of 16 × 16.</summary>
    public float* Inverses { get; }

    /// <summary>Two blocks of 16 × 16 side by side.</summary>
    public float* Diagonal { get; }

    /// <summary>Eight vectors of s values; the first is the right side.</summary>
    public float* Right { get; }

    public static RidgeScratch OfThisThread(int s) => t_scratch is { } mine && mine._s == s ? mine : t_scratch = new(s);
}
