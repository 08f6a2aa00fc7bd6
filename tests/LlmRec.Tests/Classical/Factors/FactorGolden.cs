using System.Text.Json;
using LlmRec.Tests.Evaluation;

namespace LlmRec.Tests.Classical;

/// <summary>MovieLens 100k as the golden files of the factor models see it: users and items in ascending order of their ids.</summary>
internal static class FactorGolden
{
    private static readonly Lazy<DataSplit> s_split = new(() =>
    {
        (InteractionLog log, Catalog catalog) = Golden.MovieLens100k();
        return DataSplit.LeaveLastOut(log, catalog);
    });

    public static DataSplit Split => s_split.Value;

    public static Catalog Catalog => Golden.MovieLens100k().Catalog;

    /// <summary>A training user of a dense number as an anonymous history.</summary>
    public static TopNRequest UserOf(int dense) => new(new UserContext { History = Split.EventsOf(IdOf(dense), EventRole.Train) }, []);

    public static string IdOf(int dense) => (dense + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The largest difference, as a share of the largest magnitude.</summary>
    public static double RelativeDifference(ReadOnlySpan<double> actual, ReadOnlySpan<double> expected)
    {
        Assert.That(actual.Length, Is.EqualTo(expected.Length));
        double difference = 0, largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            difference = Math.Max(difference, Math.Abs(actual[i] - expected[i]));
            largest = Math.Max(largest, Math.Abs(expected[i]));
        }
        return double.IsNaN(difference) ? double.PositiveInfinity : difference / largest;
    }

    /// <summary>Asserts the mean figures of some seeds under every variant of a golden quality, within what means over such runs differ by.</summary>
    /// <param name="golden">Variants with mean, sd and runs of each metric.</param>
    /// <param name="seeds">How many.</param>
    /// <param name="fit">Fits to a log with a seed.</param>
    public static void AssertQuality(JsonElement golden, int seeds, Func<InteractionLog, int, ITopNModel> fit)
    {
        Dictionary<bool, ITopNModel[]> models = [];
        using (Assert.EnterMultipleScope())
        {
            foreach (JsonProperty variant in golden.EnumerateObject())
            {
                bool refit = variant.Name == "test_refit_train_valid";
                if (!models.TryGetValue(refit, out ITopNModel[]? fitted))
                    models[refit] = fitted = [.. Enumerable.Range(1, seeds).Select(s => fit(refit ? Split.TrainAndValidation : Split.Train, s))];
                EvaluationReport[] reports = [.. fitted.Select(m => Evaluator.Evaluate(Split, [m], ItemModelGolden.OptionsOf(variant.Name)))];
                foreach (JsonProperty metric in variant.Value.EnumerateObject())
                {
                    double ours = reports.Select((r, k) => r[fitted[k].Name, metric.Name.ToUpperInvariant()].Value!.Value).Average(), theirs = metric.Value.GetProperty("mean").GetDouble();
                    double sd = metric.Value.GetProperty("sd").GetDouble(), runs = metric.Value.GetProperty("runs").GetArrayLength();
                    // a spread of three runs may come out far too small by chance: none is taken below that of one user in two hundred
                    double within = 3 * Math.Max(sd, 0.002) * Math.Sqrt(1 / runs + 1.0 / seeds);
                    TestContext.Out.WriteLine($"{variant.Name} {metric.Name}: {ours:0.0000}, golden {theirs:0.0000} ± {sd:0.0000}");
                    Assert.That(ours, Is.EqualTo(theirs).Within(within), $"{variant.Name} {metric.Name}");
                }
            }
        }
    }

    /// <summary>Figures of a model at 10, under the variant in which training and validation are excluded and the history is the training.</summary>
    public static (double HitRate, double Ndcg, double Mrr) Evaluate(ITopNModel model)
    {
        EvaluationReport report = Evaluator.Evaluate(Split, [model], new() { HistoryHasValidation = false, BootstrapSamples = 0, MaxThreads = 1 });
        return (report[model.Name, "HR@10"].Value!.Value, report[model.Name, "NDCG@10"].Value!.Value, report[model.Name, "MRR@10"].Value!.Value);
    }
}
