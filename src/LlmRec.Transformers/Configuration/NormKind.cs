namespace LlmRec.Transformers;

/// <summary>How rows are normalised.</summary>
public enum NormKind
{
    /// <summary>Mean removed, divided by the deviation.</summary>
    Layer,

    /// <summary>Divided by the root of the mean square.</summary>
    Rms,
}
