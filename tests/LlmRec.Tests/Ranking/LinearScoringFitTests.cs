namespace LlmRec.Tests.Ranking;

[TestFixture]
public sealed class LinearScoringFitTests
{
    private static (SmallWorld World, HeldBackEvents Examples) Split(int items, int users, int events, int seed)
    {
        var world = new SmallWorld(items, users, events, seed);
        HeldBackEvents held = HeldBackEvents.LastOfEachUser(world.Log, world);
        world.Behaviour = BehaviourModel.Build(world.Catalog, held.Train);
        return (world, held);
    }

    private static double MeanRank(LinearScoringHead head, SmallWorld world, HeldBackEvents examples)
    {
        double sum = 0;
        UserProfile user = new();
        for (int e = 0; e < examples.Count; e++)
        {
            var items = new Candidates();
            items.Reset(world);
            examples.Load(e, user, items, []);
            int target = items.Handles[0];
            var scores = new float[world.Catalog.Count];
            head.Rank(user, world.All(), scores);
            sum += scores.Count(s => s > scores[target]);
        }
        return sum / examples.Count;
    }

    [Test]
    public void Fit_LowersTheHeldOutLoss_AndFindsTheNextItem()
    {
        (SmallWorld world, HeldBackEvents examples) = Split(80, 120, 4000, 1);
        var head = new LinearScoringHead(Features.Default(), new Dictionary<string, float>());
        LinearScoringReport report = head.Fit(examples, world);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.HeldOutLoss, Is.LessThan(report.HeldOutLossBefore - 0.3));
            Assert.That(report.Examples + report.HeldOut, Is.EqualTo(examples.Count));
            Assert.That(MeanRank(head, world, examples), Is.LessThan(25));   // 39.5 by chance
        }
    }

    [Test]
    public void Fit_GivesTheSameBytes_WithOneAndTwoThreads([Values(8, 512)] int negatives)
    {
        (SmallWorld world, HeldBackEvents examples) = Split(150, 90, 2500, 2);
        LinearScoringHead one = new(), two = new();
        one.Fit(examples, world, new() { Threads = 1, HardNegatives = negatives, RandomNegatives = negatives });
        two.Fit(examples, world, new() { Threads = 2, HardNegatives = negatives, RandomNegatives = negatives });
        Assert.That(two.Weights, Is.EqualTo(one.Weights));
    }

    [Test]
    public void Fit_OnASample_ComesCloseToFittingOnAllItems()
    {
        (SmallWorld world, HeldBackEvents examples) = Split(150, 150, 5000, 3);
        LinearScoringHead all = new(), sampled = new();
        double whole = all.Fit(examples, world, new() { HoldOut = 0 }).Loss;
        sampled.Fit(examples, world, new() { HoldOut = 0, HardNegatives = 20, RandomNegatives = 40 });
        // the sampled head, judged by the loss over all items
        double judged = sampled.Fit(examples, world, new() { HoldOut = 0, MaxIterations = 1 }).HeldOutLossBefore;
        Assert.That(judged, Is.EqualTo(whole).Within(0.05));
    }

    [Test]
    public void Fit_KeepsTheWeightOfAFeatureThatNeverVaries()
    {
        (SmallWorld world, HeldBackEvents examples) = Split(50, 60, 1000, 4);
        var head = new LinearScoringHead();
        int at = head.FeatureNames.ToList().IndexOf("attributes.user");
        float weight = head.Weights[at];
        head.Fit(examples, world);
        Assert.That(head.Weights[at], Is.EqualTo(weight).And.Not.Zero);
    }

    [Test]
    public void Fit_LearnsFromNewcomers_HowMuchWordsWeigh_AndMoreWhereTheyAreWishes()
    {
        var world = new SmallWorld(60, 150, 1200, 4, ofGroups: true);
        HeldBackEvents held = HeldBackEvents.LastOfEachUser(world.Log, world);
        world.Behaviour = BehaviourModel.Build(world.Catalog, held.Train);
        IFeature[] features = [Features.Text(), Features.Popularity(), Features.NewcomerPopularity()];
        LinearScoringHead without = new(features, new Dictionary<string, float>()), with = new(features, new Dictionary<string, float>()), wishes = new(features, new Dictionary<string, float>());
        without.Fit(held, world, new() { Newcomers = 0 });
        with.Fit(held, world, new() { Newcomers = 1 });
        wishes.Fit(held, world, new() { Newcomers = 1, Wishes = 1 });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(without.Weights[0], Is.Zero);
            Assert.That(with.Weights[0], Is.GreaterThan(0.5f));
            Assert.That(wishes.Weights[0], Is.GreaterThan(with.Weights[0]));
            Assert.That(() => wishes.Fit(held, world, new() { Wishes = double.NaN }), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    [Test]
    public void Fit_UnderAStrongPenalty_StaysWhereItStands()
    {
        (SmallWorld world, HeldBackEvents examples) = Split(50, 60, 1000, 5);
        LinearScoringHead head = new();
        head.Fit(examples, world);
        float[] before = [.. head.Weights];
        head.Fit(examples, world, new() { L2 = 1e6 });
        Assert.That(head.Weights, Is.EqualTo(before).Within(1e-4));
    }

    [Test]
    public void Fit_OfAFewExamples_LeavesTheDefaultsAlmostAlone()
    {
        (SmallWorld world, HeldBackEvents examples) = Split(50, 5, 60, 5);
        float[] fresh = [.. new LinearScoringHead().Weights];
        double Moved(double prior)
        {
            var head = new LinearScoringHead();
            head.Fit(examples, world, new() { Prior = prior });
            return head.Weights.Zip(fresh, (a, b) => Math.Abs(a - b)).Sum();
        }
        Assert.That(Moved(2), Is.GreaterThan(0).And.LessThan(0.5 * Moved(0)));
    }

    [Test]
    public void Fit_WithoutExamples_ChangesNothing()
    {
        SmallWorld world = new SmallWorld(10, 3, 60, 5).Counted();
        var head = new LinearScoringHead();
        float[] before = [.. head.Weights];
        LinearScoringReport report = head.Fit(HeldBackEvents.LastOfEachUser(new InteractionLog(), world), world);
        Assert.That((report.Examples, head.Weights.SequenceEqual(before)), Is.EqualTo((0, true)));
    }

    [Test]
    public void Fit_OfClicks_RecoversTheLogOdds()
    {
        SmallWorld world = new SmallWorld(40, 10, 600, 6).Counted();
        var head = new LinearScoringHead([Features.Cosine()], new Dictionary<string, float>());
        head.Fit(new Shown(world, (cosine, random) => random.NextDouble() < 1 / (1 + Math.Exp(1 - 3 * cosine)) ? 1 : 0), world,
            new() { Loss = LinearScoringLoss.Logistic, L2 = 1e-6, Prior = 0 });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(head.Weights[0], Is.EqualTo(3f).Within(0.35f));
            Assert.That(head.Weights[1], Is.EqualTo(-1f).Within(0.15f));
        }
    }

    [Test]
    public void Fit_OfRatings_RecoversTheLine()
    {
        SmallWorld world = new SmallWorld(40, 10, 600, 7).Counted();
        var head = new LinearScoringHead([Features.Cosine()], new Dictionary<string, float>());
        head.Fit(new Shown(world, (cosine, random) => (float)(3 + 2 * cosine + 0.1 * (random.NextDouble() - 0.5))), world,
            new() { Loss = LinearScoringLoss.Squared, L2 = 1e-8, Prior = 0 });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(head.Weights[0], Is.EqualTo(2f).Within(0.02f));
            Assert.That(head.Weights[1], Is.EqualTo(3f).Within(0.02f));
        }
    }

    [Test]
    public void Fit_OfPairs_OrdersThem([Values(LinearScoringLoss.PairwiseLogistic, LinearScoringLoss.PairwiseHinge)] LinearScoringLoss loss)
    {
        SmallWorld world = new SmallWorld(40, 10, 600, 8).Counted();
        var head = new LinearScoringHead([Features.Cosine(), Features.Popularity()], new Dictionary<string, float>());
        head.Fit(new Shown(world, (cosine, _) => cosine > 0.2 ? 1 : 0), world, new() { Loss = loss });
        Assert.That(head.Weights[0], Is.GreaterThan(1f));
    }

    [Test]
    public void Options_OutOfRange_AreRefused()
    {
        (SmallWorld world, HeldBackEvents examples) = Split(20, 10, 200, 9);
        var head = new LinearScoringHead();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => head.Fit(examples, world, new() { L2 = -1 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => head.Fit(examples, world, new() { HoldOut = double.NaN }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => head.Fit(examples, world, new() { LearningRate = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    /// <summary>Shown lists of ten items with labels made from their cosine.</summary>
    private sealed class Shown(SmallWorld world, Func<float, Random, float> label) : IRankingExamples
    {
        public int Count => 800;

        public bool Load(int index, UserProfile user, Candidates items, List<float> labels)
        {
            var random = new Random(index);
            user.Reset(new UserContext(), world, DateTimeOffset.UnixEpoch);
            user.Push(random.Next(40), InteractionKind.Click, float.NaN, InteractionLog.NoTime);
            for (int i = 0; i < 10; i++) items.Add(random.Next(40));
            var cosine = new float[10];
            Features.Cosine().Compute(user, items, cosine);
            foreach (float c in cosine) labels.Add(label(c, random));
            return false;
        }
    }
}
