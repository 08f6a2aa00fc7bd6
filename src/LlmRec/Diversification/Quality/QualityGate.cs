using System.Globalization;

namespace LlmRec;

/// <summary>
/// Judges the content of items before variety is sought: completeness, doubles, language, signs of spam, freshness, and what users thought.
/// Every rejected item carries its reasons.
/// </summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class QualityGate
{
    private readonly QualityOptions _options;
    private readonly TimeProvider _clock;

    /// <summary>A gate.</summary>
    /// <param name="options">What it demands; <see langword="null"/> takes the defaults.</param>
    /// <param name="clock">The clock ages are measured by; <see langword="null"/>: the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public QualityGate(QualityOptions? options = null, TimeProvider? clock = null)
    {
        _options = options ?? new();
        _clock = clock ?? TimeProvider.System;
        if (_options.FullTextLength < 1)
            throw new ArgumentOutOfRangeException(nameof(options), _options.FullTextLength, "a full text has at least one character");
        if (!(_options.NearDuplicate is >= -1 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(options), _options.NearDuplicate, "a cosine lies between -1 and 1");
        if (_options.FreshnessHalfLife <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(options), _options.FreshnessHalfLife, "the half-life is positive");
        (double a, double b, double c, double d) = _options.Weights;
        if (!(a >= 0 && b >= 0 && c >= 0 && d >= 0 && a + b + c + d > 0 && double.IsFinite(a + b + c + d)))
            throw new ArgumentOutOfRangeException(nameof(options), _options.Weights, "weights are finite, at least 0, and not all 0");
    }

    /// <summary>Judges items.</summary>
    /// <param name="items">n items.</param>
    /// <param name="vectors">n × d vectors of the items for near-doubles, row after row; empty to compare texts only. A row of zeros is like nothing.</param>
    /// <param name="dimensions">d; 0 without vectors.</param>
    /// <param name="log">What users did, for feedback; <see langword="null"/> when nothing is known. Skips, dislikes and ratings below the middle of the ratings seen count against an item.</param>
    /// <param name="cancellationToken">Ends the search for doubles, which takes n² d / 2 multiply-adds.</param>
    /// <returns>One judgement per item, in order. Of doubles the most complete stays, at a tie the earliest.</returns>
    /// <exception cref="ArgumentException">Sizes do not fit, or a vector is not finite.</exception>
    public IReadOnlyList<ItemQuality> Assess(IReadOnlyList<Item> items, ReadOnlySpan<float> vectors = default, int dimensions = 0, InteractionLog? log = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentOutOfRangeException.ThrowIfNegative(dimensions);
        if ((long)items.Count * dimensions != vectors.Length)
            throw new ArgumentException($"{items.Count} items of {dimensions} dimensions want {(long)items.Count * dimensions} elements, there are {vectors.Length}", nameof(vectors));
        Dictionary<string, (int For, int Against)> feedback = FeedbackTally.Count(log);
        DateTimeOffset now = _clock.GetUtcNow();
        var reasons = new List<string>[items.Count];
        var completeness = new double[items.Count];
        for (int i = 0; i < items.Count; i++)
        {
            reasons[i] = [];
            completeness[i] = Completeness(items[i], reasons[i]);
        }
        DoubleSearch.Find(items, vectors, dimensions, _options.NearDuplicate, completeness, reasons, cancellationToken);
        var result = new ItemQuality[items.Count];
        for (int i = 0; i < result.Length; i++)
            result[i] = Judge(items[i], completeness[i], feedback.GetValueOrDefault(items[i].Id), now, reasons[i]);
        return result;
    }

    private double Completeness(Item item, List<string> reasons)
    {
        var parts = new List<(double Share, string Missing)>
        {
            (item.Title.Length > 0 ? 1 : 0, "a title"),
            (Math.Min(1, (double)(item.Title.Length + item.Text.Length) / _options.FullTextLength), "text"),
            (item.Categories.Count > 0 ? 1 : 0, "categories"),
        };
        foreach (string name in _options.ExpectedAttributes)
            parts.Add((item.Attributes.TryGetValue(name, out string? value) && value.Length > 0 ? 1 : 0, name));
        double share = parts.Average(p => p.Share);
        if (share < _options.LeastCompleteness)
            reasons.Add($"incomplete ({share.ToString("0.00", CultureInfo.InvariantCulture)}): it lacks {string.Join(", ", parts.Where(p => p.Share < 0.5).Select(p => p.Missing))}");
        return share;
    }

    private ItemQuality Judge(Item item, double completeness, (int For, int Against) votes, DateTimeOffset now, List<string> reasons)
    {
        double spam = SpamSigns.Of(item.Title, item.Text, out string signs);
        if (spam > _options.MostSpam)
            reasons.Add($"looks like spam: {signs}");
        string? language = item.Attributes.TryGetValue("language", out string? told) && told.Length >= 2 ? told[..2].ToLowerInvariant() : LanguageGuess.Of(item.Title + " " + item.Text);
        if (language is not null && _options.Languages.Count > 0 && !_options.Languages.Contains(language, StringComparer.OrdinalIgnoreCase))
            reasons.Add($"its language is {language}, wanted {string.Join(", ", _options.Languages)}");
        double freshness = 0.5;
        if (item.Time is { } time)
        {
            TimeSpan age = now - time;
            freshness = Math.Pow(0.5, Math.Max(0, age / _options.FreshnessHalfLife));
            if (_options.OldestAge is { } oldest && age > oldest)
                reasons.Add($"it is {age.TotalDays.ToString("0", CultureInfo.InvariantCulture)} days old, at most {oldest.TotalDays.ToString("0", CultureInfo.InvariantCulture)} wanted");
        }
        int n = votes.For + votes.Against;
        double favour = (votes.For + 2.0) / (n + 4.0);
        if (FeedbackTally.LeastShare(votes.Against, n) > _options.MostAgainst)
            reasons.Add($"{votes.Against} of {n} users' events are against it");
        (double a, double b, double c, double d) = _options.Weights;
        double score = (a * completeness + b * (1 - spam) + c * freshness + d * favour) / (a + b + c + d);
        return new(item, score, completeness, spam, freshness, favour, language, reasons);
    }
}
