using System.Globalization;

namespace LlmRec.Perf.Workloads;

/// <summary>SVD++ over the five folds of MovieLens 100k: reading, fitting and predicting, as Surprise's cross-validation is timed.</summary>
internal sealed class SvdPlusPlusWorkload : IWorkload
{
    public string Name => "svdpp";

    public string Description => "SVD++ at its defaults on five folds, one thread: --ratings FOLDER (u1.base, u1.test and so on) --peak GFLOP/s; prints the mean RMSE";

    public PerfResult Run(PerfArguments options)
    {
        string folder = options.Text("ratings", ".");
        double peak = options.Double("peak", 0), rmse = 0, operations = 0;
        Timing timing = Stopwatcher.TimeOnce(() =>
        {
            for (int fold = 1; fold <= 5; fold++)
            {
                InteractionLog train = Read(Path.Combine(folder, $"u{fold}.base")), test = Read(Path.Combine(folder, $"u{fold}.test"));
                var catalog = new Catalog(train.Items.Concat(test.Items).Distinct().Select(i => new Item { Id = i }));
                SvdRatingOptions how = SvdRatingOptions.PlusPlus;
                SvdRatingModel model = SvdRatingModel.Fit(catalog, train, how);
                // a rating: the dot, three vectors of a step each, and its share of summing and writing back the implicit vectors
                operations += (double)how.Epochs * train.Count * how.Factors * 16;
                double squares = 0;
                foreach (IGrouping<string, Interaction> user in test.GroupBy(e => e.User))
                {
                    Interaction[] events = [.. user];
                    float[] ratings = new float[events.Length];
                    model.Predict(UserContext.Of(user.Key), [.. events.Select(e => e.Item)], ratings);
                    for (int k = 0; k < events.Length; k++) squares += Math.Pow(ratings[k] - events[k].Value!.Value, 2);
                }
                rmse += Math.Sqrt(squares / test.Count) / 5;
            }
        });
        return new()
        {
            Timing = timing, Operations = operations,
            More = [("rmse", rmse), .. peak == 0 ? [] : ((string, double)[])[("share_of_peak", operations / timing.Median / 1e9 / peak)]],
        };
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
