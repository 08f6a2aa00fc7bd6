namespace LlmRec;

/// <summary>Measures fitted models on a split: every item is ranked for every user, Popular and Random always stand beside, and in a global time split Popular of the training's last seven days.</summary>
/// <remarks>The figures do not depend on the number of threads. Models are asked for batches from several threads at once.</remarks>
public static class Evaluator
{
    /// <summary>Evaluates models that were fitted on <see cref="DataSplit.Train"/>.</summary>
    /// <param name="split">The split; one with a severe leak is refused unless the options allow it.</param>
    /// <param name="models">The models, with distinct names.</param>
    /// <param name="options">How to evaluate; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="InvalidOperationException">The split leaks; the message says how.</exception>
    /// <exception cref="ArgumentException">Two models have the same name, the options are out of range, or no user can be evaluated.</exception>
    public static EvaluationReport Evaluate(DataSplit split, IReadOnlyList<ITopNModel> models, EvaluationOptions? options = null, IProgress<EvaluationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Run(split, models, options ?? new(), null, progress, cancellationToken);

    internal static EvaluationReport Run(DataSplit split, IReadOnlyList<ITopNModel> models, EvaluationOptions options, int? sampledNegatives, IProgress<EvaluationProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(split);
        ArgumentNullException.ThrowIfNull(models);
        options.Check();
        if (!options.AllowLeaks && split.Warnings.FirstOrDefault(w => w.IsSevere) is { } leak)
            throw new InvalidOperationException($"the split '{split.Name}' leaks, so its figures would not be true. {leak.Message} To measure it all the same set EvaluationOptions.AllowLeaks.");

        var cases = new EvaluationCases(split, options);
        if (cases.Users.Length == 0)
            throw new ArgumentException($"the split '{split.Name}' leaves no user to evaluate: {cases.UsersWithoutTarget} users have no {(options.Phase == EvaluationPhase.Test ? "test" : "validation")} event, {cases.UsersWithoutRelevant} no relevant one, {cases.UsersWithoutHistory} too little history", nameof(split));
        var world = new EvaluationWorld(split, options);

        List<ITopNModel> all = [.. models];
        if (!all.Exists(m => m is PopularModel { Window: null })) all.Add(new PopularModel(split.Train, split.Items));
        if (split.Claim == TimeClaim.Global && !all.Exists(m => m is PopularModel { Window: not null })) all.Add(new PopularModel(split.Train, split.Items, TimeSpan.FromDays(7)));
        if (!all.Exists(m => m is RandomModel)) all.Add(new RandomModel(split.Items, options.Seed));
        if (all.GroupBy(m => m.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"two models are called '{twice.Key}': give each a name of its own", nameof(models));

        var results = new List<ModelResult>();
        var notes = new List<string>();
        if (sampledNegatives is { } n)
            notes.Add(FormattableString.Invariant($"Targets were ranked among {n} sampled items only: such figures are far too high and need not keep the order of models. Do not compare them with full rankings."));
        foreach (ITopNModel model in all)
        {
            var run = new ModelRun(split, world, cases, options, model, sampledNegatives);
            results.Add(run.Execute(progress, cancellationToken));
            notes.AddRange(run.Notes());
        }
        int[] popularity = [.. cases.Targets.Select(t => (int)Math.Round(t.Average(i => world.EventsOfItem[i])))];
        return new EvaluationReport(split, options, cases, results, popularity, notes);
    }

    /// <summary>The first metric of one model alone, without baselines: for a search that asks many times.</summary>
    internal static double? Measure(DataSplit split, ITopNModel model, EvaluationOptions options, CancellationToken cancellationToken)
    {
        var cases = new EvaluationCases(split, options);
        if (cases.Users.Length == 0) throw new InvalidOperationException($"the split '{split.Name}' leaves no user with a validation target");
        return new ModelRun(split, new EvaluationWorld(split, options), cases, options, model).Execute(null, cancellationToken, forReport: false).Values[0].Value;
    }
}
