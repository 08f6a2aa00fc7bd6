namespace LlmRec.Kernels;

/// <summary>What a layer's attention is like besides its queries, keys and values. The default is one head over everything with scale 1.</summary>
public readonly ref struct AttentionOptions
{
    private readonly int _heads;
    private readonly int _keyHeads;
    private readonly float _scale;
    private readonly int _back;
    private readonly int _ahead;

    /// <summary>Everything at its default.</summary>
    public AttentionOptions()
    {
    }

    /// <summary>Number of heads of the queries, at least 1; default 1.</summary>
    public int Heads
    {
        get => Math.Max(_heads, 1);
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _heads = value;
        }
    }

    /// <summary>Number of heads of keys and values; divides <see cref="Heads"/>, so that neighbouring query heads share one (J. Ainslie et al., arXiv:2305.13245). Default: as many as heads.</summary>
    public int KeyHeads
    {
        get => _keyHeads == 0 ? Heads : _keyHeads;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _keyHeads = value;
        }
    }

    /// <summary>Factor of the scores, finite and above 0, usually 1/√d; default 1.</summary>
    public float Scale
    {
        get => _scale == 0 ? 1 : _scale;
        init
        {
            if (!(value > 0) || float.IsInfinity(value)) throw new ArgumentOutOfRangeException(nameof(value), value, "the scale must be finite and above 0");
            _scale = value;
        }
    }

    /// <summary>How many positions before its own a query sees, at least 0; default all.</summary>
    public int Back
    {
        get => _back == 0 ? int.MaxValue : _back - 1;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _back = value == int.MaxValue ? 0 : value + 1;
        }
    }

    /// <summary>How many positions after its own a query sees, at least 0; 0 is causal; default all.</summary>
    public int Ahead
    {
        get => _ahead == 0 ? int.MaxValue : _ahead - 1;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _ahead = value == int.MaxValue ? 0 : value + 1;
        }
    }

    /// <summary>Added to the scaled scores by distance: head h, query position i, key position j at h · (2 · reach − 1) + j − i + reach − 1; empty (the default) for none.</summary>
    public ReadOnlySpan<float> DistanceBias { get; init; }

    /// <summary>Number of positions that <see cref="DistanceBias"/> is made for, at least the number of keys.</summary>
    public int DistanceReach { get; init; }

    /// <summary>The kernel's width, so that tests can run the narrower ones.</summary>
    internal LaneWidth Width { get; init; }
}
