namespace LlmRec.Tests.Classical;

[TestFixture]
public sealed class UserKnnModelTests
{
    [Test]
    public void Score_SumsTheSimilaritiesOfTheNearestWhoTookTheItem([Values(KnnWeighting.Cosine, KnnWeighting.Jaccard, KnnWeighting.TfIdf)] KnnWeighting weighting, [Values(3, 100)] int k)
    {
        (Catalog catalog, InteractionLog log) = ItemModelGolden.SmallWorld();
        UserKnnModel model = UserKnnModel.Fit(catalog, log, new() { Weighting = weighting, Neighbours = k });
        HashSet<string> history = ["i1", "i5", "i9"];
        HashSet<string>[] sets = [.. log.Users.Select(u => log.HistoryOf(u).Where(e => e.Kind != InteractionKind.Dislike).Select(e => e.Item).ToHashSet())];
        double Weight(string item) => weighting == KnnWeighting.TfIdf ? Math.Log(sets.Length) - Math.Log(1 + sets.Count(s => s.Contains(item))) : 1;
        double Norm(IEnumerable<string> set) => set.Sum(i => Weight(i) * Weight(i));
        var near = sets.Select((s, u) => (Set: s, User: u, Similarity: (float)(weighting == KnnWeighting.Jaccard
                ? s.Intersect(history).Count() / (double)s.Union(history).Count()
                : s.Overlaps(history) ? Norm(s.Intersect(history)) / Math.Sqrt(Norm(s) * Norm(history)) : 0)))
            .Where(x => x.Similarity > 0).OrderByDescending(x => MathF.Round(x.Similarity, 5)).ThenBy(x => x.User).Take(k).ToArray();
        float[] scores = new float[20];
        model.Score([new(UserContext.OfHistory([.. history]), [])], scores);
        for (int j = 0; j < 20; j++)
            Assert.That(scores[j], Is.EqualTo(near.Where(x => x.Set.Contains($"i{j}")).Sum(x => x.Similarity)).Within(1e-5), $"{j}");
    }

    [Test]
    public void Score_LeavesAKnownUserOutOfTheNeighbours()
    {
        (Catalog catalog, InteractionLog log) = ItemModelGolden.SmallWorld();
        UserKnnModel model = UserKnnModel.Fit(catalog, log, new() { Neighbours = 1000 });
        string user = log.Users[3];
        var others = new InteractionLog(log.Where(e => e.User != user));
        UserKnnModel without = UserKnnModel.Fit(catalog, others, new() { Neighbours = 1000 });
        float[] known = new float[20], stranger = new float[20];
        model.Score([new(UserContext.Of(user), [])], known);
        without.Score([new(new UserContext { History = log.HistoryOf(user) }, [])], stranger);
        Assert.That(known, Is.EqualTo(stranger).Within(1e-6f));
    }

    [Test]
    public void Evaluate_OnMovieLens_IsAboveItemNeighboursAndPopular()
    {
        UserKnnModel model = UserKnnModel.Fit(ItemModelGolden.Catalog, ItemModelGolden.Split.Train);
        EvaluationReport report = Evaluator.Evaluate(ItemModelGolden.Split, [model], new() { HistoryHasValidation = false, BootstrapSamples = 0 });
        TestContext.Out.WriteLine($"{model.Name}: HR@10 {report[model.Name, "HR@10"].Value:0.0000} NDCG@10 {report[model.Name, "NDCG@10"].Value:0.0000}");
        Assert.That(report[model.Name, "NDCG@10"].Value, Is.GreaterThan(0.055));
    }
}
