namespace LlmRec.Tests.Ranking;

[TestFixture]
public sealed class LinearScoringOnlineTests
{
    private static double[] Teach(LinearScoringHead head, SmallWorld world, LinearScoringLoss loss)
    {
        var losses = new double[300];
        for (int step = 0; step < losses.Length; step++)
        {
            var random = new Random(step);
            UserProfile user = world.User(random.Next(40), random.Next(40));
            Candidates items = world.Only([.. Enumerable.Range(0, 8).Select(_ => random.Next(40))]);
            var cosine = new float[8];
            Features.Cosine().Compute(user, items, cosine);
            float[] labels = [.. cosine.Select(c => c == cosine.Max() ? 1f : 0f)];
            losses[step] = head.Learn(user, items, labels, new() { Loss = loss, LearningRate = 0.2 });
        }
        return losses;
    }

    [Test]
    public void Learn_LowersTheLoss([Values] LinearScoringLoss loss)
    {
        SmallWorld world = new SmallWorld(40, 10, 600, 1).Counted();
        var head = new LinearScoringHead([Features.Cosine(), Features.Popularity()], new Dictionary<string, float>());
        double[] losses = Teach(head, world, loss);
        Assert.That(losses[^100..].Average(), Is.LessThan(losses[..20].Average()));
        Assert.That(head.Weights[0], Is.GreaterThan(0.2f));
    }

    [Test]
    public void Learn_TheSameSteps_GivesTheSameWeights()
    {
        SmallWorld world = new SmallWorld(40, 10, 600, 2).Counted();
        LinearScoringHead a = new(), b = new();
        Teach(a, world, LinearScoringLoss.Listwise);
        Teach(b, world, LinearScoringLoss.Listwise);
        Assert.That(b.Weights, Is.EqualTo(a.Weights));
    }

    [Test]
    public void Learn_MovesTheChosenUp_InTheVeryNextRanking()
    {
        SmallWorld world = new SmallWorld(40, 10, 600, 3).Counted();
        var head = new LinearScoringHead();
        (UserProfile user, Candidates items) = (world.User(3, 8), world.Only(1, 2, 30, 31));
        float[] before = new float[4], after = new float[4];
        head.Rank(user, items, before);
        int worst = Array.IndexOf(before, before.Min());
        float[] labels = new float[4];
        labels[worst] = 1;
        head.Learn(user, items, labels);
        head.Rank(user, items, after);
        Assert.That(after[worst] - after.Max(), Is.GreaterThan(before[worst] - before.Max()));
    }

    [Test]
    public void Learn_FromBadLabels_SaysWhatIsWrong()
    {
        SmallWorld world = new SmallWorld(10, 3, 60, 4).Counted();
        var head = new LinearScoringHead();
        Assert.That(() => head.Learn(world.User(1), world.Only(2, 3), [1f]), Throws.ArgumentException);
        Assert.That(() => head.Learn(world.User(1), world.Only(2, 3), [1f, float.NaN]), Throws.ArgumentException);
    }
}
