namespace LlmRec.Kernels;

/// <summary>
/// What a product does besides multiplying: C ← activation(scale · A·B [+ C] + bias) + residual. The default is C ← A·B on one thread.
/// </summary>
public readonly ref struct ProductOptions
{
    private readonly float _scale;
    private readonly bool _hasScale;
    private readonly int _threads;
    private readonly LaneWidth _width;

    /// <summary>Everything at its default.</summary>
    public ProductOptions()
    {
    }

    /// <summary>The factor of A·B; default 1.</summary>
    public float Scale
    {
        get => _hasScale ? _scale : 1;
        init
        {
            _scale = value;
            _hasScale = true;
        }
    }

    /// <summary>Whether C's former value is added (β = 1) or ignored (β = 0, the default; C may then hold anything).</summary>
    public bool Accumulate { get; init; }

    /// <summary>Added to every row, n values; empty (the default) for none.</summary>
    public ReadOnlySpan<float> Bias { get; init; }

    /// <summary>Applied after the bias; default none.</summary>
    public Activation Activation { get; init; }

    /// <summary>Added last, same shape as C, which it may be itself; a default span (the default) for none.</summary>
    public ReadOnlyMatrixSpan Residual { get; init; }

    /// <summary>Most threads to use, at least 1; default 1. The result is the same for every number. Small products stay on the caller's thread.</summary>
    public int Threads
    {
        get => Math.Max(_threads, 1);
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _threads = value;
        }
    }

    /// <summary>The kernel's width, so that tests can run the narrower ones.</summary>
    internal LaneWidth Width
    {
        get => _width == 0 ? LaneWidths.Best : _width;
        init => _width = value;
    }
}
