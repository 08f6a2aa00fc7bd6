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

    /// <summary>Figures of a model at 10, under the variant in which training and validation are excluded and the history is the training.</summary>
    public static (double HitRate, double Ndcg, double Mrr) Evaluate(ITopNModel model)
    {
        EvaluationReport report = Evaluator.Evaluate(Split, [model], new() { HistoryHasValidation = false, BootstrapSamples = 0, MaxThreads = 1 });
        return (report[model.Name, "HR@10"].Value!.Value, report[model.Name, "NDCG@10"].Value!.Value, report[model.Name, "MRR@10"].Value!.Value);
    }
}
