namespace LlmRec;

/// <summary>What accuracy does not see: how many items are shown, how evenly, how new, how varied. Items are numbers 0 … n − 1.</summary>
/// <remarks>Undefined values are <see langword="null"/>, never NaN. Pure functions, thread-safe.</remarks>
public static partial class ListMetrics
{
    /// <summary>Number of items with any exposure.</summary>
    /// <param name="exposure">How often each of the n items was shown.</param>
    public static int CoverageCount(ReadOnlySpan<int> exposure)
    {
        int n = 0;
        foreach (int c in exposure)
            if (c > 0) n++;
        return n;
    }

    /// <summary>Share of items with any exposure; undefined without items.</summary>
    /// <param name="exposure">How often each of the n items was shown.</param>
    public static double? Coverage(ReadOnlySpan<int> exposure) => exposure.Length == 0 ? null : (double)CoverageCount(exposure) / exposure.Length;

    /// <summary>Gini index, never-shown items included: Σ_i (2i − n − 1) x_(i) / (n Σ x), x ascending, i from 1; undefined when nothing was shown.</summary>
    /// <param name="exposure">How often each of the n items was shown.</param>
    public static double? Gini(ReadOnlySpan<int> exposure)
    {
        int[] x = exposure.ToArray();
        Array.Sort(x);
        double sum = 0, weighted = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += x[i];
            weighted += (2.0 * (i + 1) - x.Length - 1) * x[i];
        }
        return sum > 0 ? weighted / (x.Length * sum) : null;
    }

    /// <summary>Entropy in nats of shares or of counts; undefined when all are 0.</summary>
    /// <param name="weights">Weights, at least 0; they need not sum to 1.</param>
    public static double? Entropy(ReadOnlySpan<double> weights)
    {
        double sum = 0, entropy = 0;
        foreach (double w in weights) sum += w;
        if (!(sum > 0)) return null;
        foreach (double w in weights)
            if (w > 0) entropy -= w / sum * Math.Log(w / sum);
        return entropy;
    }

    /// <summary>Entropy of exposure over ln n; undefined when nothing was shown or there are fewer than two items.</summary>
    /// <param name="exposure">How often each of the n items was shown.</param>
    public static double? NormalisedEntropy(ReadOnlySpan<int> exposure)
    {
        double[] weights = new double[exposure.Length];
        for (int i = 0; i < weights.Length; i++) weights[i] = exposure[i];
        return exposure.Length > 1 && Entropy(weights) is { } e ? e / Math.Log(exposure.Length) : null;
    }

    /// <summary>Mean of −log2(max(users of the item, 1) / users); undefined for an empty list.</summary>
    /// <param name="list">Items.</param>
    /// <param name="usersOfItem">Training users of each item.</param>
    /// <param name="users">Number of training users.</param>
    public static double? Novelty(ReadOnlySpan<int> list, ReadOnlySpan<int> usersOfItem, int users)
    {
        if (list.Length == 0 || users < 1) return null;
        double sum = 0;
        foreach (int i in list) sum -= Math.Log2((double)Math.Max(usersOfItem[i], 1) / users);
        return sum / list.Length;
    }

    /// <summary>
    /// Mean over the list of max(P_r − Q_i, 0) for hits, with P_r = (n + 1 − r) / n by rank and Q_i = (n + 1 − popularity rank) / n, 0 for
    /// an item never seen (RecTools); undefined for an empty list.
    /// </summary>
    /// <param name="list">Items, best first.</param>
    /// <param name="gains">Grades by rank, at least as many.</param>
    /// <param name="popularityRank">For each of the n items the dense rank of its training count, 1 for the largest; 0 for an item never seen.</param>
    public static double? Serendipity(ReadOnlySpan<int> list, ReadOnlySpan<double> gains, ReadOnlySpan<int> popularityRank)
    {
        if (list.Length == 0) return null;
        double n = popularityRank.Length, sum = 0;
        for (int r = 0; r < list.Length; r++)
        {
            if (!(gains[r] > 0)) continue;
            int rank = popularityRank[list[r]];
            sum += Math.Max((n - r) / n - (rank == 0 ? 0 : (n + 1 - rank) / n), 0);
        }
        return sum / list.Length;
    }

    /// <summary>Mean and smallest distance over the unordered pairs of a list; both 0 for a single item, undefined for none.</summary>
    /// <param name="list">Items.</param>
    /// <param name="distance">Distance of two items.</param>
    public static (double Mean, double Minimum)? IntraListDistance(ReadOnlySpan<int> list, Func<int, int, double> distance)
    {
        ArgumentNullException.ThrowIfNull(distance);
        if (list.Length == 0) return null;
        if (list.Length == 1) return (0, 0);
        double sum = 0, least = double.PositiveInfinity;
        for (int a = 0; a < list.Length; a++)
            for (int b = a + 1; b < list.Length; b++)
            {
                double d = distance(list[a], list[b]);
                sum += d;
                least = Math.Min(least, d);
            }
        return (sum / (list.Length * (list.Length - 1) / 2), least);
    }

    /// <summary>Mean training count of the items; undefined for an empty list.</summary>
    /// <param name="list">Items.</param>
    /// <param name="counts">Training events of each item.</param>
    public static double? AveragePopularity(ReadOnlySpan<int> list, ReadOnlySpan<int> counts)
    {
        if (list.Length == 0) return null;
        double sum = 0;
        foreach (int i in list) sum += counts[i];
        return sum / list.Length;
    }

    /// <summary>KL(p ‖ (1 − α) q + α p) in nats (Steck, Calibrated recommendations, 2018).</summary>
    /// <param name="history">p: category shares of the history, summing to 1.</param>
    /// <param name="list">q: category shares of the list, of the same length.</param>
    /// <param name="alpha">α, in (0, 1]: keeps the value finite where the list lacks a category.</param>
    public static double CalibrationKl(ReadOnlySpan<double> history, ReadOnlySpan<double> list, double alpha = 0.01)
    {
        double sum = 0;
        for (int c = 0; c < history.Length; c++)
            if (history[c] > 0) sum += history[c] * Math.Log(history[c] / ((1 - alpha) * list[c] + alpha * history[c]));
        return sum;
    }
}
