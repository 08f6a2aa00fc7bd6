namespace LlmRec;

/// <summary>What an <see cref="ImplicitAlsModel"/> minimises over its user vectors x and item vectors y.</summary>
public enum AlsObjective
{
    /// <summary>
    /// Σ over all pairs of c·(p − x·y)² + λ·(‖X‖² + ‖Y‖²) with p = 1 and c = α where the user took the item, p = 0 and c = 1 elsewhere.
    /// Y. Hu, Y. Koren and C. Volinsky, Collaborative filtering for implicit feedback datasets, ICDM 2008.
    /// </summary>
    Confidence,

    /// <summary>
    /// Σ over taken pairs of (1 − x·y)² + α·Σ over all pairs of (x·y)² + Σ λᵤ‖x‖² + Σ λᵢ‖y‖², where λᵤ = λ·(items of the user + α·all items)^ν,
    /// and likewise for items. S. Rendle, W. Krichene, L. Zhang and Y. Koren, Revisiting the performance of iALS on item recommendation benchmarks, arXiv 2110.14037.
    /// </summary>
    FrequencyScaled,
}
