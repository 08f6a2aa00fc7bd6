namespace LlmRec.Transformers;

/// <summary>How rotary angles are stretched for texts longer than those of the training.</summary>
public enum RotaryScaling
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>All angles divided by a factor (S. Chen et al., arXiv:2306.15595).</summary>
    Linear,

    /// <summary>Slow angles divided, fast ones kept, smooth in between, by wavelength: Llama 3.1's rule (arXiv:2407.21783).</summary>
    Llama3,

    /// <summary>Slow angles divided, fast ones kept, a ramp in between, and a factor on the result: YaRN (B. Peng et al., arXiv:2309.00071).</summary>
    Yarn,
}
