namespace LlmRec.Tests.Evaluation;

[TestFixture]
public sealed class LeakageTests
{
    /// <summary>A log of 100 users with 30 events each at random times.</summary>
    private static InteractionLog Log()
    {
        var random = new Random(11);
        var log = new InteractionLog();
        for (int u = 0; u < 100; u++)
        {
            int[] items = [.. Enumerable.Range(0, 200).OrderBy(_ => random.Next()).Take(30)];
            foreach (int i in items) log.Add($"u{u}", $"i{i}", time: DateTimeOffset.UnixEpoch.AddSeconds(random.Next(1, 100_000_000)));
        }
        return log;
    }

    [Test]
    public void Check_CatchesARandomSplitTakenForATimeSplit([Values(TimeClaim.Global, TimeClaim.WithinUser)] TimeClaim claim)
    {
        var random = new Random(1);
        DataSplit split = DataSplit.FromRoles("by time", Log(), (_, _) => random.NextDouble() < 0.2 ? EventRole.Test : EventRole.Train, claim);
        LeakageWarning[] severe = [.. split.Warnings.Where(w => w.IsSevere)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(severe.Select(w => w.Kind), Does.Contain(LeakageKind.OwnFuture));
            Assert.That(severe.Any(w => w.Kind == LeakageKind.GlobalFuture), Is.EqualTo(claim == TimeClaim.Global));
            Assert.That(severe[^1].Message, Does.Contain("later than"));
            Assert.That(() => Evaluator.Evaluate(split, []), Throws.InvalidOperationException);
        }
    }

    [Test]
    public void Check_CatchesTestRowsInTheTraining()
    {
        InteractionLog log = Log();
        DataSplit honest = DataSplit.LeaveLastOut(log);
        var test = new InteractionLog(log.Where((_, p) => honest.RoleAt(p) == EventRole.Test));
        DataSplit leaking = DataSplit.FromLogs(log, test, claim: TimeClaim.WithinUser);   // all events, the test's own too
        using (Assert.EnterMultipleScope())
        {
            LeakageWarning found = leaking.Warnings.First(w => w.Kind == LeakageKind.TestInTrain);
            Assert.That(found.IsSevere);
            Assert.That(found.Count, Is.EqualTo(100));
            Assert.That(found.Message, Does.Contain("100 of 100"));
            Assert.That(() => Evaluator.Evaluate(leaking, []), Throws.InvalidOperationException);
            Assert.That(honest.Warnings.Where(w => w.IsSevere), Is.Empty);
        }
    }

    [Test]
    public void Check_SaysThatLeaveLastOutKnowsTheFutureOfOthers()
    {
        LeakageWarning note = DataSplit.LeaveLastOut(Log()).Warnings.Single(w => w.Kind == LeakageKind.GlobalFuture);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(note.IsSevere, Is.False);
            Assert.That(note.Message, Does.Contain("global time split"));
        }
    }

    [Test]
    public void Check_FindsNothingInAGlobalTimeSplit() =>
        Assert.That(DataSplit.GlobalTime(Log(), testShare: 0.1, validationShare: 0.1).Warnings, Is.Empty);

    [Test]
    public void Check_SaysThatEqualTimesLeaveTheOrderToTheFile()
    {
        var log = new InteractionLog("abcd".Select(c => new Interaction("u", c.ToString(), Time: DateTimeOffset.UnixEpoch)));
        Assert.That(DataSplit.LeaveLastOut(log).Warnings.Single().Message, Does.Contain("same time").And.Contain("stable sort"));
    }

    [Test]
    public void Check_SaysThatOrderWithoutTimesCannotBeChecked()
    {
        DataSplit split = DataSplit.LeaveLastOut(new InteractionLog("abcd".Select(c => new Interaction("u", c.ToString()))));
        Assert.That(split.Warnings.Single().Message, Does.Contain("have no time"));
    }

    [Test]
    public void Check_CatchesTheOwnFutureAlsoWithoutTimes()
    {
        var log = new InteractionLog("abcd".Select(c => new Interaction("u", c.ToString())));
        DataSplit split = DataSplit.FromRoles("first as test", log, (p, _) => p == 0 ? EventRole.Test : EventRole.Train, TimeClaim.WithinUser);
        Assert.That(split.Warnings[0].Kind, Is.EqualTo(LeakageKind.OwnFuture));
    }

    [Test]
    public void Check_CountsTargetsOutsideTheCatalog()
    {
        DataSplit split = DataSplit.LeaveLastOut(EvaluatorTests.Log("abcd", "bcda"), EvaluatorTests.Letters("abc"));
        Assert.That(split.Warnings.Single(w => w.Kind == LeakageKind.TargetNotRanked).Message, Does.StartWith("2 of 4"));
    }
}
