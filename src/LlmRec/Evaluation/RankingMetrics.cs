namespace LlmRec;

/// <summary>
/// Accuracy of one ranked list. A list is given by its gains: at each rank the grade of the item there, 0 when it is not relevant.
/// </summary>
/// <remarks>
/// Everything is undefined (<see langword="null"/>) for a user without a relevant item; an empty list scores 0, except where the
/// definition divides by the number returned. Only the first k ranks count; a list may be shorter. Log2 discounts:
/// d_r = 1 / log2(r + 1). h_r is 1 when the gain at rank r is above 0. Pure functions, thread-safe, O(k).
/// </remarks>
public static class RankingMetrics
{
    /// <summary>1 when any of the first k items is relevant, else 0.</summary>
    /// <param name="gains">Grades by rank, best rank first, each at least 0.</param>
    /// <param name="relevant">Number of relevant items of the user.</param>
    /// <param name="k">Cut-off, at least 1.</param>
    public static double? HitRate(ReadOnlySpan<double> gains, int relevant, int k) =>
        relevant == 0 ? null : Hits(gains, k) > 0 ? 1 : 0;

    /// <summary>Σh / k.</summary>
    /// <inheritdoc cref="HitRate" path="/param"/>
    public static double? Precision(ReadOnlySpan<double> gains, int relevant, int k) =>
        relevant == 0 ? null : (double)Hits(gains, k) / k;

    /// <summary>Σh / number of items returned, at most k; undefined for an empty list.</summary>
    /// <inheritdoc cref="HitRate" path="/param"/>
    public static double? PrecisionOfReturned(ReadOnlySpan<double> gains, int relevant, int k) =>
        relevant == 0 || gains.Length == 0 ? null : (double)Hits(gains, k) / Math.Min(k, gains.Length);

    /// <summary>Σh / number of relevant items.</summary>
    /// <inheritdoc cref="HitRate" path="/param"/>
    public static double? Recall(ReadOnlySpan<double> gains, int relevant, int k) =>
        relevant == 0 ? null : (double)Hits(gains, k) / relevant;

    /// <summary>Σh / the smaller of k and the number of relevant items, so that a perfect list always reaches 1.</summary>
    /// <inheritdoc cref="HitRate" path="/param"/>
    public static double? RecallOfAchievable(ReadOnlySpan<double> gains, int relevant, int k) =>
        relevant == 0 ? null : (double)Hits(gains, k) / Math.Min(k, relevant);

    /// <summary>2 Σh / (k + number of relevant items).</summary>
    /// <inheritdoc cref="HitRate" path="/param"/>
    public static double? F1(ReadOnlySpan<double> gains, int relevant, int k) =>
        relevant == 0 ? null : 2.0 * Hits(gains, k) / (k + relevant);

    /// <summary>1 / rank of the first relevant item within k, else 0.</summary>
    /// <inheritdoc cref="HitRate" path="/param"/>
    public static double? ReciprocalRank(ReadOnlySpan<double> gains, int relevant, int k)
    {
        if (relevant == 0) return null;
        int first = Cut(gains, k).IndexOfAnyExcept(0.0);
        return first < 0 ? 0 : 1.0 / (first + 1);
    }

    /// <summary>Σ_r h_r · precision at r, divided as <paramref name="divisor"/> says.</summary>
    /// <param name="gains">Grades by rank.</param>
    /// <param name="relevant">Number of relevant items.</param>
    /// <param name="k">Cut-off, at least 1.</param>
    /// <param name="divisor">What the sum is divided by.</param>
    public static double? AveragePrecision(ReadOnlySpan<double> gains, int relevant, int k, AveragePrecisionDivisor divisor = AveragePrecisionDivisor.Relevant)
    {
        if (relevant == 0) return null;
        ReadOnlySpan<double> cut = Cut(gains, k);
        double sum = 0;
        int hits = 0;
        for (int r = 0; r < cut.Length; r++)
            if (cut[r] > 0) sum += (double)++hits / (r + 1);
        return divisor switch
        {
            AveragePrecisionDivisor.Relevant => sum / relevant,
            AveragePrecisionDivisor.Achievable => sum / Math.Min(k, relevant),
            AveragePrecisionDivisor.Cutoff => sum / k,
            AveragePrecisionDivisor.ReturnedAndRelevant => cut.Length == 0 ? null : sum / Math.Min(cut.Length, relevant),
            _ => throw new ArgumentOutOfRangeException(nameof(divisor), divisor, "unknown divisor"),
        };
    }

