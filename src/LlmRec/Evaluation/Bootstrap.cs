namespace LlmRec;

/// <summary>Percentile intervals of a mean by drawing users with replacement.</summary>
/// <remarks>The same seed and number of values give the same draws, so that two systems measured on the same users are drawn alike. Thread-safe; the result does not depend on threads.</remarks>
public static class Bootstrap
{
    /// <summary>The interval of a mean.</summary>
    /// <param name="values">One finite value a user.</param>
    /// <param name="samples">Number of draws B, at least 1.</param>
    /// <param name="confidence">1 − α, in (0, 1).</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <returns>The α/2 and 1 − α/2 quantiles of the B means, interpolated linearly at position q (B − 1); <see langword="null"/> without values.</returns>
    public static (double Low, double High)? MeanInterval(ReadOnlySpan<double> values, int samples = 1000, double confidence = 0.95, int seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        if (!(confidence > 0 && confidence < 1)) throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "the confidence must lie between 0 and 1");
        if (values.Length == 0) return null;
        double[] means = new double[samples];
        for (int b = 0; b < samples; b++)
        {
            SplitMix random = SplitMix.Of(seed, b);
            double sum = 0;
            for (int i = 0; i < values.Length; i++) sum += values[random.Next(values.Length)];
            means[b] = sum / values.Length;
        }
        Array.Sort(means);
        double alpha = 1 - confidence;
        return (Quantile(means, alpha / 2), Quantile(means, 1 - alpha / 2));
    }

    /// <summary>The interval of the mean difference of two systems on the same users.</summary>
    /// <param name="first">One value a user.</param>
    /// <param name="second">The other system's values, user by user.</param>
    /// <param name="samples">Number of draws, at least 1.</param>
    /// <param name="confidence">In (0, 1).</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static (double Low, double High)? DifferenceInterval(ReadOnlySpan<double> first, ReadOnlySpan<double> second, int samples = 1000, double confidence = 0.95, int seed = 1)
    {
        if (first.Length != second.Length) throw new ArgumentException($"paired systems need the same users: {first.Length} and {second.Length} values were given", nameof(second));
        double[] difference = new double[first.Length];
        for (int i = 0; i < difference.Length; i++) difference[i] = first[i] - second[i];
        return MeanInterval(difference, samples, confidence, seed);
    }

    /// <summary>The quantile of sorted values, interpolated linearly at position q (n − 1).</summary>
    internal static double Quantile(ReadOnlySpan<double> sorted, double q)
    {
        double position = q * (sorted.Length - 1);
        int below = (int)position;
        double rest = position - below;
        return rest == 0 || below + 1 == sorted.Length ? sorted[below] : sorted[below] + rest * (sorted[below + 1] - sorted[below]);
    }
}
