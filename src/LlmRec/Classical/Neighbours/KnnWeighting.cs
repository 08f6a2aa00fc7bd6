namespace LlmRec;

/// <summary>How alike two items are by the users they share (or two users by their items). n_u is the number of items of a user, n_i of users of an item.</summary>
public enum KnnWeighting
{
    /// <summary>The cosine of the two columns: common / √(n_i · n_j).</summary>
    Cosine = 0,

    /// <summary>The cosine after each user counts by ln(items) − ln(1 + n_u): who likes everything says little.</summary>
    TfIdf = 1,

    /// <summary>Okapi BM25 with K1 = 1.2 and B = 0.75 on top of the same user weights; not normalised, so popular items weigh more than in a cosine.</summary>
    Bm25 = 2,

    /// <summary>Common / (n_i + n_j − common).</summary>
    Jaccard = 3,

    /// <summary>Σ 1 / n_u over the common users, divided by √(n_i · n_j): the normalised adjacency of the graph of users and items.</summary>
    Degree = 4,
}
