using System.Globalization;
using System.Text.Json;
using LlmRec.Tests.Evaluation;

namespace LlmRec.Tests.Classical;

[TestFixture]
public sealed class SlimModelTests
{
    [TestCase(0.001, 0.5)]
    [TestCase(0.005, 0.1)]
    public void Fit_FindsTheGoldenWeightsAndFigures(double penalty, double share)
    {
        string name = FormattableString.Invariant($"alpha{penalty}.l1ratio{share}");
        JsonElement columns = Golden.Json("golden/cf/slim_ml-100k.json").GetProperty(name);
        SlimModel model = SlimModel.Fit(ItemModelGolden.Catalog, ItemModelGolden.Split.Train, new() { Penalty = penalty, L1Share = share, Tolerance = 1e-9 });
        using (Assert.EnterMultipleScope())
        {
            int compared = 0;
            foreach (JsonProperty column in columns.EnumerateObject())
            {
                int j = int.Parse(column.Name, CultureInfo.InvariantCulture);
                double[] expected = new double[model.Items.Count];
                int[] ids = [.. column.Value.GetProperty("ids").EnumerateArray().Select(x => x.GetInt32())];
                for (int k = 0; k < ids.Length; k++) expected[ids[k]] = column.Value.GetProperty("weights")[k].GetDouble();
                for (int i = 0; i < expected.Length; i++) Assert.That(model.Weights.At(i, j), Is.EqualTo(expected[i]).Within(1e-6), $"{i} → {j}");
                compared++;
            }
            Assert.That(compared, Is.EqualTo(20));
            JsonElement figures = Golden.Json("golden/cf/linear_ml-100k.json").GetProperty("models").GetProperty("slim." + name);
            // the golden ranking used weights that had converged less
            foreach (string variant in (string[])["valid", "test_exclude_train", "test_exclude_train_valid", "test_history_train_valid"])
                ItemModelGolden.AssertFigures(model, figures, variant, 0.0011);
        }
    }

    /// <summary>The conditions of the minimum: the slope is 0 where there is a weight and not negative where there is none.</summary>
    [Test]
    public void Weights_AreTheMinimumOfTheirObjective([Values(0.02, 0.3)] double penalty, [Values(0, 0.5, 1)] double share, [Values(0, 4)] int candidates)
    {
        (Catalog catalog, InteractionLog log) = ItemModelGolden.SmallWorld();
        SlimModel model = SlimModel.Fit(catalog, log, new() { Penalty = penalty, L1Share = share, Tolerance = 1e-10, Candidates = candidates });
        HashSet<string>[] sets = [.. catalog.Select(i => log.Where(e => e.Item == i.Id && e.Kind != InteractionKind.Dislike).Select(e => e.User).ToHashSet())];
        double users = sets.SelectMany(s => s).Distinct().Count();
        int weights = 0;
        for (int j = 0; j < 20; j++)
        {
            int[] admitted = [.. Enumerable.Range(0, 20).Where(i => i != j).OrderByDescending(i => (float)(sets[i].Count(sets[j].Contains) / Math.Sqrt(Math.Max(1, sets[i].Count)))).ThenBy(i => i).Take(candidates == 0 ? 20 : candidates)];
            for (int i = 0; i < 20; i++)
            {
                double w = model.Weights.At(i, j);
                Assert.That(w, Is.GreaterThanOrEqualTo(0));
                if (!admitted.Contains(i))
                {
                    Assert.That(w, Is.Zero);
                    continue;
                }
                double slope = -sets[i].Count(sets[j].Contains) / users + penalty * share + penalty * (1 - share) * w;
                for (int k = 0; k < 20; k++) slope += sets[i].Count(sets[k].Contains) / users * model.Weights.At(k, j);
                if (w > 0)
                {
                    weights++;
                    Assert.That(slope, Is.Zero.Within(1e-6), $"{i} {j}");
                }
                else
                    Assert.That(slope, Is.GreaterThan(-1e-6), $"{i} {j}");
            }
        }
        if (penalty < 0.1) Assert.That(weights, Is.GreaterThan(10));
    }
}
