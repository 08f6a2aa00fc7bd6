namespace LlmRec.Tests.Classical;

[TestFixture]
public sealed class ItemTransitionModelTests
{
    /// <summary>S and T written out row by row as the paper has them, and the weights put into the normal equations.</summary>
    [Test]
    public void Weights_SolveTheNormalEquations([Values(1, 3, 50)] int past, [Values(1, 4)] int next, [Values(0, 0.5)] double reverse, [Values(0, 0.4)] double consistency)
    {
        (Catalog catalog, InteractionLog log) = ItemModelGolden.SmallWorld();
        var options = new ItemTransitionOptions { Regularisation = 2, Past = past, Next = next, PastDecay = 0.7, NextDecay = 0.5, ReverseWeight = reverse, Consistency = consistency };
        ItemTransitionModel model = ItemTransitionModel.Fit(catalog, log, options);
        double[,] a = new double[20, 20], r = new double[20, 20];
        for (int i = 0; i < 20; i++) a[i, i] = 2;
        foreach (string user in log.Users)
        {
            int[] h = [.. log.HistoryOf(user).Where(e => e.Kind != InteractionKind.Dislike).Select(e => int.Parse(e.Item[1..], System.Globalization.CultureInfo.InvariantCulture))];
            double[] x = new double[20];
            foreach (int i in h) x[i] = 1;
            AddOuter(a, x, x, consistency);
            AddOuter(r, x, x, consistency);
            foreach (double weight in (double[])[1, reverse])
            {
                for (int t = 0; t < h.Length - 1; t++)
                {
                    double[] s = new double[20], target = new double[20];
                    for (int k = 0; k < past && k <= t; k++) s[h[t - k]] += Math.Pow(0.7, k);
                    for (int k = 0; k < next && t + 1 + k < h.Length; k++) target[h[t + 1 + k]] += Math.Pow(0.5, k);
                    AddOuter(a, s, s, weight * (1 - consistency));
                    AddOuter(r, s, target, weight * (1 - consistency));
                }
                Array.Reverse(h);
            }
        }
        for (int i = 0; i < 20; i++)
        {
            for (int j = 0; j < 20; j++)
            {
                double left = 0;
                for (int k = 0; k < 20; k++) left += a[i, k] * model.Weights.At(k, j);
                Assert.That(left, Is.EqualTo(r[i, j]).Within(2e-5), $"{i} {j}");
            }
        }
    }

    private static void AddOuter(double[,] sum, double[] left, double[] right, double weight)
    {
        for (int i = 0; i < left.Length; i++)
            for (int j = 0; j < right.Length; j++) sum[i, j] += weight * left[i] * right[j];
    }

    [Test]
    public void Score_WeighsTheLastItemsByTheirAge()
    {
        (Catalog catalog, InteractionLog log) = ItemModelGolden.SmallWorld();
        ItemTransitionModel model = ItemTransitionModel.Fit(catalog, log, new() { Past = 2, PastDecay = 0.5, Regularisation = 2 });
        float[] scores = new float[20];
        model.Score([new(UserContext.OfHistory("i1", "i2", "strange", "i3"), [])], scores);
        for (int j = 0; j < 20; j++)
            Assert.That(scores[j], Is.EqualTo(model.WeightOf("i3", $"i{j}") + 0.5 * model.WeightOf("i2", $"i{j}")).Within(1e-6));
    }

    [Test]
    public void Score_PutsGivenEventsAfterTheStoredOnes()
    {
        (Catalog catalog, InteractionLog log) = ItemModelGolden.SmallWorld();
        ItemTransitionModel model = ItemTransitionModel.Fit(catalog, log, new() { Past = 4 });
        string user = log.Users[0];
        var more = new Interaction("", "i7");
        float[] stored = new float[20], whole = new float[20];
        model.Score([new(UserContext.Of(user) with { History = [more] }, [])], stored);
        model.Score([new(new UserContext { History = [.. log.HistoryOf(user), more] }, [])], whole);
        Assert.That(stored, Is.EqualTo(whole));
    }

    /// <summary>The known figures of one such model alone are .1643 and .2770.</summary>
    [Test]
    public async Task Slit_OnMovieLens1M_HasTheKnownQuality()
    {
        InteractionLog log = await SequenceFile.ReadAsync(SharedData.PathOrSkip("data/ml-1m/ml-1m_sasrec_sequences.txt"));
        var catalog = new Catalog(log.Items.Select(i => new Item { Id = i }));
        DataSplit split = DataSplit.LeaveLastOut(log, catalog);
        ItemTransitionModel model = ItemTransitionModel.Fit(catalog, split.Train);
        EvaluationReport report = Evaluator.Evaluate(split, [model], new() { BootstrapSamples = 0, Metrics = [Metric.Ndcg(10), Metric.HitRate(10)] });
        double ndcg = report[model.Name, "NDCG@10"].Value!.Value, hit = report[model.Name, "HR@10"].Value!.Value;
        TestContext.Out.WriteLine($"{model.Name}: NDCG@10 {ndcg:0.0000} HR@10 {hit:0.0000}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ndcg, Is.GreaterThanOrEqualTo(0.164));
            Assert.That(hit, Is.GreaterThanOrEqualTo(0.277));
        }
    }
}
