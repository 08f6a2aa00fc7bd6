using System.Diagnostics;
using System.Globalization;

namespace LlmRec.Quality;

/// <summary>The rating models on the five folds of MovieLens 100k: mean RMSE and MAE. Nothing is chosen: all stand at their defaults.</summary>
internal static class RatingFolds
{
    public const string Data = "ml-100k u1..u5";

    private static (string Name, string Options, Func<Catalog, InteractionLog, int, IRatingModel> Fit)[] Models { get; } =
    [
        ("Baseline", "", (c, l, _) => BaselineRatingModel.Fit(c, l)),
        ("Slope One", "", (c, l, _) => SlopeOneModel.Fit(c, l)),
        ("rating KNN, items", "Pearson of what the baselines leave", (c, l, t) => RatingKnnModel.Fit(c, l, new() { Threads = t })),
        ("rating KNN, users", "Pearson of what the baselines leave", (c, l, t) => RatingKnnModel.Fit(c, l, new() { ItemBased = false, Threads = t })),
        ("SVD", "100 factors", (c, l, _) => SvdRatingModel.Fit(c, l)),
        ("SVD++", "20 factors", (c, l, _) => SvdRatingModel.Fit(c, l, SvdRatingOptions.PlusPlus)),
        ("explicit ALS", "50 factors", (c, l, t) => RatingAlsModel.Fit(c, l, new() { Threads = t })),
    ];

    public static void Run(string folder, int threads, Func<string, string, string, string, BenchmarkLine?> find, Func<BenchmarkLine, BenchmarkLine> add)
    {
        Catalog catalog = DataSet.Read(folder).Catalog;
        foreach ((string name, string options, Func<Catalog, InteractionLog, int, IRatingModel> fit) in Models)
        {
            if (find(Data, name, options, "test") is not null) continue;
            double seconds = 0, rmse = 0, mae = 0, micro = 0, bytes = 0;
            for (int fold = 1; fold <= 5; fold++)
            {
                InteractionLog train = Read(Path.Combine(folder, $"u{fold}.base")), test = Read(Path.Combine(folder, $"u{fold}.test"));
                long before = GC.GetTotalMemory(forceFullCollection: true), start = Stopwatch.GetTimestamp();
                IRatingModel model = fit(catalog, train, threads);
                seconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
                bytes += (GC.GetTotalMemory(forceFullCollection: true) - before) / 5.0;
                double squares = 0, absolute = 0;
                start = Stopwatch.GetTimestamp();
                foreach (IGrouping<string, Interaction> user in test.GroupBy(e => e.User))
                {
                    Interaction[] events = [.. user];
                    float[] ratings = new float[events.Length];
                    model.Predict(UserContext.Of(user.Key), [.. events.Select(e => e.Item)], ratings);
                    for (int k = 0; k < events.Length; k++)
                    {
                        double error = ratings[k] - events[k].Value!.Value;
                        squares += error * error;
                        absolute += Math.Abs(error);
                    }
                }
                micro += Stopwatch.GetElapsedTime(start).TotalMicroseconds / test.Count / 5;
                rmse += Math.Sqrt(squares / test.Count) / 5;
                mae += absolute / test.Count / 5;
            }
            add(new(Data, name, options, "test", rmse, mae, seconds, micro, bytes / 1e6));
        }
    }

    private static InteractionLog Read(string file)
    {
        var log = new InteractionLog();
        foreach (string line in File.ReadLines(file))
        {
            string[] f = line.Split('\t');
            log.Add(f[0], f[1], InteractionKind.Rating, float.Parse(f[2], CultureInfo.InvariantCulture), DateTimeOffset.FromUnixTimeSeconds(long.Parse(f[3], CultureInfo.InvariantCulture)));
        }
        return log;
    }
}
