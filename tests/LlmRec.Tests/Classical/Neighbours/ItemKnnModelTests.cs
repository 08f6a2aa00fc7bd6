using System.Text.Json;
using LlmRec.Tests.Evaluation;

namespace LlmRec.Tests.Classical;

[TestFixture]
public sealed class ItemKnnModelTests
{
    private const string Tensors = "golden/cf/knn_ml-100k.safetensors";

    [TestCase(KnnWeighting.Cosine, "cosine")]
    [TestCase(KnnWeighting.TfIdf, "tfidf")]
    [TestCase(KnnWeighting.Bm25, "bm25")]
    public void Fit_FindsTheGoldenNeighboursScoresAndFigures(KnnWeighting weighting, string kind)
    {
        Dictionary<string, double[]> golden = Golden.Doubles(Tensors);
        int[] users = Golden.Ints(Tensors, "users"), neighbours = Golden.Ints(Tensors, $"{kind}.neighbours");
        JsonElement figures = Golden.Json("golden/cf/knn_ml-100k.json").GetProperty("models");
        using (Assert.EnterMultipleScope())
        {
            foreach (int? k in (int?[])[20, 100, null])
            {
                ItemKnnModel model = ItemKnnModel.Fit(ItemModelGolden.Catalog, ItemModelGolden.Split.Train, new() { Weighting = weighting, Neighbours = k });
                string name = k is null ? $"{kind}.full" : $"{kind}.K{k}";
                Assert.That(ItemModelGolden.Difference(ItemModelGolden.ScoresOf(model, users), golden[name + ".user_scores"]), Is.LessThan(1e-5), name);
                if (k is null) continue;

                AssertRows((SparseItemWeights)model.Weights, neighbours, golden[$"{kind}.scores"]);
                if (k == 20) AssertSets((SparseItemWeights)model.Weights, neighbours, Golden.Ints(Tensors, $"{kind}.K20.tied"));
                // rows cut between equal similarities let the last bit decide who stays
                foreach (string variant in (string[])["valid", "test_exclude_train", "test_exclude_train_valid", "test_history_train_valid"])
                    ItemModelGolden.AssertFigures(model, figures.GetProperty(name).GetProperty("metrics"), variant, 0.002);
                // figures of the library's own matrix, cut elsewhere between equal similarities
                foreach (string variant in (string[])["test_exclude_train", "test_exclude_train_valid"])
                    ItemModelGolden.AssertFigures(model, figures.GetProperty(name).GetProperty("metrics_with_implicit_similarity"), variant, 0.002);
                ItemModelGolden.AssertFigures(model, figures.GetProperty(name), "library_recommend_exclude_train", 0.002, "test_exclude_train");
                ItemKnnModel refit = ItemKnnModel.Fit(ItemModelGolden.Catalog, ItemModelGolden.Split.TrainAndValidation, new() { Weighting = weighting, Neighbours = k });
                ItemModelGolden.AssertFigures(refit, figures.GetProperty(name).GetProperty("metrics"), "test_refit_train_valid", 0.002);
            }
        }
    }

    /// <summary>Rows that are not cut between equal similarities hold the very items.</summary>
    private static void AssertSets(SparseItemWeights rows, int[] neighbours, int[] tied)
    {
        int compared = 0;
        for (int i = 0; i < tied.Length; i++)
        {
            if (tied[i] != 0) continue;
            Assert.That(rows.IdsOf(i).ToArray().Order(), Is.EqualTo(neighbours[(i * 20)..(i * 20 + 20)].Where(id => id >= 0).Order()), $"row {i}");
            compared++;
        }
        Assert.That(compared, Is.GreaterThan(800));
    }

    private static void AssertRows(SparseItemWeights rows, int[] neighbours, double[] scores)
    {
        int compared = 0;
        for (int i = 0; i < ItemModelGolden.Catalog.Count; i++)
        {
            double[] expected = scores[(i * 20)..(i * 20 + 20)];
            int[] ids = neighbours[(i * 20)..(i * 20 + 20)];
            int n = ids.Count(id => id >= 0);
            float[] values = rows.ValuesOf(i)[..Math.Min(20, rows.ValuesOf(i).Length)].ToArray();
            Assert.That(values, Has.Length.EqualTo(n), $"neighbours of item {i}");
            for (int k = 0; k < n; k++) Assert.That(values[k], Is.EqualTo(expected[k]).Within(1e-5 * expected[k]), $"row {i} neighbour {k}");
            bool distinct = n == 20 && Enumerable.Range(1, n - 1).All(k => expected[k - 1] - expected[k] > 1e-6 * expected[k]);
            // the last of the row may be tied with the one left out
            if (distinct && compared++ >= 0) Assert.That(rows.IdsOf(i)[..19].ToArray(), Is.EqualTo(ids[..19]), $"row {i}");
        }
        Assert.That(compared, Is.GreaterThan(100));
    }

