using System.Globalization;
using LlmRec.Tests.Evaluation;

namespace LlmRec.Tests.Classical;

[TestFixture]
public sealed class AssociationModelTests
{
    private static readonly (AssociationMeasure Measure, int Column)[] s_columns =
    [
        (AssociationMeasure.Jaccard, 5), (AssociationMeasure.Cosine, 6), (AssociationMeasure.Confidence, 7), (AssociationMeasure.Lift, 8), (AssociationMeasure.PointwiseMutualInformation, 9), (AssociationMeasure.LogLikelihood, 10),
    ];

    [Test]
    public void Strength_AndTheModelsWeightsAreTheGolden()
    {
        string[][] rows = [.. File.ReadLines(SharedData.PathOrSkip("golden/cf/cooccurrence_ml-100k.tsv")).Skip(1).Select(l => l.Split('\t'))];
        (InteractionLog log, Catalog catalog) = Golden.MovieLens100k();
        using (Assert.EnterMultipleScope())
        {
            foreach ((AssociationMeasure measure, int column) in s_columns)
            {
                AssociationModel model = AssociationModel.Fit(catalog, log, new() { Measure = measure, Neighbours = null, MinCommon = 1, OnlyPositive = false });
                foreach (string[] row in rows)
                {
                    int a = Whole(row[2]), b = Whole(row[3]), both = Whole(row[4]);
                    double expected = row[column] == "-inf" ? double.NegativeInfinity : double.Parse(row[column], CultureInfo.InvariantCulture);
                    double within = Math.Max(1e-9, 1e-12 * Math.Abs(expected));
                    Assert.That(AssociationModel.Strength(measure, a, b, both, 943), Is.EqualTo(expected).Within(within), $"{measure} {row[0]} {row[1]}");
                    // the model keeps positive float32
                    Assert.That(model.WeightOf(row[0], row[1]), Is.EqualTo(both == 0 ? 0 : Math.Max(0, (float)expected)).Within(1e-6 * Math.Max(1, Math.Abs(expected == double.NegativeInfinity ? 0 : expected))), $"{measure} {row[0]} {row[1]}");
                }
            }
        }
    }

    [Test]
    public void Strength_RefusesCountsThatContradict()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => AssociationModel.Strength(AssociationMeasure.Lift, 3, 4, 4, 10), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => AssociationModel.Strength(AssociationMeasure.Lift, 0, 4, 0, 10), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => AssociationModel.Strength(AssociationMeasure.Lift, 6, 6, 1, 10), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(AssociationModel.Strength(AssociationMeasure.LogLikelihood, 10, 10, 10, 10), Is.Zero, "where all take both, nothing is learned");
        }
    }

    [Test]
    public void Fit_LeavesOutRarePairsAndThoseBelowChance()
    {
        (Catalog catalog, InteractionLog log) = ItemModelGolden.SmallWorld();
        AssociationModel all = AssociationModel.Fit(catalog, log, new() { Measure = AssociationMeasure.Lift, MinCommon = 1, OnlyPositive = false }), few = AssociationModel.Fit(catalog, log, new() { Measure = AssociationMeasure.Lift, MinCommon = 3 });
        double[] Weights(AssociationModel m) => [.. from a in catalog from b in catalog where m.WeightOf(a.Id, b.Id) > 0 select m.WeightOf(a.Id, b.Id)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Weights(few), Has.Length.LessThan(Weights(all).Length / 2).And.All.GreaterThan(1));
            Assert.That(Weights(all), Has.Some.LessThan(1));
        }
    }

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
