using System.Globalization;

namespace LlmRec;

/// <summary>Measures predicted ratings on a split; the mean of the training always stands beside.</summary>
/// <remarks>The figures do not depend on the number of threads.</remarks>
public static class RatingEvaluator
{
    /// <summary>Evaluates models that were fitted on <see cref="DataSplit.Train"/>.</summary>
    /// <param name="split">The split; targets without a value are left out. One with a severe leak is refused unless the options allow it.</param>
    /// <param name="models">The models, with distinct names.</param>
    /// <param name="options">Phase, bootstrap, seed and threads are used; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops between users.</param>
    /// <returns>A result a model, best RMSE first.</returns>
    /// <exception cref="InvalidOperationException">The split leaks.</exception>
    /// <exception cref="ArgumentException">No target has a value, or two models have the same name.</exception>
    public static IReadOnlyList<RatingResult> Evaluate(DataSplit split, IReadOnlyList<IRatingModel> models, EvaluationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(split);
        ArgumentNullException.ThrowIfNull(models);
        options ??= new();
        options.Check();
        if (!options.AllowLeaks && split.Warnings.FirstOrDefault(w => w.IsSevere) is { } leak)
            throw new InvalidOperationException($"the split '{split.Name}' leaks, so its figures would not be true. {leak.Message} To measure it all the same set EvaluationOptions.AllowLeaks.");
        EventRole target = options.Phase == EvaluationPhase.Test ? EventRole.Test : EventRole.Validation;
        InteractionLog log = split.Log;
        int[] users = [.. Enumerable.Range(0, log.UserTable.Count).Where(u => Targets(u).Count > 0)];
        if (users.Length == 0) throw new ArgumentException($"the split '{split.Name}' has no {(target == EventRole.Test ? "test" : "validation")} event with a value", nameof(split));

        float mean = Mean(split.Train);
        List<IRatingModel> all = [.. models, new Constant(mean)];
        if (all.GroupBy(m => m.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"two models are called '{twice.Key}': give each a name of its own", nameof(models));
        return [.. all.Select(Measure).OrderBy(r => r.Rmse.Value).ThenBy(r => r.Name, StringComparer.Ordinal)];

        List<int> Targets(int u)
        {
            var positions = new List<int>();
            foreach (int p in log.PositionsOf(u))
                if (split.RoleAt(p) == target && !float.IsNaN(log.ValueAt(p))) positions.Add(p);
            return positions;
        }

        RatingResult Measure(IRatingModel model)
        {
            var squares = new double[users.Length];   // of each user: sum of squared errors, of absolute ones, and their number
            var sizes = new double[users.Length];
            var counts = new double[users.Length];
            int notFinite = 0;
            Parallel.For(0, users.Length, new ParallelOptions { MaxDegreeOfParallelism = options.MaxThreads, CancellationToken = cancellationToken }, i =>
            {
                List<int> positions = Targets(users[i]);
                var history = new List<Interaction>();
                foreach (int p in log.PositionsOf(users[i]))
                    if (split.RoleAt(p) == EventRole.Context || (target == EventRole.Test && options.HistoryHasValidation && split.RoleAt(p) == EventRole.Validation)) history.Add(log[p]);
                float[] predicted = new float[positions.Count];
                model.Predict(new UserContext { Id = log.UserTable[users[i]], History = history }, [.. positions.Select(p => log.ItemTable[log.ItemAt(p)])], predicted);
                for (int j = 0; j < predicted.Length; j++)
                {
                    if (!float.IsFinite(predicted[j]))
                    {
                        Interlocked.Increment(ref notFinite);
                        predicted[j] = mean;
                    }
                    double error = (double)predicted[j] - log.ValueAt(positions[j]);
                    squares[i] += error * error;
                    sizes[i] += Math.Abs(error);
                }
                counts[i] = predicted.Length;
            });
            double n = counts.Sum();
            return new(model.Name,
                WithInterval(squares, Math.Sqrt), WithInterval(sizes, x => x),
                squares.Zip(counts, (s, c) => Math.Sqrt(s / c)).Average(), sizes.Zip(counts, (s, c) => s / c).Average(), (int)n, notFinite);

            MetricValue WithInterval(double[] sums, Func<double, double> finish)
            {
                double value = finish(sums.Sum() / n);
                if (options.BootstrapSamples == 0) return new(value, null, null, users.Length);
                double[] drawn = new double[options.BootstrapSamples];
                for (int b = 0; b < drawn.Length; b++)
                {
                    SplitMix random = SplitMix.Of(options.Seed, b);
                    double sum = 0, count = 0;
                    for (int i = 0; i < sums.Length; i++)
                    {
                        int u = random.Next(sums.Length);
                        sum += sums[u];
                        count += counts[u];
                    }
                    drawn[b] = finish(sum / count);
                }
                Array.Sort(drawn);
                double alpha = 1 - options.Confidence;
                return new(value, Bootstrap.Quantile(drawn, alpha / 2), Bootstrap.Quantile(drawn, 1 - alpha / 2), users.Length);
            }
        }
    }

    /// <summary>The results as a table.</summary>
    /// <param name="results">Results of <see cref="Evaluate"/>.</param>
    public static ReportTable ToReportTable(IReadOnlyList<RatingResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var table = new ReportTable("Model", "RMSE", "interval", "MAE", "interval", "RMSE of users", "MAE of users", "ratings");
        foreach (RatingResult r in results)
            table.Add(r.Name, EvaluationReport.Format(r.Rmse.Value), Range(r.Rmse), EvaluationReport.Format(r.Mae.Value), Range(r.Mae), EvaluationReport.Format(r.RmseOfUsers), EvaluationReport.Format(r.MaeOfUsers), r.Ratings.ToString("N0", CultureInfo.InvariantCulture));
        return table;

        static string Range(MetricValue v) => v is { Low: { } l, High: { } h } ? $"{EvaluationReport.Format(l)} – {EvaluationReport.Format(h)}" : "–";
    }

    private static float Mean(InteractionLog train)
    {
        double sum = 0;
        int n = 0;
        for (int p = 0; p < train.Count; p++)
            if (train.ValueAt(p) is var v && !float.IsNaN(v))
            {
                sum += v;
                n++;
            }
        return n == 0 ? 0 : (float)(sum / n);
    }

    private sealed class Constant(float value) : IRatingModel
    {
        public string Name => "Mean";

        public void Predict(UserContext user, IReadOnlyList<string> items, Span<float> ratings) => ratings[..items.Count].Fill(value);
    }
}
