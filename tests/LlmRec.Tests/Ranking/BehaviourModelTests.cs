namespace LlmRec.Tests.Ranking;

[TestFixture]
public sealed class BehaviourModelTests
{
    private static List<List<int>> Sequences(SmallWorld world) =>
        [.. world.Log.Users.Select(u => world.Log.HistoryOf(u).Where(i => !i.Kind.IsNegative()).Select(i => world.Catalog.HandleOf(i.Item)).ToList())];

    [Test]
    public void Build_CountsWhatCountingByHandGives([Values(1, 2, 3)] int seed, [Values(true, false)] bool timed)
    {
        SmallWorld world = new SmallWorld(30, 12, 400, seed, timed: timed).Counted();
        var followers = new double[30, 30];
        var companions = new double[30, 30];
        var popularity = new double[30];
        var mass = new double[30];
        foreach (List<int> s in Sequences(world))
        {
            double weight = 1 / Math.Log(Math.E + s.Distinct().Count());
            for (int p = 0; p < s.Count; p++)
            {
                popularity[s[p]]++;
                for (int k = 1; k <= 10 && p + k < s.Count; k++) followers[s[p], s[p + k]] += 1.0 / k;
            }
            foreach (int a in s.Distinct())
            {
                mass[a] += weight;
                foreach (int b in s.Distinct()) companions[a, b] += weight;
            }
        }
        BehaviourModel model = world.Behaviour!;
        using (Assert.EnterMultipleScope())
        {
            for (int a = 0; a < 30; a++)
            {
                Assert.That(model.Popularity[a], Is.EqualTo(popularity[a]));
                Assert.That(model.Mass[a], Is.EqualTo(mass[a]).Within(1e-4));
                for (int b = 0; b < 30; b++)
                {
                    if (a == b) continue;
                    Assert.That(model.Followers.WeightOf(a, b), Is.EqualTo(followers[a, b]).Within(1e-4));
                    Assert.That(model.Predecessors.WeightOf(b, a), Is.EqualTo(followers[a, b]).Within(1e-4));
                    Assert.That(model.Companions.WeightOf(a, b), Is.EqualTo(companions[a, b]).Within(1e-4));
                }
            }
        }
    }

    [Test]
    public void Build_IsTheSameWithAnyNumberOfThreads()
    {
        var world = new SmallWorld(200, 30, 3000, 5);
        BehaviourModel one = BehaviourModel.Build(world.Catalog, world.Log, threads: 1), two = BehaviourModel.Build(world.Catalog, world.Log, threads: 2);
        for (int a = 0; a < 200; a++)
        {
            Assert.That(two.Followers.Ids(a).SequenceEqual(one.Followers.Ids(a)) && two.Followers.Weights(a).SequenceEqual(one.Followers.Weights(a)), Is.True);
            Assert.That(two.Companions.Ids(a).SequenceEqual(one.Companions.Ids(a)) && two.Companions.Weights(a).SequenceEqual(one.Companions.Weights(a)), Is.True);
        }
    }

