namespace LlmRec.Transformers;

public sealed partial class TransformerModel
{
    internal TransformerWeights Parts => _weights;

    /// <summary>A model of other weights, which may be shared with this one.</summary>
    internal TransformerModel With(TransformerConfig config, TransformerWeights weights) => new(config, weights, Weights);
}
