using FsCheck;
using FsCheck.Fluent;

namespace LlmRec.Tests.Data;

[TestFixture]
public sealed class InteractionLogTests
{
    private static readonly DateTimeOffset s_time = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public void Log_GivesBackEveryEventWhereverColumnsBegin()
    {
        Interaction[] events =
        [
            new("u", "a"),
            new("v", "b", Text: "words"),
            new("u", "b", InteractionKind.Like),
            new("u", "c", Value: 0.5f),
            new("w", "a", Time: s_time.AddMilliseconds(7)),
            new("v", "a", InteractionKind.Purchase, -3, s_time.AddYears(-100), "late"),
            new("v", "d"),
        ];
        var log = new InteractionLog(events);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(log, Is.EqualTo(events));
            Assert.That(log.Users, Is.EqualTo(new[] { "u", "v", "w" }));
            Assert.That(log.Items, Is.EqualTo(new[] { "a", "b", "c", "d" }));
            Assert.That(() => log[7], Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => log[-1], Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    [Test]
    public void Add_RefusesABadEventAndKeepsNothingOfIt()
    {
        var log = new InteractionLog([new("u", "a")]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => log.Add(new("", "a")), Throws.ArgumentException.With.Message.Contains("event 1 has no user id"));
            Assert.That(() => log.Add(new("v", "")), Throws.ArgumentException.With.Message.Contains("no item id"));
            Assert.That(() => log.Add(new("v", "b", Value: float.NaN)), Throws.ArgumentException.With.Message.Contains("NaN"));
            Assert.That(() => log.Add(new("v", "b", Value: float.NegativeInfinity)), Throws.ArgumentException);
            Assert.That(() => log.Add(new("v", "b", (InteractionKind)77)), Throws.ArgumentException.With.Message.Contains("77"));
            Assert.That(() => log.Add(new("v", "b\uDC00")), Throws.ArgumentException.With.Message.Contains("lone surrogate"));
            Assert.That(() => new InteractionLog([new("u", "a"), new("u", "")]), Throws.ArgumentException.With.Message.Contains("event 1"));
            Assert.That((log.Count, log.Users.Count, log.Items.Count), Is.EqualTo((1, 1, 1)));
        }
    }

    [Test]
    public void HistoryOf_IsOldestFirstAndStable()
    {
        var log = new InteractionLog(
        [
            new("u", "late", Time: s_time.AddDays(2)),
            new("u", "after late", Time: null),
            new("v", "other", Time: s_time),
            new("u", "early", Time: s_time),
            new("u", "early too", Time: s_time),
            new("u", "after early", Time: null),
        ]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(log.HistoryOf("u").Select(e => e.Item), Is.EqualTo(new[] { "early", "early too", "after early", "late", "after late" }));
            Assert.That(log.HistoryOf("nobody"), Is.Empty);
        }
        log.Add(new("u", "first", Time: s_time.AddDays(-1)));
        Assert.That(log.HistoryOf("u")[0].Item, Is.EqualTo("first"), "an event added later takes its place");
    }

    [Test]
    public void HistoryOf_EqualsAStableSortByTime() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll(
        (from user in Gen.Choose(0, 3) from time in Gen.Choose(0, 5) select (User: $"u{user}", Time: time)).ListOf().ToArbitrary(), rows =>
        {
            var log = InteractionLog.From(rows.Select((r, at) => (r.User, r.Time, at)), r => new(r.User, $"i{r.at}", Time: s_time.AddHours(r.Time)));
            foreach (string user in log.Users)
                Assert.That(log.HistoryOf(user), Is.EqualTo(log.Where(e => e.User == user).OrderBy(e => e.Time)));
        }));

    [Test]
    public void Select_NumbersUsersAndItemsAnew()
    {
        var log = new InteractionLog([new("u", "a"), new("v", "b", InteractionKind.Like, 2, s_time, "t"), new("w", "a")]);
        InteractionLog part = log.Select([2, 1]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(part, Is.EqualTo(new[] { log[2], log[1] }));
            Assert.That(part.Users, Is.EqualTo(new[] { "w", "v" }));
        }
    }

    [Test, NonParallelizable]
    public void Log_FitsTenMillionEventsIntoFourHundredMegabytes()
    {
        const int events = 500_000, users = 25_000, items = 10_000;
        string[] userIds = [.. Enumerable.Range(0, users).Select(u => $"user-{u}")], itemIds = [.. Enumerable.Range(0, items).Select(i => $"item-{i}")];
        Fill(10_000, userIds, itemIds).HistoryOf("user-7");   // code is compiled before it is measured

        long allocatedBefore = GC.GetAllocatedBytesForCurrentThread(), heldBefore = GC.GetTotalMemory(forceFullCollection: true);
        InteractionLog log = Fill(events, userIds, itemIds);
        Assert.That(log.HistoryOf("user-7"), Is.Not.Empty);   // makes the order within users
        long allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore, held = GC.GetTotalMemory(forceFullCollection: true) - heldBefore;
        GC.KeepAlive(log);

        // 40 bytes an event are 400 MB for ten million. All that was ever allocated bounds the peak: one pass, and no column is copied as it grows.
        using (Assert.EnterMultipleScope())
        {
            Assert.That(held / (double)events, Is.LessThan(36), "bytes held an event, ids and the order within users included");
            Assert.That(allocated / (double)events, Is.LessThan(48), "bytes ever allocated an event, the growth of the tables of ids included");
        }
    }

    private static InteractionLog Fill(int events, string[] userIds, string[] itemIds)
    {
        var log = new InteractionLog();
        for (int i = 0; i < events; i++)
            log.Add(userIds[(int)(i * 7919L % userIds.Length)], itemIds[(int)(i * 104_729L % itemIds.Length)],
                (InteractionKind)(i % 8), i % 5, DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000 + i * 1000L));
        return log;
    }
}
