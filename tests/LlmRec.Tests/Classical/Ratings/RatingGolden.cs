using System.Globalization;
using LlmRec.Tests.Evaluation;

namespace LlmRec.Tests.Classical;

/// <summary>The five folds of MovieLens 100k.</summary>
internal static class RatingGolden
{
    private static readonly Lazy<Catalog> s_catalog = new(() => Golden.MovieLens100k().Catalog);

    public static Catalog Catalog => s_catalog.Value;

    public static InteractionLog Train(int fold) => Read($"data/ml-100k/u{fold}.base");

    public static InteractionLog Test(int fold) => Read($"data/ml-100k/u{fold}.test");

    public static InteractionLog Read(string relative)
    {
        var log = new InteractionLog();
        foreach (string line in File.ReadLines(SharedData.PathOrSkip(relative)))
        {
            string[] f = line.Split('\t');
            log.Add(f[0], f[1], InteractionKind.Rating, float.Parse(f[2], CultureInfo.InvariantCulture), DateTimeOffset.FromUnixTimeSeconds(long.Parse(f[3], CultureInfo.InvariantCulture)));
        }
        return log;
    }

    /// <summary>Root mean squared error, users by id, or as anonymous histories.</summary>
    public static double Rmse(IRatingModel model, InteractionLog test, InteractionLog? histories = null)
    {
        double sum = 0;
        foreach (IGrouping<string, Interaction> user in test.GroupBy(e => e.User))
        {
            UserContext context = histories is null ? UserContext.Of(user.Key) : new() { History = histories.HistoryOf(user.Key) };
            Interaction[] events = [.. user];
            float[] ratings = new float[events.Length];
            model.Predict(context, [.. events.Select(e => e.Item)], ratings);
            for (int k = 0; k < events.Length; k++) sum += Math.Pow(ratings[k] - events[k].Value!.Value, 2);
        }
        return Math.Sqrt(sum / test.Count);
    }

    /// <summary>Predictions of the first 500 rows of the first fold's test.</summary>
    public static double[] First500(IRatingModel model)
    {
        var predictions = new List<double>();
        foreach (IGrouping<string, string[]> user in File.ReadLines(SharedData.PathOrSkip("golden/cf/surprise_u1_test500.tsv")).Skip(1).Select(l => l.Split('\t')).GroupBy(f => f[0]))
        {
            string[] items = [.. user.Select(f => f[1])];
            float[] ratings = new float[items.Length];
            model.Predict(UserContext.Of(user.Key), items, ratings);
            predictions.AddRange(ratings.Select(r => (double)r));
        }
        return [.. predictions];
    }

    /// <summary>The golden error over the five folds.</summary>
    public static double Expected(string algorithm) =>
        Golden.Json("golden/cf/surprise_errors.json").GetProperty("algorithms").GetProperty(algorithm).GetProperty("mean_of_five_folds").GetProperty("rmse").GetDouble();
}
