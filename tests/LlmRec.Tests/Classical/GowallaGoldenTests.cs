using System.Text.Json;
using LlmRec.Tests.Evaluation;

namespace LlmRec.Tests.Classical;

/// <summary>The published split of Gowalla: 29,858 users, 40,981 items; the whole table is made by the benchmarks.</summary>
[TestFixture]
public sealed class GowallaGoldenTests
{
    [Test]
    public Task ItemGraph_HasTheGoldenFigures() => CheckAsync("itemfilter.K100", (c, l) => ItemGraphModel.Fit(c, l, new() { Neighbours = 100 }));

    [Test]
    [Explicit("two minutes; the figures stand in the table of the benchmarks too")]
    public async Task OtherModels_HaveTheGoldenFigures()
    {
        using (Assert.EnterMultipleScope())
        {
            await CheckAsync("popular", (c, l) => new PopularModel(l, [.. c.Select(i => i.Id)]));
            await CheckAsync("itemfilter.K500", (c, l) => ItemGraphModel.Fit(c, l, new() { Neighbours = 500 }));
            await CheckAsync("itemknn.degree.K500", (c, l) => ItemKnnModel.Fit(c, l, new() { Weighting = KnnWeighting.Degree, Neighbours = 500 }));
            await CheckAsync("itemknn.degree.K100", (c, l) => ItemKnnModel.Fit(c, l, new() { Weighting = KnnWeighting.Degree, Neighbours = 100 }));
            foreach ((string name, KnnWeighting weighting) in new[] { ("cosine", KnnWeighting.Cosine), ("tfidf", KnnWeighting.TfIdf), ("bm25", KnnWeighting.Bm25) })
                foreach (int k in (int[])[20, 100])
                    await CheckAsync($"itemknn.{name}.K{k}", (c, l) => ItemKnnModel.Fit(c, l, new() { Weighting = weighting, Neighbours = k }));
        }
    }

    [TestCase(100)]
    [TestCase(300)]
    [TestCase(1000)]
    [Explicit("16 minutes of processor time and 7 GB each")]
    public Task Ease_HasTheGoldenFigures(double lambda) => CheckAsync($"ease.{lambda}.float32", (c, l) => EaseModel.Fit(c, l, new() { Regularisation = lambda }));

    private static async Task CheckAsync(string name, Func<Catalog, InteractionLog, FittedModel> fit)
    {
        DataSplit split = (await DataSets.ReadAsync("gowalla", SharedData.PathOrSkip("data"))).PublishedSplits[0];
        JsonElement golden = Golden.Json("golden/cf/gowalla.json").GetProperty("models").GetProperty(name);
        (double recall, double ndcg) = Figures(fit(split.Catalog!, split.TrainAndValidation), split);
        TestContext.Out.WriteLine($"{name}: {recall:0.00000} / {ndcg:0.00000}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(recall, Is.EqualTo(golden.GetProperty("recall@20").GetDouble()).Within(0.0005), name);
            Assert.That(ndcg, Is.EqualTo(golden.GetProperty("ndcg@20").GetDouble()).Within(0.0005), name);
        }
    }

    private static (double Recall, double Ndcg) Figures(FittedModel model, DataSplit split)
    {
        var index = model.Items.Select((id, i) => (id, i)).ToDictionary(p => p.id, p => p.i);
        string[] users = [.. split.TrainAndValidation.Users.Where(u => split.EventsOf(u, EventRole.Test).Count > 0)];
        double[] recalls = new double[users.Length], ndcgs = new double[users.Length];
        Parallel.For(0, users.Length, () => new float[index.Count], (u, _, scores) =>
        {
            HashSet<int> test = [.. split.EventsOf(users[u], EventRole.Test).Select(e => index[e.Item])];
            model.Score([new(UserContext.Of(users[u]), [])], scores);
            foreach (Interaction e in split.TrainAndValidation.HistoryOf(users[u])) scores[index[e.Item]] = float.NegativeInfinity;
            int[] best = new int[20];
            int n = TopNSelection.Best(scores, best);
            double gain = 0, ideal = 0;
            for (int r = 0; r < n; r++)
                if (test.Contains(best[r])) gain += 1 / Math.Log2(r + 2);
            for (int r = 0; r < Math.Min(20, test.Count); r++) ideal += 1 / Math.Log2(r + 2);
            recalls[u] = best[..n].Count(test.Contains) / (double)test.Count;
            ndcgs[u] = gain / ideal;
            return scores;
        }, _ => { });
        return (recalls.Average(), ndcgs.Average());
    }
}
