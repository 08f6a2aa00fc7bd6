namespace LlmRec;

/// <summary>How well a list covers what the relevant items are about: accuracy that pays less for the same category again.</summary>
/// <remarks>
/// Only items of the pool carry their categories; give the relevant items for novelty of what is wanted, or all items for variety as
/// such. Undefined (<see langword="null"/>) for an empty pool. Pure functions, thread-safe.
/// </remarks>
public static class SubtopicMetrics
{
    /// <summary>
    /// α-nDCG (Clarke et al. 2008): an item is worth Σ over its categories of (1 − α)^(earlier items with it), discounted by
    /// 1 / log2(rank + 1), over the same of a greedily chosen ideal list.
    /// </summary>
    /// <param name="list">Items, best first.</param>
    /// <param name="pool">Distinct items that carry categories, in the order that breaks ties of the ideal list: earlier wins. The greedy ideal is an approximation, so the order matters (up to 0.02).</param>
    /// <param name="categoriesOf">Distinct categories of an item, as numbers from 0.</param>
    /// <param name="k">Cut-off, at least 1.</param>
    /// <param name="alpha">α, in [0, 1).</param>
    public static double? AlphaNdcg(ReadOnlySpan<int> list, IReadOnlyList<int> pool, Func<int, IReadOnlyList<int>> categoriesOf, int k, double alpha = 0.5)
    {
        Check(pool, categoriesOf, k);
        if (pool.Count == 0) return null;
        var inPool = pool.ToHashSet();
        double top = Dcg(Ideal(pool, categoriesOf, k, alpha), inPool, categoriesOf, alpha);
        return top > 0 ? Dcg(list[..Math.Min(k, list.Length)], inPool, categoriesOf, alpha) / top : null;
    }

    /// <summary>
    /// Intent-aware expected reciprocal rank with binary grades: Σ_c w_c Σ_r 1/r · ½ · ½^(earlier hits of c), w even over the categories
    /// of the pool.
    /// </summary>
    /// <param name="list">Items, best first.</param>
    /// <param name="pool">Distinct items that carry categories.</param>
    /// <param name="categoriesOf">Distinct categories of an item.</param>
    /// <param name="k">Cut-off, at least 1.</param>
    public static double? IntentAwareErr(ReadOnlySpan<int> list, IReadOnlyList<int> pool, Func<int, IReadOnlyList<int>> categoriesOf, int k)
    {
        Check(pool, categoriesOf, k);
        var inPool = pool.ToHashSet();
        int categories = pool.SelectMany(categoriesOf).Distinct().Count();
        return categories == 0 ? null : ErrSum(list[..Math.Min(k, list.Length)], inPool, categoriesOf) / categories;
    }

    /// <summary><see cref="IntentAwareErr"/> over that of the greedy ideal list of <see cref="AlphaNdcg"/> with α = ½ (TREC's nERR-IA).</summary>
    /// <inheritdoc cref="AlphaNdcg" path="/param"/>
    public static double? NormalisedIntentAwareErr(ReadOnlySpan<int> list, IReadOnlyList<int> pool, Func<int, IReadOnlyList<int>> categoriesOf, int k)
    {
        Check(pool, categoriesOf, k);
        var inPool = pool.ToHashSet();
        double top = ErrSum(Ideal(pool, categoriesOf, k, 0.5), inPool, categoriesOf);
        return top > 0 ? ErrSum(list[..Math.Min(k, list.Length)], inPool, categoriesOf) / top : null;
    }

    /// <summary>What TREC's ndeval multiplies <see cref="IntentAwareErr"/> with: 2 / Σ_{i ≤ k} ½^(i−1) / i.</summary>
    /// <param name="k">Cut-off, at least 1.</param>
    public static double NdevalErrScale(int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        double sum = 0, half = 1;
        for (int i = 1; i <= k; i++, half /= 2) sum += half / i;
        return 2 / sum;
    }

    /// <summary>Categories of the pool met in the list / categories of the pool; only items of the pool count.</summary>
    /// <inheritdoc cref="IntentAwareErr" path="/param"/>
    public static double? SubtopicRecall(ReadOnlySpan<int> list, IReadOnlyList<int> pool, Func<int, IReadOnlyList<int>> categoriesOf, int k)
    {
        Check(pool, categoriesOf, k);
        var inPool = pool.ToHashSet();
        int wanted = pool.SelectMany(categoriesOf).Distinct().Count();
        if (wanted == 0) return null;
        var met = new HashSet<int>();
        foreach (int i in list[..Math.Min(k, list.Length)])
            if (inPool.Contains(i)) met.UnionWith(categoriesOf(i));
        return (double)met.Count / wanted;
    }

    private static int[] Ideal(IReadOnlyList<int> pool, Func<int, IReadOnlyList<int>> categoriesOf, int k, double alpha)
    {
        var left = pool.ToList();
        var worth = new Dictionary<int, double>();   // of a category: (1 − α)^(times chosen)
        var ideal = new List<int>();
        while (left.Count > 0 && ideal.Count < k)
        {
            int best = 0;
            double most = double.NegativeInfinity;
            for (int i = 0; i < left.Count; i++)
            {
                double gain = 0;
                foreach (int c in categoriesOf(left[i])) gain += worth.GetValueOrDefault(c, 1);
                if (gain > most) (best, most) = (i, gain);
            }
            foreach (int c in categoriesOf(left[best])) worth[c] = worth.GetValueOrDefault(c, 1) * (1 - alpha);
            ideal.Add(left[best]);
            left.RemoveAt(best);
        }
        return [.. ideal];
    }

    private static double Dcg(ReadOnlySpan<int> list, HashSet<int> pool, Func<int, IReadOnlyList<int>> categoriesOf, double alpha)
    {
        var worth = new Dictionary<int, double>();
        double sum = 0;
        for (int r = 0; r < list.Length; r++)
        {
            if (!pool.Contains(list[r])) continue;
            double gain = 0;
            foreach (int c in categoriesOf(list[r]))
            {
                double w = worth.GetValueOrDefault(c, 1);
                gain += w;
                worth[c] = w * (1 - alpha);
            }
            sum += gain * RankingMetrics.Discount(r + 1);
        }
        return sum;
    }

    /// <summary>Σ over categories of Σ_r 1/r · ½ · ½^(earlier hits).</summary>
    private static double ErrSum(ReadOnlySpan<int> list, HashSet<int> pool, Func<int, IReadOnlyList<int>> categoriesOf)
    {
        var goesOn = new Dictionary<int, double>();
        double sum = 0;
        for (int r = 0; r < list.Length; r++)
        {
            if (!pool.Contains(list[r])) continue;
            foreach (int c in categoriesOf(list[r]))
            {
                double g = goesOn.GetValueOrDefault(c, 1) / 2;
                sum += g / (r + 1);
                goesOn[c] = g;
            }
        }
        return sum;
    }

    private static void Check(IReadOnlyList<int> pool, Func<int, IReadOnlyList<int>> categoriesOf, int k)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(categoriesOf);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
    }
}
