using FsCheck;
using FsCheck.Fluent;

namespace LlmRec.Tests.Data.Cleaning;

[TestFixture]
public sealed class CleaningTests
{
    private static DateTimeOffset At(int second) => DateTimeOffset.UnixEpoch.AddSeconds(second);

    private static readonly InteractionLog s_log = new(
    [
        new("u", "a", InteractionKind.Rating, 5, At(30)),
        new("u", "b", InteractionKind.Rating, 2, At(10)),
        new("v", "a", InteractionKind.Click),
        new("u", "a", InteractionKind.Rating, 4, At(20)),
        new("v", "c", InteractionKind.Dislike, null, At(40)),
        new("v", "a", InteractionKind.Click),
    ]);

    [TestCase(Keep.First, new[] { 1, 2, 3, 4 })]
    [TestCase(Keep.Last, new[] { 0, 1, 4, 5 })]
    public void OnePerPair_KeepsTheOldestOrTheNewestByTime(Keep keep, int[] kept) => AssertKept(CleaningStep.OnePerPair(keep), kept, "last", keep == Keep.Last);

    [Test]
    public void NoRepeats_DropsOnlyWholeRepeats() => AssertKept(CleaningStep.NoRepeats(), [0, 1, 2, 3, 4]);

    [TestCase(3f, float.PositiveInfinity, false, new[] { 0, 3 })]
    [TestCase(2f, 4f, false, new[] { 1, 3 })]
    [TestCase(4f, float.PositiveInfinity, true, new[] { 0, 2, 3, 4, 5 })]
    public void Values_KeepsWhatLiesBetweenTheBounds(float least, float most, bool keepWithout, int[] kept) =>
        AssertKept(CleaningStep.Values(least, most, keepWithout), kept);

    [TestCase(20, 40, false, new[] { 0, 3 })]
    [TestCase(null, 30, false, new[] { 1, 3 })]
    [TestCase(30, null, true, new[] { 0, 2, 4, 5 })]
    public void Between_IncludesTheStartAndExcludesTheEnd(int? from, int? to, bool keepWithout, int[] kept) =>
        AssertKept(CleaningStep.Between(from is { } f ? At(f) : null, to is { } t ? At(t) : null, keepWithout), kept);

    [Test]
    public void Between_RoundsBoundsWithinAMillisecondUp()
    {
        var log = new InteractionLog([new("u", "a", Time: At(1))]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(log.Clean(CleaningStep.Between(At(1).AddTicks(1), null)).Log, Is.Empty);
            Assert.That(log.Clean(CleaningStep.Between(null, At(1).AddTicks(1))).Log, Has.Count.EqualTo(1));
        }
    }

    [Test]
    public void KnownItems_DropsWhatTheCatalogLacks() =>
        AssertKept(CleaningStep.KnownItems(new Catalog([new() { Id = "b" }, new() { Id = "c" }])), [1, 4]);

    [Test]
    public void Kinds_KeepsOnlyTheKindsAskedFor() => AssertKept(CleaningStep.Kinds(InteractionKind.Rating, InteractionKind.Dislike), [0, 1, 3, 4]);