    [Test]
    public void Observe_CountsWhatBuildingAgainWouldCount()
    {
        var world = new SmallWorld(25, 6, 200, 7);
        BehaviourModel whole = BehaviourModel.Build(world.Catalog, world.Log);
        BehaviourModel live = BehaviourModel.Build(world.Catalog, world.Log.Select([.. Enumerable.Range(0, 120)]));
        var histories = world.Log.Users.ToDictionary(u => u, _ => new List<int>());
        for (int p = 0; p < world.Log.Count; p++)
        {
            Interaction e = world.Log[p];
            int item = world.Catalog.HandleOf(e.Item);
            List<int> history = histories[e.User];
            if (p >= 120) live.Observe(world.User([.. history]), item, e.Kind, e.Time!.Value.ToUnixTimeMilliseconds());
            if (!e.Kind.IsNegative()) history.Insert(0, item);
        }
        long now = world.Log[199].Time!.Value.ToUnixTimeMilliseconds();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(live.Events, Is.EqualTo(whole.Events));
            for (int a = 0; a < 25; a++)
            {
                Assert.That(live.Popularity[a], Is.EqualTo(whole.Popularity[a]));
                Assert.That(live.RecentPopularity(a, now), Is.EqualTo(whole.RecentPopularity(a, now)).Within(1e-3));
                for (int b = 0; b < 25; b++)
                {
                    Assert.That(live.Followers.WeightOf(a, b), Is.EqualTo(whole.Followers.WeightOf(a, b)).Within(1e-4));
                    Assert.That(live.Predecessors.WeightOf(a, b), Is.EqualTo(whole.Predecessors.WeightOf(a, b)).Within(1e-4));
                    Assert.That(live.Companions.WeightOf(a, b) > 0, Is.EqualTo(whole.Companions.WeightOf(a, b) > 0));
                }
            }
        }
    }

    [Test]
    public void Observe_OfASign_AgainstAnItem_ChangesNothing()
    {
        SmallWorld world = new SmallWorld(10, 3, 40, 1).Counted();
        BehaviourModel model = world.Behaviour!;
        (double events, float popularity) = (model.Events, model.Popularity[4]);
        model.Observe(world.User(1, 2, 3), 4, InteractionKind.Dislike, InteractionLog.NoTime);
        Assert.That((model.Events, model.Popularity[4]), Is.EqualTo((events, popularity)));
    }

    [Test]
    public void Observe_OfANewItem_MakesItASuccessor()
    {
        SmallWorld world = new SmallWorld(10, 3, 40, 1).Counted();
        BehaviourModel model = world.Behaviour!;
        for (int i = 0; i < 20; i++) model.Observe(world.User(3), 10, InteractionKind.Click, InteractionLog.NoTime);
        var best = new int[3];
        int n = model.Successors(world.User(3), best);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(model.HandleCount, Is.EqualTo(11));
            Assert.That(n, Is.EqualTo(3));
            Assert.That(best[0], Is.EqualTo(10));
        }
    }

    [Test]
    public void Remove_LeavesNoTraceOfAnItem()
    {
        SmallWorld world = new SmallWorld(20, 6, 300, 2).Counted();
        BehaviourModel model = world.Behaviour!;
        model.Remove(5);
        var all = new int[20];
        using (Assert.EnterMultipleScope())
        {
            for (int h = 0; h < 20; h++)
            {
                int n = model.Successors(world.User(h), all);
                Assert.That(all[..n], Has.No.Member(5));
            }
            int popular = model.Popular(0, all);
            Assert.That(all[..popular], Has.No.Member(5));
            Assert.That(model.Categories.Of(5).Length, Is.Zero);
        }
    }

    [Test]
    public void Build_PassesOverItemsTheCatalogLacks()
    {
        var log = new InteractionLog([new("u", "a"), new("u", "ghost"), new("u", "b")]);
        BehaviourModel model = BehaviourModel.Build(new Catalog([new Item { Id = "a" }, new Item { Id = "b" }]), log);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(model.Events, Is.EqualTo(2));
            Assert.That(model.Followers.WeightOf(0, 1), Is.EqualTo(1f));
        }
    }

    [Test]
    public void Build_OfNothing_IsEmpty()
    {
        BehaviourModel model = BehaviourModel.Build(new Catalog(), new InteractionLog());
        Assert.That(model.Popular(0, new int[3]), Is.Zero);
    }

    [Test]
    public void Build_Stops_WhenAsked()
    {
        var world = new SmallWorld(50, 5, 100, 1);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.That(() => BehaviourModel.Build(world.Catalog, world.Log, cancellationToken: source.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void RecentPopularity_Halves_AfterAHalfLife()
    {
        var start = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        var log = new InteractionLog([new("u", "a", Time: start), new("v", "a", Time: start)]);
        BehaviourModel model = BehaviourModel.Build(new Catalog([new Item { Id = "a" }]), log, new() { HalfLife = TimeSpan.FromDays(10) });
        Assert.That(model.RecentPopularity(0, start.AddDays(10).ToUnixTimeMilliseconds()), Is.EqualTo(1f).Within(1e-5));
    }
}
