namespace LlmRec;

/// <summary>How an <see cref="EmbeddingGeometry"/> levels the directions of a space.</summary>
public enum Whitening
{
    /// <summary>Not at all: directions keep their variance.</summary>
    None,

    /// <summary>Every principal direction gets variance 1, and the coordinates are those directions, largest first: Λ^−½ Uᵀ. May be cut to the leading ones.</summary>
    Pca,

    /// <summary>The same, turned back into the original axes: U Λ^−½ Uᵀ, of all whitenings the one that moves the vectors least. Keeps the dimensions.</summary>
    Zca,
}
