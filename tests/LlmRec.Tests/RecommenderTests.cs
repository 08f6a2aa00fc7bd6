namespace LlmRec.Tests;

[TestFixture]
public sealed class RecommenderTests
{
    private Recommender _shop = null!;

    [SetUp]
    public async Task Build() => _shop = await SmallShop.BuildAsync();

    [TearDown]
    public void Free() => _shop.Dispose();

    [Test]
    public void Recommend_KnownUser_GetsTheirTaste()
    {
        RecommendationList list = _shop.Recommend("user-0");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(list, Has.Count.EqualTo(10));
            Assert.That(list.Count(r => r.Item.Categories.Contains("space")), Is.GreaterThanOrEqualTo(7));
            Assert.That(list.Select(r => r.Rank), Is.EqualTo(Enumerable.Range(1, 10)));
            Assert.That(list.Select(r => r.Score), Is.Ordered.Descending);
        }
    }

    [Test]
    public void Recommend_ExcludesSeenItems_UnlessAsked()
    {
        var seen = SmallShop.Log().HistoryOf("user-1").Select(e => e.Item).ToHashSet();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_shop.Recommend("user-1", new() { Count = 100 }).Select(r => r.Item.Id), Has.None.Matches<string>(id => seen.Contains(id!)));
            Assert.That(_shop.Recommend("user-1", new() { Count = 100, ExcludeSeen = false }), Has.Count.EqualTo(60));
        }
    }

    [Test]
    public void Recommend_PartsSumToTheScore()
    {
        foreach (Recommendation r in _shop.Recommend(UserContext.Of("user-2") with { Text = "a rocket to the moon" }, new() { Diversity = 0.5 }))
        {
            float sum = 0;
            foreach (ScorePart part in r.Explanation.Parts) sum += part.Value;
            Assert.That(sum, Is.EqualTo(r.Score), $"rank {r.Rank}");
        }
    }

    [Test]
    public void Recommend_NamesTheHistoryBehindAnItem()
    {
        Recommendation first = _shop.Recommend(UserContext.OfHistory("garden-0", "garden-1", "garden-2"))[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(first.Explanation.Because, Is.Not.Empty);
            Assert.That(first.Explanation.Because.Select(b => b.Item.Id), Is.SubsetOf(new[] { "garden-0", "garden-1", "garden-2" }));
            Assert.That(first.Explanation.Because.Select(b => b.Value), Is.Ordered.Descending);
        }
    }

    [Test]
    public void Recommend_Newcomer_GetsAnAnswerFromWordsAlone()
    {
        RecommendationList list = _shop.Recommend(UserContext.OfText("fresh bread from the oven, soup and spice"));
        Assert.That(list.Take(5).Count(r => r.Item.Categories[0] == "kitchen"), Is.GreaterThanOrEqualTo(4));
    }

    [Test]
    public void Recommend_NobodyKnown_GetsAnAnswer()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_shop.Recommend("never seen"), Has.Count.EqualTo(10));
            Assert.That(_shop.Recommend(new UserContext()), Has.Count.EqualTo(10));
            Assert.That(_shop.Recommend(UserContext.OfText("zzzz qqqq")).Select(r => r.Score), Has.All.Matches<float>(float.IsFinite));
        }
    }

    [Test]
    public void Recommend_UnknownItemsInHistory_AreIgnoredAndReported()
    {
        RecommendationList list = _shop.Recommend(UserContext.OfHistory("nothing", "space-1", "nothing"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(list, Has.Count.EqualTo(10));
            Assert.That(list.UnknownItems, Is.EqualTo(new[] { "nothing" }));
        }
    }

    [Test]
    public void Recommend_FewerItemsThanAsked_GivesFewer()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_shop.Recommend("new", new() { Count = 1000 }), Has.Count.EqualTo(60));
            Assert.That(_shop.Recommend("new", new() { Filter = Filter.Allow("space-1", "space-2") }), Has.Count.EqualTo(2));
            Assert.That(_shop.Recommend("new", new() { Filter = Filter.Where(_ => false) }), Is.Empty);
            Assert.That(_shop.Recommend("new", new() { Filter = Filter.Where(_ => false), Diversity = 1 }), Is.Empty);
        }
    }

    [Test]
    public void Recommend_BadOptions_SayWhatIsAllowed()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => _shop.Recommend("u", new() { Count = 0 }), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => _shop.Recommend("u", new() { Diversity = 1.5 }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("0 (relevance only)"));
            Assert.That(() => _shop.Recommend("u", new() { Diversity = double.NaN }), Throws.TypeOf<ArgumentOutOfRangeException>());
        }
    }

    [Test]
    public void Recommend_DiversityZero_IsTheRankersOrder_AndOneIsMoreVaried()
    {
        UserContext user = UserContext.Of("user-0");
        string[] plain = [.. _shop.Recommend(user).Select(r => r.Item.Id)];
        string[] zero = [.. _shop.Recommend(user, new() { Diversity = 0 }).Select(r => r.Item.Id)];
        int categories = _shop.Recommend(user).Select(r => r.Item.Categories[0]).Distinct().Count();
        int varied = _shop.Recommend(user, new() { Diversity = 0.95 }).Select(r => r.Item.Categories[0]).Distinct().Count();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(zero, Is.EqualTo(plain));
            Assert.That(varied, Is.GreaterThanOrEqualTo(categories).And.EqualTo(3));
        }
    }

    [Test]
    public void Observe_ChangesTheVeryNextAnswer()
    {
        string[] before = [.. _shop.Recommend("fresh").Select(r => r.Item.Id)];
        Assert.That(_shop.Observe(new("fresh", "garden-3", InteractionKind.Click)), Is.True);
        RecommendationList after = _shop.Recommend("fresh");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(after.Select(r => r.Item.Id), Is.Not.EqualTo(before));
            Assert.That(after.Take(5).Count(r => r.Item.Categories[0] == "garden"), Is.GreaterThanOrEqualTo(4));
            Assert.That(after.Select(r => r.Item.Id), Has.No.Member("garden-3"));
            Assert.That(_shop.KnowsUser("fresh"), Is.True);
        }
    }

    [Test]
    public void Observe_Dislike_ExcludesTheItemWithoutLikingItsKind()
    {
        _shop.Observe(new("grump", "garden-3", InteractionKind.Dislike));
        RecommendationList list = _shop.Recommend("grump", new() { Count = 60 });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(list.Select(r => r.Item.Id), Has.No.Member("garden-3"));
            Assert.That(list[0].Explanation.Because, Is.Empty);
        }
    }

    [Test]
    public void Observe_ThatComesLate_FollowsWhatWasBeforeItAndNotWhatCameSince()
    {
        foreach (string id in (string[])["first", "second", "third"]) _shop.Upsert(new() { Id = id, Title = "zither" });
        DateTimeOffset now = SmallShop.Clock.GetUtcNow();
        _shop.Observe(new("u", "first", Time: now.AddHours(-3)));
        _shop.Observe(new("u", "third", Time: now.AddHours(-1)));
        _shop.Observe(new("u", "second", Time: now.AddHours(-2)));
        float Follows(string before, string after) => _shop.Recommend(UserContext.OfHistory(before), new() { Count = 100 })
            .First(r => r.Item.Id == after).Explanation.Parts.Where(p => p.Name.StartsWith("followers", StringComparison.Ordinal)).Sum(p => p.Value);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Follows("first", "second"), Is.GreaterThan(0));
            Assert.That(Follows("third", "second"), Is.LessThan(Follows("first", "second")));
        }
    }

    [Test]
    public void Recommend_FromALongHistory_ReadsItsNewestEvents()
    {
        string[] history = [.. Enumerable.Range(0, 30).Select(i => $"space-{i % 20}"), .. Enumerable.Range(0, 3).Select(i => $"garden-{i}")];
        using Recommender brief = SmallShop.BuildAsync(new() { HistoryLimit = 3, TimeProvider = SmallShop.Clock }).GetAwaiter().GetResult();
        Assert.That(brief.Recommend(UserContext.OfHistory(history)).SelectMany(r => r.Explanation.Because).Select(b => b.Item.Id), Is.All.StartsWith("garden-").And.Not.Empty);
    }

    [Test]
    public void Observe_UnknownItemOrBadValue_IsRefused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_shop.Observe(new("u", "no such item")), Is.False);
            Assert.That(_shop.KnowsUser("u"), Is.False);
            Assert.That(() => _shop.Observe(new("u", "space-1", Value: float.NaN)), Throws.ArgumentException.With.Message.Contains("NaN"));
            Assert.That(() => _shop.Observe(new("", "space-1")), Throws.ArgumentException);
        }
    }

    [Test]
    public void Learn_FromChoices_PutsWhatIsChosenHigher()
    {
        UserContext user = UserContext.OfText("rose and soil");
        string[] shown = [.. _shop.Recommend(user).Select(r => r.Item.Id)];
        string chosen = shown[^1];
        int Rank() => _shop.Recommend(user, new() { Count = 60 }).First(r => r.Item.Id == chosen).Rank;
        int before = Rank();
        double first = _shop.Learn(user, shown, [chosen]);
        double last = first;
        for (int i = 0; i < 50; i++) last = _shop.Learn(user, shown, [chosen]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(last, Is.LessThan(first));
            Assert.That(Rank(), Is.LessThanOrEqualTo(before));
            Assert.That(() => _shop.Learn(user, shown, ["space-1", "never shown"]), Throws.ArgumentException.With.Message.Contains("not among"));
            Assert.That(_shop.Learn(user, ["gone"], []), Is.Zero);
        }
    }

    [Test]
    public void Upsert_NewItem_IsFoundByItsTextAtOnce_AndRemoveTakesItAway()
    {
        _shop.Upsert(new Item { Id = "late", Title = "tulip tulip rose", Text = "tulip rose hedge", Categories = ["garden"] });
        UserContext gardener = UserContext.OfText("tulip and rose for the hedge");
        Assert.That(_shop.Recommend(gardener).Select(r => r.Item.Id), Has.Member("late"));
        Assert.That(_shop.Remove("late"), Is.True);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_shop.Recommend(gardener, new() { Count = 100 }).Select(r => r.Item.Id), Has.No.Member("late"));
            Assert.That(_shop.Remove("late"), Is.False);
            Assert.That(_shop.ItemCount, Is.EqualTo(60));
        }
    }

    [Test]
    public void Upsert_KnownItem_ReplacesItInFilters()
    {
        _shop.Upsert(new Item { Id = "space-0", Title = "now a cook book", Categories = ["kitchen"] });
        Assert.That(_shop.Recommend("n", new() { Count = 100, Filter = Filter.Category("space") }).Select(r => r.Item.Id), Has.No.Member("space-0"));
        Assert.That(_shop.Recommend("n", new() { Count = 100, Filter = Filter.Category("KITCHEN") }).Select(r => r.Item.Id), Has.Member("space-0"));
    }

    [Test]
    public void SimilarItems_AreOfTheSameKind_AndLeaveTheItemOut()
    {
        RecommendationList list = _shop.SimilarItems("kitchen-4", new() { Count = 5 });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(list, Has.Count.EqualTo(5));
            Assert.That(list.Select(r => r.Item.Id), Has.No.Member("kitchen-4"));
            Assert.That(list.Count(r => r.Item.Categories[0] == "kitchen"), Is.GreaterThanOrEqualTo(4));
            Assert.That(() => _shop.SimilarItems("nothing"), Throws.TypeOf<KeyNotFoundException>().With.Message.Contains("nothing"));
        }
    }

    [Test]
    public async Task Build_NoUsersOneItemOrNothingAtAll_StillAnswers()
    {
        using Recommender empty = await new RecommenderBuilder(new Catalog()).BuildAsync();
        using Recommender one = await new RecommenderBuilder(new Catalog([new Item { Id = "only" }])).BuildAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(empty.Recommend("u"), Is.Empty);
            Assert.That(one.Recommend("u").Select(r => r.Item.Id), Is.EqualTo(new[] { "only" }));
            Assert.That(one.Recommend(UserContext.OfText("anything"), new() { Diversity = 1 }), Has.Count.EqualTo(1));
        }
        empty.Upsert(new Item { Id = "first", Title = "the first" });
        Assert.That(empty.Recommend("u"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Build_EventsOfUnknownItems_AreReported()
    {
        InteractionLog log = SmallShop.Log();
        log.Add("user-1", "gone");
        using Recommender shop = await new RecommenderBuilder(SmallShop.Catalog(), log).BuildAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(shop.Report.UnknownItemEvents, Is.EqualTo(1));
            Assert.That(shop.Report.UnknownItems, Is.EqualTo(new[] { "gone" }));
            Assert.That(shop.Report.FittedUsers, Is.GreaterThan(0));
        }
    }

    [Test]
    public void Build_Cancelled_Stops()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.That(async () => await new RecommenderBuilder(SmallShop.Catalog(), SmallShop.Log()).BuildAsync(null, cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Recommend_CandidatesFromSources_AgreeWithRankingAll()
    {
        using Recommender gathered = await SmallShop.BuildAsync(new() { RankAllUpTo = 0, CandidatesPerSource = 30, TimeProvider = SmallShop.Clock });
        UserContext user = UserContext.Of("user-4");
        Assert.That(gathered.Recommend(user, new() { Count = 5 }).Select(r => r.Item.Id), Is.EqualTo(_shop.Recommend(user, new() { Count = 5 }).Select(r => r.Item.Id)));
    }

    [Test]
    public async Task Recommend_WhileOthersWrite_NeverFails()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        Task[] readers = [.. Enumerable.Range(0, 2).Select(t => Task.Run(() =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                RecommendationList list = _shop.Recommend($"user-{(i + t) % 60}", new() { Diversity = i % 2 * 0.5 });
                if (list.Count != 10 || list.Any(r => !float.IsFinite(r.Score))) throw new InvalidOperationException("a bad list");
            }
        }))];
        int n = 0;
        while (!stop.IsCancellationRequested)
        {
            _shop.Observe(new($"user-{n % 70}", $"space-{n % 20}"));
            _shop.Upsert(new Item { Id = $"extra-{n % 50}", Title = "rocket", Categories = ["space"] });
            if (n % 3 == 0) _shop.Remove($"extra-{(n + 25) % 50}");
            n++;
        }
        Assert.That(async () => await Task.WhenAll(readers), Throws.Nothing);
        Assert.That(n, Is.GreaterThan(1));
    }
}
