namespace LlmRec;

/// <summary>How well scores tell clicks from passes, and how true probabilities are.</summary>
/// <remarks>Undefined values are <see langword="null"/>, never NaN. Pure functions, thread-safe.</remarks>
public static class ClassificationMetrics
{
    /// <summary>Share of (positive, negative) pairs in the right order, ties ½; undefined when one class is missing. O(n log n).</summary>
    /// <param name="positive">True for the positives.</param>
    /// <param name="scores">Scores, of the same length, not NaN.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public static double? Auc(ReadOnlySpan<bool> positive, ReadOnlySpan<double> scores)
    {
        Same(positive.Length, scores.Length);
        double[] keys = scores.ToArray();
        bool[] labels = positive.ToArray();
        if (Array.Exists(keys, double.IsNaN)) throw new ArgumentException("a score is NaN", nameof(scores));
        Array.Sort(keys, labels);
        double pairs = 0;
        long positives = 0, negatives = 0;
        for (int i = 0; i < keys.Length;)
        {
            int from = i;
            long p = 0, n = 0;
            for (; i < keys.Length && keys[i] == keys[from]; i++)
            {
                if (labels[i]) p++;
                else n++;
            }
            pairs += p * (negatives + 0.5 * n);
            positives += p;
            negatives += n;
        }
        return positives == 0 || negatives == 0 ? null : pairs / ((double)positives * negatives);
    }

    /// <summary>Mean of the defined AUCs of several lists, weighted (GAUC; the weights are usually the impressions, or the clicks, of each list).</summary>
    /// <param name="aucs">An AUC a list, null where it is undefined.</param>
    /// <param name="weights">A weight a list, at least 0.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double? WeightedAuc(ReadOnlySpan<double?> aucs, ReadOnlySpan<double> weights)
    {
        Same(aucs.Length, weights.Length);
        double sum = 0, all = 0;
        for (int i = 0; i < aucs.Length; i++)
        {
            if (aucs[i] is not { } auc) continue;
            sum += weights[i] * auc;
            all += weights[i];
        }
        return all > 0 ? sum / all : null;
    }

    /// <summary>Mean negative log-likelihood in nats, probabilities clipped to [2⁻⁵², 1 − 2⁻⁵²].</summary>
    /// <param name="positive">True for the positives.</param>
    /// <param name="probabilities">Probabilities in [0, 1], of the same length.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a probability is outside [0, 1].</exception>
    public static double? LogLoss(ReadOnlySpan<bool> positive, ReadOnlySpan<double> probabilities)
    {
        CheckProbabilities(positive, probabilities);
        const double Epsilon = 2.220446049250313e-16;
        double sum = 0;
        for (int i = 0; i < positive.Length; i++)
        {
            double p = Math.Clamp(probabilities[i], Epsilon, 1 - Epsilon);
            sum -= positive[i] ? Math.Log(p) : Math.Log(1 - p);
        }
        return positive.Length == 0 ? null : sum / positive.Length;
    }

    /// <summary>Mean of (p − y)².</summary>
    /// <inheritdoc cref="LogLoss" path="/param"/>
    /// <inheritdoc cref="LogLoss" path="/exception"/>
    public static double? Brier(ReadOnlySpan<bool> positive, ReadOnlySpan<double> probabilities)
    {
        CheckProbabilities(positive, probabilities);
        double sum = 0;
        for (int i = 0; i < positive.Length; i++)
        {
            double d = probabilities[i] - (positive[i] ? 1 : 0);
            sum += d * d;
        }
        return positive.Length == 0 ? null : sum / positive.Length;
    }

    /// <summary>Expected and maximum calibration error: probabilities are binned, and in each bin their mean is compared with the share of positives.</summary>
    /// <param name="positive">True for the positives.</param>
    /// <param name="probabilities">Probabilities in [0, 1].</param>
    /// <param name="bins">Number of bins, at least 1.</param>
    /// <param name="binning">How bins are cut.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a probability is outside [0, 1].</exception>
    public static CalibrationError? CalibrationError(ReadOnlySpan<bool> positive, ReadOnlySpan<double> probabilities, int bins = 10, CalibrationBinning binning = CalibrationBinning.EqualWidth)
    {
        CheckProbabilities(positive, probabilities);
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        int n = positive.Length;
        if (n == 0) return null;
        int[] binOf = new int[n];
        if (binning == CalibrationBinning.EqualWidth)
            for (int i = 0; i < n; i++) binOf[i] = Math.Min((int)(probabilities[i] * bins), bins - 1);
        else
        {
            int[] order = new int[n];
            for (int i = 0; i < n; i++) order[i] = i;
            double[] keys = probabilities.ToArray();
            Array.Sort(order, (a, b) => keys[a] != keys[b] ? keys[a].CompareTo(keys[b]) : a.CompareTo(b));
            int at = 0;
            for (int b = 0; b < bins; b++)
                for (int size = n / bins + (b < n % bins ? 1 : 0); size > 0; size--) binOf[order[at++]] = b;
        }
        var sums = new (int Count, double P, double Y)[bins];
        for (int i = 0; i < n; i++)
        {
            ref var s = ref sums[binOf[i]];
            s = (s.Count + 1, s.P + probabilities[i], s.Y + (positive[i] ? 1 : 0));
        }
        CalibrationBin[] found = [.. sums.Select(s => s.Count == 0 ? new CalibrationBin(0, null, null) : new(s.Count, s.P / s.Count, s.Y / s.Count))];
        double expected = 0, most = 0;
        foreach (CalibrationBin b in found)
        {
            if (b.Count == 0) continue;
            double gap = Math.Abs(b.MeanPrediction!.Value - b.MeanOutcome!.Value);
            expected += (double)b.Count / n * gap;
            most = Math.Max(most, gap);
        }
        return new(expected, most, found);
    }

    private static void Same(int a, int b)
    {
        if (a != b) throw new ArgumentException($"both need the same length: {a} and {b}");
    }

    private static void CheckProbabilities(ReadOnlySpan<bool> positive, ReadOnlySpan<double> probabilities)
    {
        Same(positive.Length, probabilities.Length);
        for (int i = 0; i < probabilities.Length; i++)
            if (!(probabilities[i] >= 0 && probabilities[i] <= 1))
                throw new ArgumentException($"probability {i} is {probabilities[i]}: it must lie in [0, 1]", nameof(probabilities));
    }
}
