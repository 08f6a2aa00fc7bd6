namespace LlmRec;

/// <summary>One figure of a report: a value for each user that is then averaged over the users for whom it is defined, or one value for all lists together.</summary>
/// <remarks>Immutable and thread-safe. Names follow the literature; every definition is in <see cref="RankingMetrics"/> and <see cref="ListMetrics"/>.</remarks>
public sealed partial class Metric
{
    private Metric(string name, int cutoff, bool? higherIsBetter, string description)
    {
        Name = name;
        Cutoff = cutoff;
        HigherIsBetter = higherIsBetter;
        Description = description;
    }

    /// <summary>The name, such as "NDCG@10".</summary>
    public string Name { get; }

    /// <summary>The definition in a few words.</summary>
    public string Description { get; }

    /// <summary>Whether more is better; <see langword="null"/> where neither is (popularity, for example).</summary>
    public bool? HigherIsBetter { get; }

    /// <summary>The rank lists are cut at; 0 for a metric that looks at all candidates.</summary>
    public int Cutoff { get; }

    /// <summary>Value of one user, or null when the metric is one of all lists.</summary>
    internal Func<UserOutcome, double?>? OfUser { get; private init; }

    /// <summary>Value of all lists together, or null when the metric is one of users.</summary>
    internal Func<EvaluationWorld, IReadOnlyList<UserOutcome>, double?>? OfAll { get; private init; }

    internal bool NeedsAuc { get; private init; }

    /// <summary>A metric of one's own, averaged over users.</summary>
    /// <param name="name">A name no other metric of the report has.</param>
    /// <param name="cutoff">The rank up to which it looks at lists, at least 1.</param>
    /// <param name="value">The value of a user, finite, or <see langword="null"/> where it is undefined. Must be thread-safe.</param>
    /// <param name="higherIsBetter">Whether more is better; <see langword="null"/> where neither is.</param>
    /// <param name="description">The definition in a few words.</param>
    public static Metric Custom(string name, int cutoff, Func<UserOutcome, double?> value, bool? higherIsBetter = true, string description = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentOutOfRangeException.ThrowIfLessThan(cutoff, 1);
        return new(name, cutoff, higherIsBetter, description) { OfUser = value };
    }

    internal Metric Renamed(string name) => new(name, Cutoff, HigherIsBetter, Description) { OfUser = OfUser, OfAll = OfAll, NeedsAuc = NeedsAuc };

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
