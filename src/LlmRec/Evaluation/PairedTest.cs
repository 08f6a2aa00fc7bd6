namespace LlmRec;

/// <summary>Whether two systems measured on the same users differ by more than chance would.</summary>
/// <remarks>Pure functions, thread-safe. One test of one difference: among many models and metrics some p is small by chance.</remarks>
public static class PairedTest
{
    /// <summary>Student's paired test: t = mean(d) / (sd(d) / √n), two-sided, n − 1 degrees of freedom.</summary>
    /// <param name="first">A finite value a user.</param>
    /// <param name="second">The other system's, user by user.</param>
    /// <returns>t and p; p is 1 when all differences are 0, and undefined (<see langword="null"/>) below two users or when all differences are the same other number.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static PairedTestResult Student(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        double[] d = Differences(first, second);
        int n = d.Length;
        double mean = n == 0 ? 0 : d.Sum() / n, squares = 0;
        foreach (double x in d) squares += (x - mean) * (x - mean);
        if (n > 0 && Array.TrueForAll(d, x => x == 0)) return new(n, 0, 0, 1);
        if (n < 2 || squares == 0) return new(n, mean, null, null);
        double t = mean / (Math.Sqrt(squares / (n - 1)) / Math.Sqrt(n));
        return new(n, mean, t, SpecialFunctions.StudentTwoSided(t, n - 1));
    }

    /// <summary>Wilcoxon's signed-rank test by the normal approximation with tie correction, two-sided.</summary>
    /// <param name="first">A finite value a user.</param>
    /// <param name="second">The other system's, user by user.</param>
    /// <param name="zeros">What is done with differences of 0.</param>
    /// <param name="continuityCorrection">Whether ½ is taken off the distance from the mean.</param>
    /// <returns>W, the smaller of the two rank sums, and p; p is 1 when nothing differs.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static PairedTestResult Wilcoxon(ReadOnlySpan<double> first, ReadOnlySpan<double> second, ZeroDifferences zeros = ZeroDifferences.Dropped, bool continuityCorrection = false)
    {
        double[] all = Differences(first, second);
        double mean = all.Length == 0 ? 0 : all.Sum() / all.Length;
        double[] d = zeros == ZeroDifferences.Dropped ? [.. all.Where(x => x != 0)] : all;
        double n = d.Length, zero = d.Count(x => x == 0);
        if (n == zero) return new(all.Length, mean, 0, 1);
        (double plus, double minus, double atZero, double ties) = RankSums(d, countZeroTies: zeros != ZeroDifferences.RankedThenDropped);
        double expected = n * (n + 1) / 4, variance = n * (n + 1) * (2 * n + 1);
        if (zeros == ZeroDifferences.RankedThenDropped)
        {
            expected -= zero * (zero + 1) / 4;
            variance -= zero * (zero + 1) * (2 * zero + 1);
        }
        else if (zeros == ZeroDifferences.Shared)
        {
            plus += atZero / 2;
            minus += atZero / 2;
        }
        double w = Math.Min(plus, minus), sd = Math.Sqrt((variance - ties / 2) / 24);
        double z = (w - expected + (continuityCorrection ? 0.5 : 0)) / sd;
        return new(all.Length, mean, w, Math.Min(1, SpecialFunctions.NormalTwoSided(Math.Min(z, 0)))) { Z = z };
    }

    /// <summary>Wilcoxon's signed-rank test by counting all 2ⁿ signs, for differences without zeros and without ties.</summary>
    /// <param name="first">A finite value a user, at most 1,000.</param>
    /// <param name="second">The other system's, user by user.</param>
    /// <exception cref="ArgumentException">The lengths differ, a difference is 0, or two are of equal size: the exact distribution is another one then.</exception>
    public static PairedTestResult WilcoxonExact(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        double[] d = Differences(first, second);
        if (d.Length > 1000) throw new ArgumentException($"{d.Length} pairs: above 1,000 use the normal approximation", nameof(first));
        if (d.Select(Math.Abs).Append(0).Distinct().Count() != d.Length + 1)
            throw new ArgumentException("a difference is 0 or two are of equal size: use the normal approximation", nameof(first));
        int n = d.Length;
        (double plus, double minus, _, _) = RankSums(d, countZeroTies: true);
        double w = Math.Min(plus, minus);
        double[] chance = new double[n * (n + 1) / 2 + 1];   // of each rank sum, built up rank by rank
        chance[0] = 1;
        int top = 0;
        for (int rank = 1; rank <= n; rank++)
        {
            top += rank;
            for (int s = top; s >= 0; s--) chance[s] = (chance[s] + (s >= rank ? chance[s - rank] : 0)) / 2;
        }
        double tail = 0;
        for (int s = 0; s <= (int)w; s++) tail += chance[s];
        return new(n, n == 0 ? 0 : d.Sum() / n, w, Math.Min(1, 2 * tail));
    }

    private static (double Plus, double Minus, double Zero, double Ties) RankSums(double[] d, bool countZeroTies)
    {
        double[] sizes = [.. d.Select(Math.Abs)];
        int[] order = [.. Enumerable.Range(0, d.Length)];
        Array.Sort((double[])sizes.Clone(), order);
        double plus = 0, minus = 0, zero = 0, ties = 0;
        for (int i = 0; i < order.Length;)
        {
            int from = i;
            while (i < order.Length && sizes[order[i]] == sizes[order[from]]) i++;
            double rank = (from + 1 + i) / 2.0, t = i - from;
            if (countZeroTies || sizes[order[from]] != 0) ties += t * (t * t - 1);
            for (int j = from; j < i; j++)
            {
                if (d[order[j]] > 0) plus += rank;
                else if (d[order[j]] < 0) minus += rank;
                else zero += rank;
            }
        }
        return (plus, minus, zero, ties);
    }

    private static double[] Differences(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        if (first.Length != second.Length) throw new ArgumentException($"paired systems need the same users: {first.Length} and {second.Length} values were given", nameof(second));
        double[] d = new double[first.Length];
        for (int i = 0; i < d.Length; i++)
        {
            d[i] = first[i] - second[i];
            if (!double.IsFinite(d[i])) throw new ArgumentException($"the values of pair {i} are {first[i]} and {second[i]}: leave undefined users out", nameof(first));
        }
        return d;
    }
}
