namespace LlmRec;

/// <summary>What a rank is worth in NDCG.</summary>
public enum DiscountKind
{
    /// <summary>1 / log2(rank + 1), the usual one.</summary>
    Log2,

    /// <summary>1 / log2(max(rank, 2)): ranks 1 and 2 weigh the same (LensKit's default).</summary>
    Log2Clipped,
}
