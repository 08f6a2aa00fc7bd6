namespace LlmRec;

/// <summary>Errors of predicted ratings.</summary>
/// <remarks>Undefined (<see langword="null"/>) without ratings. Pure functions, thread-safe.</remarks>
public static class RatingMetrics
{
    /// <summary>Root of the mean squared error.</summary>
    /// <param name="predicted">Finite predictions.</param>
    /// <param name="truth">The ratings, of the same length.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a value is not finite.</exception>
    public static double? Rmse(ReadOnlySpan<double> predicted, ReadOnlySpan<double> truth)
    {
        Check(predicted, truth);
        double sum = 0;
        for (int i = 0; i < truth.Length; i++) sum += (predicted[i] - truth[i]) * (predicted[i] - truth[i]);
        return truth.Length == 0 ? null : Math.Sqrt(sum / truth.Length);
    }

    /// <summary>Mean absolute error.</summary>
    /// <inheritdoc cref="Rmse" path="/param"/>
    /// <inheritdoc cref="Rmse" path="/exception"/>
    public static double? Mae(ReadOnlySpan<double> predicted, ReadOnlySpan<double> truth)
    {
        Check(predicted, truth);
        double sum = 0;
        for (int i = 0; i < truth.Length; i++) sum += Math.Abs(predicted[i] - truth[i]);
        return truth.Length == 0 ? null : sum / truth.Length;
    }

    /// <summary>A metric for each user alone, averaged over the users, so that those with many ratings do not decide.</summary>
    /// <param name="users">The user of each rating, as any number.</param>
    /// <param name="predicted">Predictions.</param>
    /// <param name="truth">Ratings.</param>
    /// <param name="metric">The metric, such as <see cref="Rmse"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double? MeanOfUsers(ReadOnlySpan<int> users, ReadOnlySpan<double> predicted, ReadOnlySpan<double> truth, Func<double[], double[], double?> metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        if (users.Length != truth.Length) throw new ArgumentException($"{users.Length} users for {truth.Length} ratings", nameof(users));
        Check(predicted, truth);
        var rows = new SortedDictionary<int, List<int>>();
        for (int i = 0; i < users.Length; i++)
        {
            if (!rows.TryGetValue(users[i], out List<int>? mine)) rows.Add(users[i], mine = []);
            mine.Add(i);
        }
        double sum = 0;
        int n = 0;
        foreach (List<int> mine in rows.Values)
        {
            double[] p = new double[mine.Count], t = new double[mine.Count];
            for (int i = 0; i < p.Length; i++) (p[i], t[i]) = (predicted[mine[i]], truth[mine[i]]);
            if (metric(p, t) is not { } value) continue;
            sum += value;
            n++;
        }
        return n == 0 ? null : sum / n;
    }

    private static void Check(ReadOnlySpan<double> predicted, ReadOnlySpan<double> truth)
    {
        if (predicted.Length != truth.Length) throw new ArgumentException($"{predicted.Length} predictions for {truth.Length} ratings", nameof(predicted));
        for (int i = 0; i < truth.Length; i++)
            if (!double.IsFinite(predicted[i]) || !double.IsFinite(truth[i]))
                throw new ArgumentException($"prediction {predicted[i]} for rating {truth[i]} at {i} is not finite: leave such pairs out and say how many", nameof(predicted));
    }
}
