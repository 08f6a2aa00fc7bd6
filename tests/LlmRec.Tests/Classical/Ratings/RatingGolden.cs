using System.Globalization;
using System.Text.Json;
using LlmRec.Tests.Evaluation;

namespace LlmRec.Tests.Classical;

/// <summary>The five folds of MovieLens 100k.</summary>
internal static class RatingGolden
{
    private static readonly Lazy<Catalog> s_catalog = new(() => Golden.MovieLens100k().Catalog);

    public static Catalog Catalog => s_catalog.Value;

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, InteractionLog> s_read = new();

    public static InteractionLog Train(int fold) => s_read.GetOrAdd($"data/ml-100k/u{fold}.base", Read);

    public static InteractionLog Test(int fold) => s_read.GetOrAdd($"data/ml-100k/u{fold}.test", Read);

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
    public static double Rmse(IRatingModel model, InteractionLog test, InteractionLog? histories = null) => Errors(model, test, histories).Rmse;

    /// <summary>Root mean squared and mean absolute error, users by id, or as anonymous histories.</summary>
    public static (double Rmse, double Mae) Errors(IRatingModel model, InteractionLog test, InteractionLog? histories = null)
    {
        double sum = 0, absolute = 0;
        foreach (IGrouping<string, Interaction> user in test.GroupBy(e => e.User))
        {
            UserContext context = histories is null ? UserContext.Of(user.Key) : new() { History = histories.HistoryOf(user.Key) };
            Interaction[] events = [.. user];
            float[] ratings = new float[events.Length];
            model.Predict(context, [.. events.Select(e => e.Item)], ratings);
            for (int k = 0; k < events.Length; k++)
            {
                double error = ratings[k] - (double)events[k].Value!.Value;
                sum += error * error;
                absolute += Math.Abs(error);
            }
        }
        return (Math.Sqrt(sum / test.Count), absolute / test.Count);
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

    /// <summary>Asserts RMSE and MAE on each fold that the golden file has, and their means over all five.</summary>
    /// <param name="algorithm">Its name in the golden file.</param>
    /// <param name="fit">Fits a model to a training part.</param>
    /// <param name="fold">What is allowed on one fold.</param>
    /// <param name="mean">What is allowed in the mean.</param>
    public static void AssertFolds(string algorithm, Func<InteractionLog, IRatingModel> fit, double fold, double mean)
    {
        JsonElement golden = Golden.Json("golden/cf/surprise_errors.json").GetProperty("algorithms").GetProperty(algorithm);
        var errors = new List<(double Rmse, double Mae)>();
        using (Assert.EnterMultipleScope())
        {
            for (int n = 1; n <= 5; n++)
            {
                if (!golden.TryGetProperty($"u{n}", out JsonElement expected)) continue;
                (double rmse, double mae) = Errors(fit(Train(n)), Test(n));
                errors.Add((rmse, mae));
                TestContext.Out.WriteLine($"{algorithm} u{n}: {rmse:0.00000} / {mae:0.00000}, golden {Rmse(expected):0.00000} / {Mae(expected):0.00000}");
                Assert.That(rmse, Is.EqualTo(Rmse(expected)).Within(fold), $"{algorithm} RMSE u{n}");
                Assert.That(mae, Is.EqualTo(Mae(expected)).Within(fold), $"{algorithm} MAE u{n}");
            }
            Assert.That(errors, Is.Not.Empty);
            if (!golden.TryGetProperty("mean_of_five_folds", out JsonElement five)) return;
            Assert.That(errors, Has.Count.EqualTo(5));
            TestContext.Out.WriteLine($"{algorithm} mean: {errors.Average(e => e.Rmse):0.00000} / {errors.Average(e => e.Mae):0.00000}, golden {Rmse(five):0.00000} / {Mae(five):0.00000}");
            Assert.That(errors.Average(e => e.Rmse), Is.EqualTo(Rmse(five)).Within(mean), $"{algorithm} RMSE");
            Assert.That(errors.Average(e => e.Mae), Is.EqualTo(Mae(five)).Within(mean), $"{algorithm} MAE");
        }

        static double Rmse(JsonElement e) => e.GetProperty("rmse").GetDouble();
        static double Mae(JsonElement e) => e.GetProperty("mae").GetDouble();
    }

    /// <summary>Asserts the mean RMSE and MAE over the five random folds of the golden file.</summary>
    public static void AssertRandomFolds(string algorithm, Func<InteractionLog, IRatingModel> fit, double within)
    {
        JsonElement golden = Golden.Json("golden/cf/surprise_errors.json").GetProperty("algorithms").GetProperty(algorithm).GetProperty("mean_of_five_random_folds");
        (double Rmse, double Mae)[] errors = [.. s_randomFolds.Value.Select(f => Errors(fit(f.Train), f.Test))];
        TestContext.Out.WriteLine($"{algorithm} random folds: {errors.Average(e => e.Rmse):0.000000} / {errors.Average(e => e.Mae):0.000000}, golden {golden}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(errors.Average(e => e.Rmse), Is.EqualTo(golden.GetProperty("rmse").GetDouble()).Within(within), $"{algorithm} RMSE");
            Assert.That(errors.Average(e => e.Mae), Is.EqualTo(golden.GetProperty("mae").GetDouble()).Within(within), $"{algorithm} MAE");
        }
    }

    private static readonly Lazy<(InteractionLog Train, InteractionLog Test)[]> s_randomFolds = new(() =>
    {
        Interaction[] all = [.. Read("data/ml-100k/u.data")];
        int[] order = NumpyShuffle.Of(all.Length, 0);
        int fifth = all.Length / 5;
        return [.. Enumerable.Range(0, 5).Select(n => (
            new InteractionLog(order.Where((_, k) => k / fifth != n).Select(k => all[k])),
            new InteractionLog(order[(n * fifth)..((n + 1) * fifth)].Select(k => all[k]))))];
    });
}