    /// <summary>Discounted cumulative gain over that of the best possible list.</summary>
    /// <param name="gains">Grades by rank.</param>
    /// <param name="relevant">Grades of all relevant items, above 0, in any order.</param>
    /// <param name="k">Cut-off, at least 1.</param>
    /// <param name="gain">What a grade is worth.</param>
    /// <param name="discount">What a rank is worth.</param>
    /// <param name="idealFillsList">True to divide by k hits even when there are fewer relevant items (RecTools' default).</param>
    public static double? Ndcg(ReadOnlySpan<double> gains, ReadOnlySpan<double> relevant, int k, GainKind gain = GainKind.Binary, DiscountKind discount = DiscountKind.Log2, bool idealFillsList = false)
    {
        if (relevant.Length == 0) return null;
        ReadOnlySpan<double> cut = Cut(gains, k);
        double got = 0, ideal = 0;
        for (int r = 0; r < cut.Length; r++)
            if (cut[r] > 0) got += Worth(cut[r], gain) * Discount(r + 1, discount);
        if (gain == GainKind.Binary)
        {
            int n = idealFillsList ? k : Math.Min(k, relevant.Length);
            for (int r = 1; r <= n; r++) ideal += Discount(r, discount);
        }
        else
        {
            double[] best = relevant.ToArray();
            Array.Sort(best, (a, b) => b.CompareTo(a));
            for (int r = 0; r < Math.Min(k, best.Length); r++) ideal += Worth(best[r], gain) * Discount(r + 1, discount);
        }
        return ideal > 0 ? got / ideal : null;
    }

    /// <summary>Expected reciprocal rank (Chapelle et al. 2009): Σ_r 1/r · p_r Π_{s&lt;r}(1 − p_s) with p = (2^grade − 1) / 2^highest.</summary>
    /// <param name="gains">Grades by rank, between 0 and <paramref name="highestGrade"/>.</param>
    /// <param name="relevant">Number of relevant items.</param>
    /// <param name="k">Cut-off, at least 1.</param>
    /// <param name="highestGrade">Highest possible grade.</param>
    public static double? ExpectedReciprocalRank(ReadOnlySpan<double> gains, int relevant, int k, double highestGrade)
    {
        if (relevant == 0) return null;
        double goesOn = 1, total = 0, top = Math.Pow(2, highestGrade);
        ReadOnlySpan<double> cut = Cut(gains, k);
        for (int r = 0; r < cut.Length; r++)
        {
            double stops = (Math.Pow(2, cut[r]) - 1) / top;
            total += goesOn * stops / (r + 1);
            goesOn *= 1 - stops;
        }
        return total;
    }

    /// <summary>Rank-biased precision (Moffat and Zobel 2008): (1 − p) Σ h_r p^(r−1).</summary>
    /// <param name="gains">Grades by rank.</param>
    /// <param name="relevant">Number of relevant items.</param>
    /// <param name="k">Cut-off, at least 1.</param>
    /// <param name="persistence">p, in (0, 1).</param>
    public static double? RankBiasedPrecision(ReadOnlySpan<double> gains, int relevant, int k, double persistence = 0.85)
    {
        if (relevant == 0) return null;
        double sum = 0, weight = 1;
        foreach (double g in Cut(gains, k))
        {
            if (g > 0) sum += weight;
            weight *= persistence;
        }
        return (1 - persistence) * sum;
    }

    /// <summary>Share of pairs (relevant item, one of the k first irrelevant items) in the right order; what is missing from the list counts as ranked last.</summary>
    /// <remarks>The list is used to its end, not to rank k.</remarks>
    /// <inheritdoc cref="HitRate" path="/param"/>
    public static double? PartialAuc(ReadOnlySpan<double> gains, int relevant, int k) =>
        relevant == 0 ? null : PairsInOrder(gains, k, int.MaxValue) / ((double)k * relevant);

    /// <summary>As <see cref="PartialAuc"/>, with only the first min(k, number of relevant items) relevant items of the list.</summary>
    /// <inheritdoc cref="HitRate" path="/param"/>
    public static double? PartialAucOfAchievable(ReadOnlySpan<double> gains, int relevant, int k) =>
        relevant == 0 ? null : PairsInOrder(gains, k, Math.Min(k, relevant)) / ((double)k * Math.Min(k, relevant));

    /// <summary>Number of relevant items within the first k.</summary>
    internal static int Hits(ReadOnlySpan<double> gains, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        int n = 0;
        foreach (double g in Cut(gains, k))
            if (g > 0) n++;
        return n;
    }

    /// <summary>1 / log2(rank + 1), rank from 1.</summary>
    internal static double Discount(int rank, DiscountKind kind = DiscountKind.Log2) =>
        kind == DiscountKind.Log2 ? 1 / Math.Log2(rank + 1) : 1 / Math.Log2(Math.Max(rank, 2));

    private static ReadOnlySpan<double> Cut(ReadOnlySpan<double> gains, int k) => gains[..Math.Min(k, gains.Length)];

    private static double Worth(double grade, GainKind kind) => kind switch
    {
        GainKind.Binary => 1,
        GainKind.Linear => grade,
        GainKind.Exponential => Math.Pow(2, grade) - 1,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "unknown gain"),
    };

    /// <summary>Pairs of a hit and one of the first k misses where the hit comes first.</summary>
    private static double PairsInOrder(ReadOnlySpan<double> gains, int k, int mostHits)
    {
        double pairs = 0;
        int hits = 0, misses = 0;
        foreach (double g in gains)
        {
            if (misses == k) break;
            if (g > 0)
            {
                if (hits < mostHits) hits++;
                continue;
            }
            misses++;
            pairs += hits;
        }
        return pairs + (double)(k - misses) * hits;   // misses beyond the list stand below every listed hit
    }
}