    [Test]
    public void Weights_AreTheDefinition([Values] KnnWeighting weighting, [Values(0, 2.5)] double shrinkage)
    {
        (Catalog catalog, InteractionLog log) = ItemModelGolden.SmallWorld();
        ItemKnnModel model = ItemKnnModel.Fit(catalog, log, new() { Weighting = weighting, Neighbours = null, Shrinkage = shrinkage });
        HashSet<string>[] sets = [.. catalog.Select(i => log.Where(e => e.Item == i.Id && e.Kind != InteractionKind.Dislike).Select(e => e.User).ToHashSet())];
        double SizeOf(string user) => sets.Count(s => s.Contains(user));
        double Idf(string user) => Math.Log(20) - Math.Log(1 + SizeOf(user));
        double mean = sets.Average(s => s.Count);
        double Column(int i, string user) => weighting switch
        {
            KnnWeighting.TfIdf => Idf(user) / Math.Sqrt(sets[i].Sum(u => Idf(u) * Idf(u))),
            KnnWeighting.Bm25 => 2.2 / (1.2 * (0.25 + 0.75 * sets[i].Count / mean) + 1) * Idf(user),
            KnnWeighting.Degree => 1 / Math.Sqrt(sets[i].Count * SizeOf(user)),
            _ => 1 / Math.Sqrt(sets[i].Count),
        };
        using (Assert.EnterMultipleScope())
        {
            for (int i = 0; i < 20; i++)
            {
                for (int j = 0; j < 20; j++)
                {
                    string[] common = [.. sets[i].Intersect(sets[j])];
                    double expected = weighting == KnnWeighting.Jaccard ? common.Length / Math.Max(1.0, sets[i].Union(sets[j]).Count()) : common.Sum(u => Column(i, u) * Column(j, u));
                    if (common.Length > 0) expected *= common.Length / (common.Length + shrinkage);
                    Assert.That(model.WeightOf($"i{i}", $"i{j}"), Is.EqualTo(expected).Within(1e-6), $"{i} {j}");
                }
            }
        }
    }

    [Test]
    public void Neighbours_AreTheLargestWithTiesByLowerIndex([Values(1, 2, 5, 40)] int k)
    {
        (Catalog catalog, InteractionLog log) = ItemModelGolden.SmallWorld();
        var all = (SparseItemWeights)ItemKnnModel.Fit(catalog, log, new() { Neighbours = null }).Weights;
        var cut = (SparseItemWeights)ItemKnnModel.Fit(catalog, log, new() { Neighbours = k }).Weights;
        for (int i = 0; i < 20; i++)
        {
            int[] expected = [.. Enumerable.Range(0, 20).Where(j => all.At(i, j) > 0).OrderByDescending(j => all.At(i, j)).ThenBy(j => j).Take(k)];
            Assert.That(cut.IdsOf(i).ToArray(), Is.EqualTo(expected));
        }
    }

    [Test]
    public void LargestOfRow_KeepsTheBestOfMany([Values(1, 7, 64, 200)] int k)
    {
        var random = new SplitMix(5);
        float[] values = [.. Enumerable.Range(0, 5000).Select(_ => random.Next(300) / 7f)];
        var row = new LargestOfRow(k);
        for (int repeat = 0; repeat < 2; repeat++)
        {
            row.Clear();
            for (int i = 0; i < values.Length; i++) row.Add(i, values[i]);
            (int[] ids, float[] kept) = row.Take();
            int[] expected = [.. Enumerable.Range(0, values.Length).Where(i => values[i] > 0).OrderByDescending(i => values[i]).ThenBy(i => i).Take(k)];
            Assert.That(ids, Is.EqualTo(expected));
            Assert.That(kept, Is.EqualTo(expected.Select(i => values[i])));
        }
    }
}
