namespace LlmRec;

/// <summary>How alike two ranked lists of distinct items are.</summary>
/// <remarks>Undefined values are <see langword="null"/>. Pure functions, thread-safe.</remarks>
public static class RankComparison
{
    /// <summary>Rank-biased overlap cut at a depth: Σ p^(d−1) A_d / Σ p^(d−1), A_d the share of common items among the first d; undefined when a list is shorter than the depth.</summary>
    /// <param name="first">A list, best first.</param>
    /// <param name="second">The other list.</param>
    /// <param name="depth">Depth, at least 1.</param>
    /// <param name="persistence">p, in (0, 1).</param>
    public static double? RankBiasedOverlapTruncated(ReadOnlySpan<int> first, ReadOnlySpan<int> second, int depth, double persistence = 0.85)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        if (first.Length < depth || second.Length < depth) return null;
        int[] common = Overlaps(first, second, depth);
        double sum = 0, weights = 0, w = 1;
        for (int d = 1; d <= depth; d++, w *= persistence)
        {
            sum += w * common[d - 1] / d;
            weights += w;
        }
        return sum / weights;
    }

    /// <summary>Extrapolated rank-biased overlap of whole lists, possibly of different length (Webber, Moffat and Zobel 2010, equation 32); undefined when a list is empty.</summary>
    /// <param name="first">A list, best first.</param>
    /// <param name="second">The other list.</param>
    /// <param name="persistence">p, in (0, 1).</param>
    public static double? RankBiasedOverlap(ReadOnlySpan<int> first, ReadOnlySpan<int> second, double persistence = 0.9)
    {
        int s = Math.Min(first.Length, second.Length), l = Math.Max(first.Length, second.Length);
        if (s == 0) return null;
        double p = persistence, sum = 0, power = p;
        int[] x = Overlaps(first, second, l);
        for (int d = 1; d <= l; d++, power *= p)
        {
            sum += (double)x[d - 1] / d * power;
            if (d > s) sum += (double)x[s - 1] * (d - s) / ((double)s * d) * power;
        }
        return (1 - p) / p * sum + ((double)(x[l - 1] - x[s - 1]) / l + (double)x[s - 1] / s) * Math.Pow(p, l);
    }

    /// <summary>Kendall's τ over the items in both lists, by position; undefined below three of them.</summary>
    /// <param name="first">A list, best first.</param>
    /// <param name="second">The other list.</param>
    public static double? KendallTau(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        int[] y = CommonPositions(first, second);
        if (y.Length < 3) return null;
        long balance = 0;
        for (int a = 0; a < y.Length; a++)
            for (int b = a + 1; b < y.Length; b++)
                balance += y[a] < y[b] ? 1 : -1;
        return balance / ((double)y.Length * (y.Length - 1) / 2);
    }

    /// <summary>Spearman's ρ over the items in both lists, by position; undefined below three of them.</summary>
    /// <param name="first">A list, best first.</param>
    /// <param name="second">The other list.</param>
    public static double? Spearman(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        int[] y = CommonPositions(first, second);
        if (y.Length < 3) return null;
        int[] order = [.. Enumerable.Range(0, y.Length).OrderBy(i => y[i])];
        double squares = 0;
        for (int rank = 0; rank < order.Length; rank++) squares += Math.Pow(order[rank] - rank, 2);
        double n = y.Length;
        return 1 - 6 * squares / (n * (n * n - 1));
    }

    /// <summary>Common items among the first d of both lists, for d = 1 … depth; a list may be shorter.</summary>
    private static int[] Overlaps(ReadOnlySpan<int> first, ReadOnlySpan<int> second, int depth)
    {
        HashSet<int> a = [], b = [];
        int[] common = new int[depth];
        int n = 0;
        for (int d = 0; d < depth; d++)
        {
            if (d < first.Length && a.Add(first[d]) && b.Contains(first[d])) n++;
            if (d < second.Length && b.Add(second[d]) && a.Contains(second[d])) n++;
            common[d] = n;
        }
        return common;
    }

    /// <summary>Of the items in both lists, in the order of the first, the positions in the second.</summary>
    private static int[] CommonPositions(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        var positions = new List<int>();
        foreach (int item in first)
            if (second.IndexOf(item) is var at and >= 0) positions.Add(at);
        return [.. positions];
    }
}
