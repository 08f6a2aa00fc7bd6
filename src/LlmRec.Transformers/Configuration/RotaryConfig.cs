namespace LlmRec.Transformers;

/// <summary>Rotary positions: the angles' base and how they are stretched.</summary>
public sealed record RotaryConfig
{
    /// <summary>Base θ: pair i of d/2 turns by position / θ^(2i/d).</summary>
    public required double Theta { get; init; }

    /// <summary>The kind of stretching; default none.</summary>
    public RotaryScaling Scaling { get; init; }

    /// <summary>How many times longer texts may be; default 1.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>Llama 3: wavelengths above the original length / this are stretched in full; default 1.</summary>
    public double LowFrequencyFactor { get; init; } = 1;

    /// <summary>Llama 3: wavelengths below the original length / this are kept; default 4.</summary>
    public double HighFrequencyFactor { get; init; } = 4;

    /// <summary>Number of positions of the training before stretching; 0 where the scaling needs none.</summary>
    public int OriginalPositions { get; init; }

    /// <summary>YaRN: turns over the original length from which an angle is kept; default 32.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>YaRN: turns over the original length up to which an angle is stretched in full; default 1.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>YaRN: factor of sines and cosines; 0 (the default) for 0.1 ln(factor) + 1.</summary>
    public double AttentionFactor { get; init; }
}
