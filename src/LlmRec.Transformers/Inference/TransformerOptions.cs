namespace LlmRec.Transformers;

/// <summary>How a model is loaded.</summary>
public sealed record TransformerOptions
{
    /// <summary>How the weights lie in memory; default float32.</summary>
    public WeightFormat Weights { get; init; }
}
