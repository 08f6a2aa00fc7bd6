using System.Diagnostics;

namespace LlmRec;

/// <summary>Compares recipes on splits: hyper-parameters are chosen by seeded random search on the validation alone, then each recipe is fitted once more and measured on the test.</summary>
/// <remarks>
/// The test targets are never shown to a fit or to the search. The same seed gives the same figures for any number of threads, unless a
/// time budget cuts the search. With a journal, a later run takes finished trials from the file; the last fits are always done again.
/// </remarks>
public sealed class Experiment
{
    private readonly IReadOnlyList<DataSplit> _splits;
    private readonly IReadOnlyList<ModelRecipe> _recipes;
    private readonly ExperimentOptions _options;
    private int _done;

    /// <summary>An experiment.</summary>
    /// <param name="splits">At least one split; with validation events when a recipe has hyper-parameters to choose.</param>
    /// <param name="recipes">At least one recipe, with distinct names. Popular and Random need no recipe: they always stand in the table.</param>
    /// <param name="options">How it is done; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">No split or recipe, two of one name, a split without validation to search on, or a split that leaks.</exception>
    public Experiment(IReadOnlyList<DataSplit> splits, IReadOnlyList<ModelRecipe> recipes, ExperimentOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(splits);
        ArgumentNullException.ThrowIfNull(recipes);
        _options = options ?? new();
        _options.Check();
        if (splits.Count == 0) throw new ArgumentException("an experiment needs a split", nameof(splits));
        if (recipes.Count == 0) throw new ArgumentException("an experiment needs a recipe", nameof(recipes));
        if (recipes.GroupBy(r => r.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"two recipes are called '{twice.Key}': give each a name of its own", nameof(recipes));
        if (recipes.FirstOrDefault(r => r.Search.Count > 0) is { } searching && splits.FirstOrDefault(s => s.Count(EventRole.Validation) == 0) is { } bare)
            throw new ArgumentException($"the split '{bare.Name}' has no validation events, but '{searching.Name}' has hyper-parameters to choose: they are never chosen on the test", nameof(splits));
        foreach (DataSplit split in splits)
            if (!_options.Evaluation.AllowLeaks && split.Warnings.FirstOrDefault(w => w.IsSevere) is { } leak)
                throw new ArgumentException($"the split '{split.Name}' leaks: {leak.Message}", nameof(splits));
        (_splits, _recipes) = (splits, recipes);
    }

    /// <summary>Runs the experiment.</summary>
    /// <param name="progress">Told after each trial and each last fit.</param>
    /// <param name="cancellationToken">Stops between trials; what is in the journal stays.</param>
    /// <exception cref="InvalidOperationException">All trials of a recipe failed, or its last fit did.</exception>
    public async Task<ExperimentReport> RunAsync(IProgress<ExperimentProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        _done = 0;
        var journal = new ExperimentJournal(_options.JournalPath);
        (int Split, int Recipe)[] jobs = [.. Enumerable.Range(0, _splits.Count).SelectMany(s => Enumerable.Range(0, _recipes.Count).Select(r => (s, r)))];
        var plans = jobs.Select(j => SearchPlan.Of(_recipes[j.Recipe].Search, _options.Trials, _options.Seed)).ToArray();
        int total = plans.Sum(p => p.Count) + jobs.Length;
        var trials = new List<ExperimentTrial>[jobs.Length];
        var models = new (ITopNModel Model, TimeSpan Time)[jobs.Length];
        var report = new Lock();

        await Parallel.ForEachAsync(Enumerable.Range(0, jobs.Length), new ParallelOptions { MaxDegreeOfParallelism = _options.MaxThreads, CancellationToken = cancellationToken }, async (j, token) =>
        {
            (DataSplit split, ModelRecipe recipe) = (_splits[jobs[j].Split], _recipes[jobs[j].Recipe]);
            trials[j] = recipe.Search.Count == 0 ? [] : await SearchAsync(jobs[j].Split, recipe, plans[j], journal, Tell, token).ConfigureAwait(false);
            ExperimentTrial? best = Best(trials[j]);
            if (recipe.Search.Count > 0 && best is null)
                throw new InvalidOperationException($"no trial of '{recipe.Name}' on '{split.Name}' gave a value; the first said: {trials[j].Find(t => t.Error is not null)?.Error ?? "the metric is undefined"}");
            long start = Stopwatch.GetTimestamp();
            var fit = new ModelFit(_options.RefitOnValidation ? split.TrainAndValidation : split.Train, split.Items, split.Catalog, best?.Parameters ?? plans[j][0], _options.Seed);
            models[j] = (NamedModel.Of(recipe.Name, await recipe.Fit(fit, token).ConfigureAwait(false)), Stopwatch.GetElapsedTime(start));
            Tell(split, recipe, null);
        }).ConfigureAwait(false);

        var reports = new List<EvaluationReport>();
        for (int s = 0; s < _splits.Count; s++)
        {
            int[] mine = [.. Enumerable.Range(0, jobs.Length).Where(j => jobs[j].Split == s)];
            EvaluationReport r = Evaluator.Evaluate(_splits[s], [.. mine.Select(j => models[j].Model)], _options.Evaluation with { Phase = EvaluationPhase.Test }, null, cancellationToken);
            foreach (int j in mine) r[models[j].Model.Name].FitTime = models[j].Time;
            reports.Add(r);
        }
        return new ExperimentReport(_splits, _options, reports, [.. trials.SelectMany(t => t)]);

        void Tell(DataSplit split, ModelRecipe recipe, ExperimentTrial? trial)
        {
            lock (report) progress?.Report(new(split.Name, recipe.Name, ++_done, total, trial));
        }
    }

    private async Task<List<ExperimentTrial>> SearchAsync(int splitNumber, ModelRecipe recipe, IReadOnlyList<IReadOnlyDictionary<string, double>> plan, ExperimentJournal journal, Action<DataSplit, ModelRecipe, ExperimentTrial?> tell, CancellationToken cancellationToken)
    {
        DataSplit split = _splits[splitNumber];
        EvaluationOptions options = _options.Evaluation with { Phase = EvaluationPhase.Validation, Metrics = [_options.Evaluation.Metrics[0]], BootstrapSamples = 0, MaxThreads = _options.MaxThreads > 1 ? 1 : _options.Evaluation.MaxThreads };
        var trials = new List<ExperimentTrial>();
        TimeSpan spent = TimeSpan.Zero;
        for (int t = 0; t < plan.Count; t++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string key = ExperimentJournal.Key(split, recipe.Name, plan[t], _options.Seed, options);
            ExperimentTrial trial;
            if (journal.TryGet(key, out var known))
                trial = new(splitNumber, recipe.Name, t, plan[t], known.Value, known.Time, known.Error, true);
            else
            {
                if (t > 0 && _options.TimeBudget is { } budget && spent >= budget) break;
                long start = Stopwatch.GetTimestamp();
                double? value = null;
                string? error = null;
                try
                {
                    ITopNModel model = await recipe.Fit(new(split.Train, split.Items, split.Catalog, plan[t], _options.Seed), cancellationToken).ConfigureAwait(false);
                    value = Evaluator.Measure(split, model, options, cancellationToken);
                }
                catch (Exception ex) when (ex is not OperationCanceledException)
                {
                    error = $"{ex.GetType().Name}: {ex.Message}";   // one bad choice of parameters must not end the search
                }
                trial = new(splitNumber, recipe.Name, t, plan[t], value, Stopwatch.GetElapsedTime(start), error, false);
                journal.Add(key, split.Name, trial);
            }
            spent += trial.Time;
            trials.Add(trial);
            tell(split, recipe, trial);
        }
        return trials;
    }

    /// <summary>The best by the first metric; of equal ones the earliest.</summary>
    private ExperimentTrial? Best(List<ExperimentTrial> trials)
    {
        bool higher = _options.Evaluation.Metrics[0].HigherIsBetter!.Value;
        ExperimentTrial? best = null;
        foreach (ExperimentTrial t in trials)
            if (t.Value is { } v && (best is null || (higher ? v > best.Value : v < best.Value))) best = t;
        return best;
    }
}
