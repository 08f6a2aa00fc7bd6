namespace LlmRec;

public sealed partial class LinearScoringHead
{
    /// <summary>Fits the weights with L-BFGS. The result depends on the seed, not on the number of threads.</summary>
    /// <param name="examples">What to learn from. Where all items compete, the present weights choose the strongest rivals.</param>
    /// <param name="space">Items, vectors and counts; the counts must not contain the examples' wanted events.</param>
    /// <param name="options">Loss, penalty, samples.</param>
    /// <param name="progress">Receives the share done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops the work; the weights stay as they were.</param>
    /// <returns>What happened; without examples, nothing.</returns>
    /// <remarks>A feature that never varies in the examples keeps its weight, such as one of words in a log without words.</remarks>
    internal LinearScoringReport Fit(IRankingExamples examples, IItemSpace space, LinearScoringOptions? options = null,
        IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Check();
        if (examples.Count == 0) return new(0, 0, 0, 0, 0, 0);
        TrainingBlock[] all = TrainingBlocks.Collect(this, examples, space, options, progress is null ? null : new Scaled(progress, 0, 0.7), cancellationToken);
        (TrainingBlock[] train, TrainingBlock[] held) = Divide(all, options);

        Parameters before = _parameters;
        int f = _features.Length;
        bool hasBias = options.Loss is LinearScoringLoss.Logistic or LinearScoringLoss.Squared;
        double[] scale = LinearObjective.Scales(train, f);
        var present = new double[f + (hasBias ? 1 : 0)];
        for (int k = 0; k < f; k++) present[k] = scale[k] > 0 ? before.Weights[k] / scale[k] : 0;
        if (hasBias) present[f] = before.Weights[f];
        double[] prior = present[..f];
        // few examples must not overrule what is known beforehand
        options = options with { L2 = options.L2 + options.Prior / train.Length };

        var objective = new LinearObjective(train, scale, prior, options, hasBias);
        LinearObjective watch = held.Length > 0 ? new(held, scale, prior, options, hasBias) : objective;
        var minimiser = new Lbfgs(present, objective.Evaluate);
        double untrained = watch.Loss(present);
        (double[] best, double bestLoss) = (present, untrained);
        int kept = 0;
        for (int i = 1; i <= options.MaxIterations; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool moved = minimiser.Step();
            double loss = watch.Loss(minimiser.X);
            if (loss < bestLoss) (best, bestLoss, kept) = (minimiser.X, loss, i);
            progress?.Report(0.7 + 0.3 * i / options.MaxIterations);
            if (!moved || i - kept >= options.Patience) break;
        }

        var weights = new float[f + 1];
        var scales = new float[f + 1];
        scales[f] = 1f;
        for (int k = 0; k < f; k++)
        {
            weights[k] = scale[k] > 0 ? (float)(best[k] * scale[k]) : before.Weights[k];
            scales[k] = scale[k] > 0 ? (float)scale[k] : before.Scale[k];
        }
        weights[f] = hasBias ? (float)best[f] : before.Weights[f];
        _parameters = new(weights, scales, new float[f + 1]);
        progress?.Report(1);
        return new(train.Length, held.Length, kept, objective.Loss(best), untrained, bestLoss);
    }

    private static (TrainingBlock[] Train, TrainingBlock[] Held) Divide(TrainingBlock[] all, LinearScoringOptions options)
    {
        int held = all.Length < 40 ? 0 : (int)(all.Length * options.HoldOut);
        var places = new int[all.Length];
        for (int i = 0; i < places.Length; i++) places[i] = i;
        new Random(options.Seed + 1).Shuffle(places);
        places.AsSpan(0, held).Sort();
        places.AsSpan(held).Sort();
        return ([.. places[held..].Select(i => all[i])], [.. places[..held].Select(i => all[i])]);
    }

    private sealed class Scaled(IProgress<double> inner, double from, double to) : IProgress<double>
    {
        public void Report(double value) => inner.Report(from + (to - from) * value);
    }
}