    [Test]
    public void Core_PeelsUntilEveryoneHasEnough()
    {
        // c has one event; without it v has one; without v, b has one; without b, u has one: nothing is left.
        var chain = new InteractionLog([new("u", "a"), new("u", "b"), new("v", "b"), new("v", "c"), new("w", "d"), new("w", "e"), new("x", "d"), new("x", "e")]);
        CleanedLog cleaned = chain.Clean(CleaningStep.Core(2, 2));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(cleaned.Log.Select(e => e.User + e.Item), Is.EqualTo(new[] { "wd", "we", "xd", "xe" }));
            Assert.That(cleaned.Log.Users, Is.EqualTo(new[] { "w", "x" }));
            Assert.That(cleaned.Report.Steps.Single().Drops.Sum(d => d.Rows), Is.EqualTo(4));
        }
    }

    [Test]
    public void Core_IsAFixedPointAndTheLargestOne() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Logs(), log =>
    {
        const int perUser = 2, perItem = 3;
        InteractionLog core = log.Clean(CleaningStep.Core(perUser, perItem)).Log;
        Assert.That(core, Is.EqualTo(core.Clean(CleaningStep.Core(perUser, perItem)).Log), "cleaning again drops nothing");

        // The slow twin: recount everything and drop one pass at a time.
        List<Interaction> slow = [.. log];
        for (int before = -1; before != slow.Count;)
        {
            before = slow.Count;
            var users = slow.CountBy(e => e.User).ToDictionary();
            slow = [.. slow.Where(e => users[e.User] >= perUser)];
            var items = slow.CountBy(e => e.Item).ToDictionary();
            slow = [.. slow.Where(e => items[e.Item] >= perItem)];
        }
        Assert.That(core, Is.EqualTo(slow));
    }));

    [Test]
    public void OnePerPair_IsIdempotentAndLeavesEachPairOnce([Values] Keep keep) => Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Logs(), log =>
    {
        InteractionLog once = log.Clean(CleaningStep.OnePerPair(keep)).Log;
        Assert.That(once.Clean(CleaningStep.OnePerPair(keep)).Log, Is.EqualTo(once));
        var expected = log.Select((e, at) => (e, at)).GroupBy(x => (x.e.User, x.e.Item))
            .Select(g => keep == Keep.First ? g.OrderBy(x => x.e.Time).First() : g.OrderBy(x => x.e.Time).Last())
            .OrderBy(x => x.at).Select(x => x.e);
        Assert.That(once, Is.EqualTo(expected));
    }));

    [Test]
    public void NoRepeats_EqualsDistinct() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Logs(), log =>
        Assert.That(log.Clean(CleaningStep.NoRepeats()).Log, Is.EqualTo(log.Distinct()))));

    [Test]
    public void Clean_RunsStepsInOrderAndSaysWhatEachDropped()
    {
        CleanedLog cleaned = s_log.Clean(CleaningStep.Kinds(InteractionKind.Rating), CleaningStep.Values(4), CleaningStep.OnePerPair());
        CleaningReport report = cleaned.Report;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(cleaned.Log.Single(), Is.EqualTo(s_log[0]));
            Assert.That((report.Rows, report.Users, report.Items, report.Dropped), Is.EqualTo((6, 2, 3, 5)));
            Assert.That(report.Steps.Select(s => (s.Dropped, s.Rows, s.Users, s.Items)), Is.EqualTo(new[] { (3, 3, 1, 2), (1, 2, 1, 1), (1, 1, 1, 1) }));
            Assert.That(report.Steps[0].Drops, Is.EqualTo(new CleaningDrop[] { new("kind Click", 2), new("kind Dislike", 1) }));
            Assert.That(report.Steps[1].Drops.Single(d => d.Rows > 0), Is.EqualTo(new CleaningDrop("value below 4", 1)));
            Assert.That(report.ToString().ReplaceLineEndings("\n"), Is.EqualTo("""
                step                                    dropped        rows     users     items
                as read                                                   6         2         3
                kinds Rating                                  3           3         1         2
                  kind Click                                  2
                  kind Dislike                                1
                values of at least 4                          1           2         1         1
                  value below 4                               1
                one event a user and item, the last           1           1         1         1
                  the user has the item again later           1
                """.ReplaceLineEndings("\n")));
        }
    }

    [Test]
    public void Clean_LeavesTheLogItselfAlone()
    {
        Interaction[] before = [.. s_log];
        CleanedLog none = s_log.Clean();
        s_log.Clean(CleaningStep.Kinds());
        Assert.That(s_log, Is.EqualTo(before));
        Assert.That(none.Log, Is.EqualTo(before));
    }

    [Test]
    public void Clean_TakesAnEmptyLog()
    {
        CleanedLog cleaned = new InteractionLog().Clean(CleaningStep.Core(5, 5), CleaningStep.OnePerPair(), CleaningStep.NoRepeats(), CleaningStep.Values(1));
        Assert.That((cleaned.Log.Count, cleaned.Report.Dropped, cleaned.Report.Steps.Count), Is.EqualTo((0, 0, 4)));
    }

    [Test]
    public void Steps_RefuseBoundsTheWrongWayRound()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => CleaningStep.Values(3, 2), Throws.ArgumentException);
            Assert.That(() => CleaningStep.Values(float.NaN), Throws.ArgumentException);
            Assert.That(() => CleaningStep.Between(At(2), At(2)), Throws.ArgumentException);
        }
    }

    private static Arbitrary<InteractionLog> Logs()
    {
        Gen<Interaction> one =
            from user in Gen.Choose(0, 7)
            from item in Gen.Choose(0, 5)
            from time in Gen.Choose(0, 4)
            from kind in Gen.Elements(InteractionKind.View, InteractionKind.Like)
            select new Interaction($"u{user}", $"i{item}", kind, Time: At(time));
        return one.ListOf().Select(l => new InteractionLog(l)).ToArbitrary();
    }

    private static void AssertKept(CleaningStep step, int[] kept, string? says = null, bool said = true)
    {
        CleanedLog cleaned = s_log.Clean(step);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(cleaned.Log, Is.EqualTo(kept.Select(p => s_log[p])));
            Assert.That(cleaned.Report.Dropped, Is.EqualTo(s_log.Count - kept.Length));
            if (says is not null) Assert.That(step.ToString().Contains(says), Is.EqualTo(said));
        }
    }
}
