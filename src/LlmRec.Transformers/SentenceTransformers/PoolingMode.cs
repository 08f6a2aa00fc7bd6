namespace LlmRec.Transformers;

/// <summary>How the hidden states of a text become one vector.</summary>
internal enum PoolingMode
{
    /// <summary>The first token.</summary>
    First,

    /// <summary>The largest value of each dimension.</summary>
    Max,

    /// <summary>The mean.</summary>
    Mean,

    /// <summary>The sum divided by the root of the number of tokens.</summary>
    MeanRoot,

    /// <summary>The mean weighted by position, the first token once, the second twice, and so on.</summary>
    WeightedMean,

    /// <summary>The last token.</summary>
    Last,
}
