namespace LlmRec.Tests.Ranking;

[TestFixture]
public sealed class BehaviourFeatureTests
{
    private static readonly BehaviourFeature[] Many =
    [
        .. from signal in Enum.GetValues<BehaviourSignal>()
           from decay in new[] { 0.3f, 0.5f, 0.8f, 0.95f, 1f }
           from alpha in new[] { 0.25f, 0.5f }
           select new BehaviourFeature(signal, decay, alpha, 0.3f),
        .. from signal in Enum.GetValues<BehaviourSignal>()
           from decay in new[] { 0.5f, 1f }
           from beta in new[] { 0.25f, 0.5f }
           select new BehaviourFeature(signal, decay, 0.5f, beta) { Each = true },
        new BehaviourFeature(BehaviourSignal.Followers, 0.8f, 0.5f, 0.25f) { KnownUser = true },
    ];

    /// <summary>The definition, term by term.</summary>
    private static double Plain(BehaviourFeature f, BehaviourModel model, ReadOnlySpan<int> history, int item)
    {
        double sum = 0, each = 0;
        for (int r = 0; r < Math.Min(history.Length, 50); r++)
        {
            double x = Math.Pow(Size(f, model, history[r]), -f.Alpha) * Math.Pow(Size(f, model, item), -f.Beta) * BehaviourPlan.Table(model, f.Signal).WeightOf(history[r], item);
            sum += Math.Pow(f.Decay, r) * x;
            each += Math.Pow(f.Decay, r) * Math.Log(1 + f.Scale * x);
        }
        return (f.Each ? each : Math.Log(1 + f.Scale * sum)) * (f.KnownUser ? Math.Log(1 + history.Length) / Math.Log(51) : 1);
    }

    private static double Size(BehaviourFeature f, BehaviourModel model, int item) => f.Signal == BehaviourSignal.Companions
        ? Math.Max(model.Mass[item], 0.5)
        : Math.Max(model.Popularity[item], Math.Max(1, Math.Sqrt(model.Events / model.Popularity.ToArray().Count(p => p > 0))));

    [Test]
    public void SharedWalk_GivesTheDefinition([Values(1, 2)] int seed)
    {
        SmallWorld world = new SmallWorld(40, 10, 600, seed).Counted();
        UserProfile user = world.User(3, 9, 9, 27, 14, 0);
        Candidates items = world.Only(5, 3, 39, 12, 5, 20);
        var values = new float[Many.Length * items.Count];
        new BehaviourPlan([.. Many.Select((f, i) => (f, i))]).Compute(user, items, values);
        using (Assert.EnterMultipleScope())
        {
            for (int f = 0; f < Many.Length; f++)
                for (int i = 0; i < items.Count; i++)
                    Assert.That(values[f * items.Count + i], Is.EqualTo(Plain(Many[f], world.Behaviour!, user.Handles, items.Handles[i])).Within(2e-4), $"{Many[f].Name} item {items.Handles[i]}");
        }
    }

    [Test]
    public void OneFeatureAlone_EqualsTheSharedWalk()
    {
        SmallWorld world = new SmallWorld(40, 10, 600, 3).Counted();
        UserProfile user = world.User(3, 9, 27);
        Candidates items = world.All();
        var shared = new float[Many.Length * items.Count];
        new BehaviourPlan([.. Many.Select((f, i) => (f, i))]).Compute(user, items, shared);
        var alone = new float[items.Count];
        for (int f = 0; f < Many.Length; f++)
        {
            Many[f].Compute(user, items, alone);
            Assert.That(alone, Is.EqualTo(shared[(f * items.Count)..((f + 1) * items.Count)]));
        }
    }

    [Test]
    public void LongHistory_CountsItsLastFiftyEvents()
    {
        SmallWorld world = new SmallWorld(40, 10, 600, 4).Counted();
        BehaviourFeature followers = new(BehaviourSignal.Followers, 1f, 0.5f, 0.25f);
        int[] history = [.. Enumerable.Range(0, 80).Select(i => i * 7 % 40)];
        Candidates items = world.All();
        float[] whole = new float[40], cut = new float[40];
        followers.Compute(world.User(history), items, whole);
        followers.Compute(world.User(history[..50]), items, cut);
        Assert.That(whole, Is.EqualTo(cut));
    }

    [Test]
    public void WithoutHistory_OrCounts_IsZero()
    {
        var world = new SmallWorld(10, 3, 50, 1);
        var values = new float[10];
        values.AsSpan().Fill(7f);
        Many[0].Compute(world.User(1, 2), world.All(), values);
        Assert.That(values, Is.All.Zero);
        world.Counted();
        values.AsSpan().Fill(7f);
        Many[0].Compute(world.User(), world.All(), values);
        Assert.That(values, Is.All.Zero);
    }

    [Test]
    public void Shares_AreTheTermsOfTheSum()
    {
        SmallWorld world = new SmallWorld(40, 10, 600, 5).Counted();
        UserProfile user = world.User(3, 9, 27);
        BehaviourFeature feature = Many[4];
        var shares = new float[3];
        int matched = 0;
        for (int item = 0; item < 40; item++)
        {
            feature.Shares(user, item, shares);
            float[] value = new float[1], one = new float[1];
            feature.Compute(user, world.Only(item), value);
            if (value[0] == 0)
            {
                Assert.That(shares, Is.All.Zero);
                continue;
            }
            matched++;
            Assert.That(shares.Sum(), Is.EqualTo(1f).Within(1e-5));
            feature.Compute(world.User(3), world.Only(item), one);   // the newest place alone
            Assert.That(shares[0], Is.EqualTo(MathF.Exp(one[0]) - 1 == 0 ? 0 : (MathF.Exp(one[0]) - 1) / (MathF.Exp(value[0]) - 1)).Within(1e-4));
        }
        Assert.That(matched, Is.GreaterThan(10));
    }

    [Test]
    public void Shares_OfSingleVotes_AreTheVotes()
    {
        SmallWorld world = new SmallWorld(40, 10, 600, 6).Counted();
        var each = new BehaviourFeature(BehaviourSignal.Followers, 0.8f, 0.5f, 0.25f) { Each = true };
        var shares = new float[3];
        float[] value = new float[1], alone = new float[1];
        for (int item = 0; item < 40; item++)
        {
            each.Compute(world.User(3, 9, 27), world.Only(item), value);
            each.Shares(world.User(3, 9, 27), item, shares);
            each.Compute(world.User(3), world.Only(item), alone);
            Assert.That(shares[0] * value[0], Is.EqualTo(alone[0]).Within(1e-4));
        }
    }
}
