namespace LlmRec.Kernels;

/// <summary>How the right side of a product lies in memory.</summary>
internal enum RightLayout
{
    /// <summary>Panels of 32 columns, see <see cref="Panels"/>.</summary>
    Panels,

    /// <summary>B (k, n), row-major.</summary>
    Rows,

    /// <summary>Bᵀ (n, k), row-major.</summary>
    Transposed,
}

/// <summary>One product with all its operands as pinned addresses: A (m, k), B (k, n), C (m, n).</summary>
internal unsafe struct ProductJob
{
    public LaneWidth Width;
    public int M, N, K;

    /// <summary>A(i, p) at A[i · ARow + p · AStep].</summary>
    public float* A;
    public nint ARow, AStep;

    public float* B;
    public RightLayout BLayout;
    public nint BRow;

    public float* C;
    public nint CRow;

    public float Scale;
    public bool Accumulate;

    /// <summary>Bias (n) or null.</summary>
    public float* Bias;

    public Activation Activation;

    /// <summary>Residual (m, n) or null.</summary>
    public float* Residual;
    public nint ResidualRow;

    /// <summary>Only columns j ≤ i + 31 are wanted: tiles wholly above the diagonal are left out.</summary>
    public bool Lower;

    public readonly bool HasFinish => Bias != null || Activation != Activation.None || Residual != null;
}
