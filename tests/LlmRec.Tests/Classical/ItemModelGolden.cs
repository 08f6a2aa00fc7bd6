using System.Globalization;
using System.Text.Json;
using LlmRec.Tests.Evaluation;

namespace LlmRec.Tests.Classical;

/// <summary>MovieLens 100k as the golden files of the item models see it, and a small world beside it.</summary>
internal static class ItemModelGolden
{
    private static readonly Lazy<(DataSplit Split, Catalog Catalog)> s_movieLens = new(() =>
    {
        (InteractionLog log, Catalog catalog) = Golden.MovieLens100k();
        return (DataSplit.LeaveLastOut(log, catalog), catalog);
    });

    public static DataSplit Split => s_movieLens.Value.Split;

    public static Catalog Catalog => s_movieLens.Value.Catalog;

    /// <summary>A training user of a dense number as an anonymous history.</summary>
    public static TopNRequest UserOf(int dense) =>
        new(new UserContext { History = Split.EventsOf((dense + 1).ToString(CultureInfo.InvariantCulture), EventRole.Train) }, []);

    /// <summary>Scores of some training users, by the model alone.</summary>
    public static double[] ScoresOf(IScoringModel model, int[] users)
    {
        float[] scores = new float[users.Length * model.Items.Count];
        model.Score([.. users.Select(UserOf)], scores);
        return [.. scores.Select(s => (double)s)];
    }

    /// <summary>The largest difference as a share of the largest magnitude.</summary>
    public static double Difference(ReadOnlySpan<double> actual, ReadOnlySpan<double> expected)
    {
        Assert.That(actual.Length, Is.EqualTo(expected.Length));
        double difference = 0, largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (double.IsNaN(actual[i])) return double.PositiveInfinity;
            difference = Math.Max(difference, Math.Abs(actual[i] - expected[i]));
            largest = Math.Max(largest, Math.Abs(expected[i]));
        }
        return difference / largest;
    }

    /// <summary>How a variant of the golden files is evaluated.</summary>
    public static EvaluationOptions OptionsOf(string variant) => new()
    {
        Phase = variant == "valid" ? EvaluationPhase.Validation : EvaluationPhase.Test,
        HistoryHasValidation = variant is "test_history_train_valid" or "test_refit_train_valid",
        ExcludeValidation = variant is not ("valid" or "test_exclude_train"),
        BootstrapSamples = 0,
        Metrics = [Metric.HitRate(10), Metric.Ndcg(10), Metric.Mrr(10)],
    };

    /// <summary>Asserts the three figures of a variant.</summary>
    /// <param name="model">A model fitted on the training.</param>
    /// <param name="golden">The variants of the golden file.</param>
    /// <param name="variant">The name of the variant.</param>
    /// <param name="tolerance">What is allowed.</param>
    /// <param name="evaluated">The variant it is evaluated as, when the name is another.</param>
    public static void AssertFigures(ITopNModel model, JsonElement golden, string variant, double tolerance, string? evaluated = null)
    {
        EvaluationReport report = Evaluator.Evaluate(Split, [model], OptionsOf(evaluated ?? variant));
        foreach (string metric in (string[])["hr@10", "ndcg@10", "mrr@10"])
        {
            double ours = report[model.Name, metric.ToUpperInvariant()].Value!.Value, theirs = golden.GetProperty(variant).GetProperty(metric).GetDouble();
            TestContext.Out.WriteLine($"{model.Name} {variant} {metric}: {ours:0.00000} golden {theirs:0.00000}");
            Assert.That(ours, Is.EqualTo(theirs).Within(tolerance), $"{model.Name} {variant} {metric}");
        }
    }

    /// <summary>Thirty users, twenty items, some of them never taken, with repeats and dislikes; the order of events is the order of the log.</summary>
    public static (Catalog Catalog, InteractionLog Log) SmallWorld(ulong seed = 3)
    {
        var random = new SplitMix(seed);
        var catalog = new Catalog(Enumerable.Range(0, 20).Select(i => new Item { Id = $"i{i}" }));
        var log = new InteractionLog();
        for (int u = 0; u < 30; u++)
        {
            int events = 1 + random.Next(12);
            for (int e = 0; e < events; e++)
            {
                int item = random.Next(18);
                if (item is 4 or 11) item = 5;
                log.Add($"u{u}", $"i{item}", random.Next(9) == 0 ? InteractionKind.Dislike : InteractionKind.View);
            }
        }
        return (catalog, log);
    }
}
