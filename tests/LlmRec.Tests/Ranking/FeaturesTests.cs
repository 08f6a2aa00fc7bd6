namespace LlmRec.Tests.Ranking;

[TestFixture]
public sealed class FeaturesTests
{
    private static float[] Values(IFeature feature, UserProfile user, Candidates items)
    {
        var values = new float[items.Count];
        feature.Compute(user, items, values);
        return values;
    }

    private static double Dot(SmallWorld world, int a, int b)
    {
        double sum = 0;
        for (int d = 0; d < world.Dimensions; d++) sum += (double)world.VectorOf(a)[d] * world.VectorOf(b)[d];
        return sum;
    }

    [Test]
    public void Default_NamesAreDistinct_AndAllValuesFinite()
    {
        SmallWorld world = new SmallWorld(30, 8, 300, 1).Counted();
        Assert.That(Features.Default().Select(f => f.Name), Is.Unique);
        foreach (IFeature feature in Features.Default())
            foreach (UserProfile user in new[] { world.User(), world.User(4), world.User(4, 5, 6, 7) })
                Assert.That(Values(feature, user, world.All()), Is.All.Matches<float>(float.IsFinite), feature.Name);
    }

    [Test]
    public void BestCosine_IsTheLargestOverTheLastEvents()
    {
        SmallWorld world = new(20, 5, 50, 2);
        float[] values = Values(Features.BestCosine(2), world.User(1, 2, 3), world.All());
        for (int i = 0; i < 20; i++) Assert.That(values[i], Is.EqualTo(Math.Max(Dot(world, 1, i), Dot(world, 2, i))).Within(1e-5));
    }

    [Test]
    public void Cosine_IsThatOfTheDecayedMean()
    {
        SmallWorld world = new(20, 5, 50, 3);
        float[] values = Values(Features.Cosine(0.5), world.User(1, 2), world.All());
        double length = Math.Sqrt(1 + 0.25 + 2 * 0.5 * Dot(world, 1, 2));
        for (int i = 0; i < 20; i++) Assert.That(values[i], Is.EqualTo((Dot(world, 1, i) + 0.5 * Dot(world, 2, i)) / length).Within(1e-5));
    }

    [Test]
    public void Text_IsTheCosineToTheWords()
    {
        SmallWorld world = new(20, 5, 50, 4);
        UserProfile user = world.User();
        world.VectorOf(7).CopyTo(user.SetText(world.Dimensions));
        float[] values = Values(Features.Text(), user, world.All());
        for (int i = 0; i < 20; i++) Assert.That(values[i], Is.EqualTo(Dot(world, 7, i)).Within(1e-5));
    }

    [Test]
    public void Categories_PreferTheSameRareOnes()
    {
        var catalog = new Catalog(
        [
            new Item { Id = "0", Categories = ["film", "noir"] }, new Item { Id = "1", Categories = ["film", "noir"] },
            new Item { Id = "2", Categories = ["film", "farce"] }, new Item { Id = "3" }, new Item { Id = "4", Categories = ["book"] },
        ]);
        var space = new Bare(catalog);
        var user = new UserProfile();
        user.Reset(new UserContext(), space, DateTimeOffset.UnixEpoch);
        user.Push(0, InteractionKind.Like, float.NaN, InteractionLog.NoTime);
        var items = new Candidates();
        items.Reset(space);
        for (int i = 0; i < 5; i++) items.Add(i);
        float[] values = Values(Features.Categories(), user, items);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(values[1], Is.EqualTo(1f).Within(1e-5));
            Assert.That(values[2], Is.InRange(0.05f, 0.6f));
            Assert.That(values[3], Is.Zero);
            Assert.That(values[4], Is.Zero);
        }
    }

    [Test]
    public void UserAttributes_CountTheSharedOnes()
    {
        var catalog = new Catalog(
        [
            new Item { Id = "0", Attributes = new Dictionary<string, string> { ["language"] = "zh", ["country"] = "TW" } },
            new Item { Id = "1", Attributes = new Dictionary<string, string> { ["language"] = "zh", ["country"] = "CN" } },
            new Item { Id = "2", Attributes = new Dictionary<string, string> { ["country"] = "zh" } },
        ]);
        var space = new Bare(catalog);
        var user = new UserProfile();
        user.Reset(new UserContext { Attributes = new Dictionary<string, string> { ["language"] = "zh", ["country"] = "TW" } }, space, DateTimeOffset.UnixEpoch);
        var items = new Candidates();
        items.Reset(space);
        for (int i = 0; i < 3; i++) items.Add(i);
        Assert.That(Values(Features.UserAttributes(), user, items), Is.EqualTo(new[] { 1f, 0.5f, 0f }));
    }

    [Test]
    public void Recency_PrefersTheNewer()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        var catalog = new Catalog([new Item { Id = "old", Time = now.AddDays(-100) }, new Item { Id = "new", Time = now.AddDays(-1) }, new Item { Id = "to come", Time = now.AddDays(9) }]);
        var space = new Bare(catalog);
        var user = new UserProfile();
        user.Reset(new UserContext(), space, now);
        var items = new Candidates();
        items.Reset(space);
        for (int i = 0; i < 3; i++) items.Add(i);
        float[] values = Values(Features.Recency(), user, items);
        Assert.That(values, Is.EqualTo(new[] { -MathF.Log(101), -MathF.Log(2), 0f }).Within(1e-5));
    }

    [Test]
    public void Product_SumsToTheDotProductOfTheMean()
    {
        SmallWorld world = new(10, 5, 50, 5);
        UserProfile user = world.User(2);
        var sum = new double[10];
        foreach (IFeature feature in Features.Product(world.Dimensions))
        {
            float[] values = Values(feature, user, world.All());
            for (int i = 0; i < 10; i++) sum[i] += values[i] / Math.Sqrt(world.Dimensions);
        }
        for (int i = 0; i < 10; i++) Assert.That(sum[i], Is.EqualTo(Dot(world, 2, i)).Within(1e-4));
    }

    [Test]
    public void Decays_OutsideTheirRange_AreRefused([Values(0, -1, 1.1, double.NaN)] double decay)
    {
        Assert.That(() => Features.Followers(decay), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Features.Cosine(decay), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private sealed class Bare(Catalog catalog) : IItemSpace
    {
        public Catalog Catalog => catalog;
        public int Dimensions => 0;
        public BehaviourModel? Behaviour { get; } = BehaviourModel.Build(catalog, new InteractionLog());
        public ReadOnlySpan<float> VectorOf(int handle) => [];
    }
}
