using LlmRec.Tests.Evaluation;

namespace LlmRec.Tests.Classical;

[TestFixture]
public sealed class EaseModelTests
{
    private const string Tensors = "golden/cf/linear_ml-100k.safetensors";

    [TestCase(250)]
    [TestCase(500)]
    public void Fit_FindsTheGoldenWeightsScoresAndFigures(double lambda)
    {
        Dictionary<string, double[]> golden = Golden.Doubles(Tensors);
        int[] users = Golden.Ints(Tensors, "users"), items = Golden.Ints(Tensors, "items"), top = Golden.Ints(Tensors, $"ease.{lambda}.top_ids");
        EaseModel model = EaseModel.Fit(ItemModelGolden.Catalog, ItemModelGolden.Split.Train, new() { Regularisation = lambda });
        int m = model.Items.Count;
        double[] corner = new double[2500], values = new double[2500], sums = new double[3];
        for (int i = 0; i < 2500; i++)
        {
            corner[i] = model.Weights.At(i / 50, i % 50);
            values[i] = model.Weights.At(top[i], items[i / 50]);
        }
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < m; j++)
            {
                double b = model.Weights.At(i, j);
                sums[0] += b;
                sums[1] += Math.Abs(b);
                sums[2] += b * b;
            }
        }
        using (Assert.EnterMultipleScope())
        {
            // the weights are float32; the golden file is float64
            Assert.That(ItemModelGolden.Difference(corner, golden[$"ease.{lambda}.corner"]), Is.LessThan(2e-5), "corner");
            Assert.That(ItemModelGolden.Difference(values, golden[$"ease.{lambda}.top_values"]), Is.LessThan(2e-5), "largest weights");
            Assert.That(ItemModelGolden.Difference(ItemModelGolden.ScoresOf(model, users), golden[$"ease.{lambda}.user_scores"]), Is.LessThan(2e-5), "scores");
            Assert.That(ItemModelGolden.Difference(sums, golden[$"ease.{lambda}.sums"]), Is.LessThan(2e-5), "sums");
            var figures = Golden.Json("golden/cf/linear_ml-100k.json").GetProperty("models").GetProperty($"ease.{lambda}");
            foreach (string variant in (string[])["valid", "test_exclude_train", "test_exclude_train_valid", "test_history_train_valid"])
                ItemModelGolden.AssertFigures(model, figures, variant, 1e-12);
            EaseModel refit = EaseModel.Fit(ItemModelGolden.Catalog, ItemModelGolden.Split.TrainAndValidation, new() { Regularisation = lambda });
            ItemModelGolden.AssertFigures(refit, figures, "test_refit_train_valid", 1e-12);
        }
    }

    [TestCase(250)]
    [TestCase(500)]
    public void Fit_Refined_FindsTheGoldenWeightsInFloat64(double lambda)
    {
        Dictionary<string, double[]> golden = Golden.Doubles(Tensors);
        int[] users = Golden.Ints(Tensors, "users"), items = Golden.Ints(Tensors, "items"), top = Golden.Ints(Tensors, $"ease.{lambda}.top_ids");
        EaseModel model = EaseModel.Fit(ItemModelGolden.Catalog, ItemModelGolden.Split.Train, new() { Regularisation = lambda, Precision = EasePrecision.Refined });
        int m = model.Items.Count;
        double[] corner = new double[2500], values = new double[2500], sums = new double[3], scores = new double[users.Length * m];
        for (int i = 0; i < 2500; i++)
        {
            corner[i] = model.Weights.At(i / 50, i % 50);
            values[i] = model.Weights.At(top[i], items[i / 50]);
        }
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < m; j++)
            {
                double b = model.Weights.At(i, j);
                sums[0] += b;
                sums[1] += Math.Abs(b);
                sums[2] += b * b;
            }
        }
        for (int r = 0; r < users.Length; r++)
            foreach (int i in ItemModelGolden.UserOf(users[r]).User.History.Select(e => int.Parse(e.Item, System.Globalization.CultureInfo.InvariantCulture) - 1).Distinct())
                for (int j = 0; j < m; j++) scores[r * m + j] += model.Weights.At(i, j);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ItemModelGolden.Difference(corner, golden[$"ease.{lambda}.corner"]), Is.LessThan(1e-9), "corner");
            Assert.That(ItemModelGolden.Difference(values, golden[$"ease.{lambda}.top_values"]), Is.LessThan(1e-9), "largest weights");
            Assert.That(ItemModelGolden.Difference(scores, golden[$"ease.{lambda}.user_scores"]), Is.LessThan(1e-9), "scores");
            Assert.That(ItemModelGolden.Difference(ItemModelGolden.ScoresOf(model, users), scores), Is.LessThan(1e-6), "scores in float32");
            Assert.That(ItemModelGolden.Difference(sums, golden[$"ease.{lambda}.sums"]), Is.LessThan(1e-9), "sums");
        }
    }

    [Test]
    public void Forget_Refined_TurnsTheInverseBackExactly()
    {
        (Catalog catalog, InteractionLog log) = ItemModelGolden.SmallWorld();
        var options = new EaseOptions { Regularisation = 3, Precision = EasePrecision.Refined };
        EaseModel forgot = EaseModel.Fit(catalog, log, options), never = EaseModel.Fit(catalog, new(log.Where(e => e.User is not ("u3" or "u9" or "u20"))), options);
        foreach (string user in (string[])["u3", "u9", "u20"]) forgot = forgot.Forget(user);
        for (int i = 0; i < 20; i++)
            for (int j = 0; j < 20; j++)
                Assert.That(forgot.Weights.At(i, j), Is.EqualTo(never.Weights.At(i, j)).Within(1e-12), $"{i} {j}");
    }

    /// <summary>What a column must fulfil to be the minimum of ‖x_j − Xb‖² + λ‖b‖² with b_j = 0: (XᵀX + λI) b = XᵀX e_j outside of j.</summary>
    [Test]
    public void Weights_AreTheMinimumOfTheirObjective()
    {
        (Catalog catalog, InteractionLog log) = ItemModelGolden.SmallWorld();
        EaseModel model = EaseModel.Fit(catalog, log, new() { Regularisation = 3 });
        double[,] g = Gram(catalog, log);
        for (int j = 0; j < 20; j++)
        {
            Assert.That(model.Weights.At(j, j), Is.Zero);
            for (int i = 0; i < 20; i++)
            {
                if (i == j) continue;
                double left = 3 * model.Weights.At(i, j);
                for (int k = 0; k < 20; k++) left += g[i, k] * model.Weights.At(k, j);
                Assert.That(left, Is.EqualTo(g[i, j]).Within(1e-5), $"{i} {j}");
            }
        }
    }

    [Test]
    public void DiagonalLimit_HoldsTheDiagonalBelowIt()
    {
        (Catalog catalog, InteractionLog log) = ItemModelGolden.SmallWorld();
        float[] free = Diagonal(0.99), held = Diagonal(0.3);
        using (Assert.EnterMultipleScope())
        {
            // no limit is reached: B = (G + λI)⁻¹G, whose diagonal differs from item to item
            Assert.That(free, Is.All.InRange(0, 0.99f));
            Assert.That(free.Max(), Is.GreaterThan(0.5f));
            for (int i = 0; i < 20; i++) Assert.That(held[i], Is.EqualTo(Math.Min(0.3f, free[i])).Within(1e-5), $"{i}");
        }

        float[] Diagonal(double limit)
        {
            EaseModel model = EaseModel.Fit(catalog, log, new() { Regularisation = 3, DiagonalLimit = limit });
            return [.. Enumerable.Range(0, 20).Select(i => (float)model.Weights.At(i, i))];
        }
    }

    private static double[,] Gram(Catalog catalog, InteractionLog log)
    {
        HashSet<string>[] sets = [.. catalog.Select(i => log.Where(e => e.Item == i.Id && e.Kind != InteractionKind.Dislike).Select(e => e.User).ToHashSet())];
        var g = new double[20, 20];
        for (int i = 0; i < 20; i++)
            for (int j = 0; j < 20; j++) g[i, j] = sets[i].Count(sets[j].Contains);
        return g;
    }
}
