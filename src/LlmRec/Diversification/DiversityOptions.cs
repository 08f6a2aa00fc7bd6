namespace LlmRec;

/// <summary>How a <see cref="Diversifier"/> weighs, on top of its strategy. Every default is meant for use as it is.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record DiversityOptions
{
    /// <summary>How scores become relevance. <see langword="null"/> (default): <see cref="RelevanceScale.Range"/>, but <see cref="RelevanceScale.Standard"/> for <see cref="DiversityStrategy.Dpp"/> (always) and <see cref="DiversityStrategy.Ssd"/>.</summary>
    public RelevanceScale? Relevance { get; init; }

    /// <summary>How alike two vectors are, for MMR, MSD and COVER; SSD takes <see cref="VectorSimilarity.Cosine"/> for normalised vectors and anything else for vectors as given; DPP always takes the cosine. Default: cosine.</summary>
    public VectorSimilarity Similarity { get; init; }

    /// <summary>
    /// True (default): a vector of zeros says nothing, so the item adds no variety (similarity 1 and distance 0 to everything, no volume).
    /// False: it is orthogonal to all, hence as new as can be, which is what the formulas read literally say.
    /// </summary>
    public bool ZeroVectorsAddNothing { get; init; } = true;

    /// <summary>
    /// Share of categories in the similarity, 0..1: similarity = (1 − w) · cosine of vectors + w · cosine of category sets.
    /// Default 0; without vectors it counts as 1. Above 0 the similarity is the cosine's, whatever <see cref="Similarity"/> says.
    /// </summary>
    public float CategoryWeight { get; init; }

    /// <summary>
    /// True (default): MSD takes half the mean distance instead of the sum, and COVER the share of the largest first gain instead of the gain,
    /// so that variety is of relevance's size whatever the length of the list and the number of candidates. False: the bare formulas.
    /// </summary>
    public bool ScaledVariety { get; init; } = true;

    /// <summary>COVER: exponent of diminishing returns, 0 &lt; γ ≤ 1; 1 = none. Default 0.5. SSD: factor of the variety term, at least 0. Default 1. <see langword="null"/> is the default.</summary>
    public double? Gamma { get; init; }

    /// <summary>DPP: how sharply relevance weighs; the weight of an item is exp(λ · scale · standard score). At least 0, default 1.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>SSD: how many of the latest picks and shown items count; at least 1; <see langword="null"/> (default): all.</summary>
    public int? Window { get; init; }

    /// <summary>SSD: adds one constant dimension to every vector, so that parallel vectors of opposite sign are not the same. Default true.</summary>
    public bool AppendBias { get; init; } = true;

    /// <summary>Rules about the list as a whole, the weightier first; they act inside any strategy and at any diversity. Default: none.</summary>
    public IReadOnlyList<ListRule> Rules { get; init; } = [];

    /// <summary>
    /// Exploration: scores get Gumbel noise of this share of their range, times the diversity, so that with <see cref="DiversityStrategy.Relevance"/> at diversity 1 lists are draws
    /// from the softmax of scores at this temperature. Drawn from <see cref="RankedCandidates.Seed"/>. At least 0; default 0, none.
    /// </summary>
    public double Temperature { get; init; }

    /// <summary>Scores closer than this share of their range come in random order, drawn from <see cref="RankedCandidates.Seed"/>; 1e-6 shuffles equal scores. Acts above diversity 0. At least 0; default 0: the earlier candidate first.</summary>
    public double TieWidth { get; init; }

    /// <summary>
    /// Long-tail promotion: the least popular candidate gains this share of the range of scores, times the diversity, the most popular nothing, the
    /// others by their rank in <see cref="RankedCandidates.Popularity"/>. At least 0; default 0.
    /// </summary>
    public double LongTail { get; init; }

    /// <summary>
    /// True: once chosen, the picks are put in the ranker's order. The list as a set is the same, with all its variety and calibration, and the best
    /// item stands first, so a given variety costs less NDCG; the first few places then are less varied among themselves. Not done under an
    /// <see cref="ListRule.Apart"/> rule, whose places are the point. Default false: in the order of picking.
    /// </summary>
    public bool RelevanceOrder { get; init; }

    /// <summary>True (default): each <see cref="Pick"/> says what it gave up, won and filled. False spares k²/2 products of vectors.</summary>
    public bool Reasons { get; init; } = true;

    /// <summary>Settings with which picks and values equal those of pyversity 0.2.0: raw scores for MMR, MSD and COVER, bare sums, and zero vectors that count as new.</summary>
    public static DiversityOptions Literal(DiversityStrategy strategy) => new()
    {
        Relevance = strategy is DiversityStrategy.Dpp or DiversityStrategy.Ssd ? RelevanceScale.Standard : RelevanceScale.Raw,
        ZeroVectorsAddNothing = false,
        ScaledVariety = false,
        IsLiteral = true,
    };

    /// <summary>Adds the epsilon to the deviation of scores that pyversity's DPP adds; it spoils scores that differ by less than 1e-5.</summary>
    internal bool IsLiteral { get; init; }

    internal double CoverGamma => Gamma ?? 0.5;

    internal double SsdGamma => Gamma ?? 1;

    internal static void Validate(DiversityOptions options, DiversityStrategy strategy)
    {
        if (!(options.CategoryWeight is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(options), options.CategoryWeight, $"{nameof(CategoryWeight)} lies between 0 and 1");
        if (options.Gamma is { } g && !(strategy == DiversityStrategy.Cover ? g is > 0 and <= 1 : g >= 0 && double.IsFinite(g)))
            throw new ArgumentOutOfRangeException(nameof(options), g, $"{nameof(Gamma)} is an exponent in (0, 1] for COVER and a finite factor of at least 0 for SSD");
        if (!(options.Scale >= 0 && double.IsFinite(options.Scale)))
            throw new ArgumentOutOfRangeException(nameof(options), options.Scale, $"{nameof(Scale)} is finite and at least 0");
        if (options.Rules is null || options.Rules.Contains(null!))
            throw new ArgumentException($"{nameof(Rules)} is null or holds null: give an empty list for none", nameof(options));
        foreach ((string name, double x) in new[] { (nameof(Temperature), options.Temperature), (nameof(TieWidth), options.TieWidth), (nameof(LongTail), options.LongTail) })
            if (!(x >= 0 && double.IsFinite(x)))
                throw new ArgumentOutOfRangeException(nameof(options), x, $"{name} is finite and at least 0");
        if (options.Window is < 1)
            throw new ArgumentOutOfRangeException(nameof(options), options.Window, $"{nameof(Window)} holds at least one item; null means all");
    }
}
