namespace LlmRec.Tests.Evaluation;

[TestFixture]
public sealed class DataSplitTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public void LeaveLastOut_KeepsTheOrderOfArrivalWhereTimesAreEqual()
    {
        var log = new InteractionLog([new("u", "a", Time: Start), new("u", "b", Time: Start), new("u", "c", Time: Start), new("u", "d", Time: Start.AddDays(-1))]);
        DataSplit split = DataSplit.LeaveLastOut(log);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(split.EventsOf("u", EventRole.Test).Single().Item, Is.EqualTo("c"));
            Assert.That(split.EventsOf("u", EventRole.Validation).Single().Item, Is.EqualTo("b"));
            Assert.That(split.EventsOf("u", EventRole.Train).Select(i => i.Item), Is.EqualTo(["d", "a"]));
        }
    }

    [Test]
    public void LeaveLastOut_NeverTakesASignAgainstAnItemAsTarget()
    {
        var log = new InteractionLog([new("u", "a"), new("u", "b"), new("u", "c"), new("u", "d", InteractionKind.Dislike)]);
        DataSplit split = DataSplit.LeaveLastOut(log);
        Assert.That(split.EventsOf("u", EventRole.Test).Single().Item, Is.EqualTo("c"));
    }

    [Test]
    public void LeaveLastOut_LeavesShortHistoriesToTheTraining()
    {
        DataSplit split = DataSplit.LeaveLastOut(EvaluatorTests.Log("ab", "abc"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(split.Count(EventRole.Train), Is.EqualTo(3));
            Assert.That(split.Count(EventRole.Test), Is.EqualTo(1));
        }
    }

    [Test]
    public void GlobalTime_CutsAtTheMoment()
    {
        DataSplit split = DataSplit.GlobalTime(EvaluatorTests.Log("abcd", "abcd"), Start.AddMinutes(3), Start.AddMinutes(2));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(split.EventsOf("u1", EventRole.Train).Select(i => i.Item), Is.EqualTo(["a", "b"]));
            Assert.That(split.EventsOf("u1", EventRole.Validation).Single().Item, Is.EqualTo("c"));
            Assert.That(split.EventsOf("u1", EventRole.Test).Single().Item, Is.EqualTo("d"));
            Assert.That(split.Warnings, Is.Empty);
        }
    }

    [Test]
    public void GlobalTime_BySharesTakesTheNewest()
    {
        DataSplit split = DataSplit.GlobalTime(EvaluatorTests.Log("abcdefghij"), testShare: 0.2, validationShare: 0.1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((split.Count(EventRole.Train), split.Count(EventRole.Validation), split.Count(EventRole.Test)), Is.EqualTo((7, 1, 2)));
            Assert.That(() => DataSplit.GlobalTime(new InteractionLog([new("u", "a")]), testShare: 0.2), Throws.ArgumentException.With.Message.Contains("no event has a time"));
            Assert.That(() => DataSplit.GlobalTime(EvaluatorTests.Log("abc"), testShare: 0.6, validationShare: 0.4), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    [Test]
    public void GlobalTime_UsesEventsWithoutTimeForNothingAndSaysSo()
    {
        var log = new InteractionLog([new("u", "a", Time: Start), new("u", "b"), new("u", "c", Time: Start.AddDays(1))]);
        DataSplit split = DataSplit.GlobalTime(log, Start.AddDays(1));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(split.RoleAt(1), Is.EqualTo(EventRole.Unused));
            Assert.That(split.Warnings.Single().Message, Does.Contain("1 events have no time"));
        }
    }

    [Test]
    public void TimeWindows_MoveForwardAndNeverTrainOnTheFuture([Values] bool withValidation)
    {
        InteractionLog log = EvaluatorTests.Log("abcdefghijklmnopqrst", "bcdefghijklmnopqrsta");
        IReadOnlyList<DataSplit> windows = DataSplit.TimeWindows(log, 4, testShare: 0.4, withValidation);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(windows.Select(w => w.Count(EventRole.Test)), Is.All.EqualTo(4), "two minutes of two users each");
            Assert.That(Enumerable.Range(0, log.Count).Select(p => windows.Count(w => w.RoleAt(p) == EventRole.Test)), Is.All.LessThanOrEqualTo(1));
            Assert.That(windows.Select(w => w.Count(EventRole.Train)), Is.EqualTo(new[] { 24, 28, 32, 36 }.Select(n => withValidation ? n - 4 : n)));
            Assert.That(windows.Select(w => w.Count(EventRole.Validation)), Is.All.EqualTo(withValidation ? 4 : 0));
            Assert.That(windows.SelectMany(w => w.Warnings), Is.Empty);
            Assert.That(() => DataSplit.TimeWindows(log, 1, 0.6, withValidation: true), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    [Test]
    public void FromLogs_KeepsTheParts()
    {
        DataSplit split = DataSplit.FromLogs(EvaluatorTests.Log("ab", "bc"), EvaluatorTests.Log("c", "a"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(split.Train.Select(i => i.Item), Is.EqualTo(["a", "b", "b", "c"]));
            Assert.That(split.EventsOf("u0", EventRole.Test).Single().Item, Is.EqualTo("c"));
        }
    }
}
