namespace LlmRec.Transformers;

/// <summary>Where the norms of a layer stand, for a sublayer F (attention or feed-forward).</summary>
public enum NormPlacement
{
    /// <summary>x ← norm(x + F(x)), as in BERT.</summary>
    After,

    /// <summary>x ← x + F(norm(x)), and a norm after the last layer.</summary>
    Before,

    /// <summary>x ← x + norm(F(norm(x))), and a norm after the last layer, as in Gemma 3.</summary>
    Around,
}
