namespace LlmRec.Quality;

/// <summary>The rating models on the five folds of MovieLens 100k: mean RMSE and MAE. Nothing is chosen: all stand at their defaults or, where it says so, at those of the library Surprise.</summary>
internal static class RatingFolds
{
    public const string Data = "ml-100k u1..u5";

    private static (string Name, string Options, Func<Catalog, InteractionLog, int, IRatingModel> Fit)[] Models { get; } =
    [
        ("Baseline", "", (c, l, _) => BaselineRatingModel.Fit(c, l)),
        ("Slope One", "", (c, l, _) => SlopeOneModel.Fit(c, l)),
        ("rating KNN, items", "Pearson of what the baselines leave", (c, l, t) => RatingKnnModel.Fit(c, l, new() { Threads = t })),
        ("rating KNN, users", "Pearson of what the baselines leave", (c, l, t) => RatingKnnModel.Fit(c, l, new() { ItemBased = false, Threads = t })),
        ("SVD, Surprise's options", "100 factors, 20 passes, step 0.005, λ 0.02", (c, l, _) => SvdRatingModel.Fit(c, l, new() { Epochs = 20, Regularisation = 0.02, InitialDeviation = 0.1 })),
        ("SVD++, Surprise's options", "20 factors, 20 passes, step 0.007, λ 0.02", (c, l, _) => SvdRatingModel.Fit(c, l, SvdRatingOptions.PlusPlus with { Epochs = 20, Regularisation = 0.02, InitialDeviation = 0.1 })),
        ("SVD without biases", "Surprise's options", (c, l, _) => SvdRatingModel.Fit(c, l, new() { Biased = false, Epochs = 20, Regularisation = 0.02, InitialDeviation = 0.1 })),
        ("NMF", "Surprise's options", (c, l, _) => NmfRatingModel.Fit(c, l)),
        ("NMF with biases", "", (c, l, _) => NmfRatingModel.Fit(c, l, new() { Biased = true })),
        ("SVD", "100 factors", (c, l, _) => SvdRatingModel.Fit(c, l)),
        ("SVD++", "20 factors", (c, l, _) => SvdRatingModel.Fit(c, l, SvdRatingOptions.PlusPlus)),
        ("explicit ALS", "50 factors", (c, l, t) => RatingAlsModel.Fit(c, l, new() { Threads = t })),
    ];

    public static void Run(NamedDataset data, int threads, Func<string, string, string, string, BenchmarkLine?> find, Func<BenchmarkLine, BenchmarkLine> add)
    {
        var options = new EvaluationOptions { BootstrapSamples = 0, MaxThreads = 1, AllowLeaks = true };   // the published folds are random, so the future teaches the past
        foreach ((string name, string words, Func<Catalog, InteractionLog, int, IRatingModel> fit) in Models)
        {
            if (find(Data, name, words, "test") is not null) continue;
            double seconds = 0, rmse = 0, mae = 0, micro = 0, bytes = 0;
            int folds = data.PublishedSplits.Count;
            foreach (DataSplit fold in data.PublishedSplits)
            {
                long before = GC.GetTotalMemory(forceFullCollection: true);
                var watch = CpuWatch.Start();
                IRatingModel model = fit(data.Catalog, fold.Train, threads);
                seconds += watch.Seconds;
                bytes += GC.GetTotalMemory(forceFullCollection: true) - before;
                watch = CpuWatch.Start();
                RatingResult result = RatingEvaluator.Evaluate(fold, [model], options).First(r => r.Name == model.Name);
                micro += watch.Seconds * 1e6 / result.Ratings;
                rmse += result.Rmse.Value ?? double.NaN;
                mae += result.Mae.Value ?? double.NaN;
            }
            add(new(Data, name, words, "test", rmse / folds, mae / folds, seconds, micro / folds, Math.Max(0, bytes) / folds / 1e6));
        }
    }
}
