namespace LlmRec.Tests.Evaluation;

[TestFixture]
public sealed class HoldOutSplitTests
{
    private static InteractionLog Log()
    {
        var random = new Random(21);
        return EvaluatorTests.Log([.. Enumerable.Range(0, 60).Select(_ => string.Concat(Enumerable.Range(0, 26).OrderBy(_ => random.Next()).Take(random.Next(1, 15)).Select(i => (char)('a' + i))))]);
    }

    private static string Roles(DataSplit split) => string.Concat(Enumerable.Range(0, split.Log.Count).Select(p => (int)split.RoleAt(p)));

    [Test]
    public void KFold_TestsEveryEventOnce([Values] bool withValidation)
    {
        IReadOnlyList<DataSplit> folds = DataSplit.KFold(Log(), 4, seed: 3, withValidation);
        int n = folds[0].Log.Count;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Enumerable.Range(0, n).Select(p => folds.Count(f => f.RoleAt(p) == EventRole.Test)), Is.All.EqualTo(1));
            Assert.That(Enumerable.Range(0, n).Select(p => folds.Count(f => f.RoleAt(p) == EventRole.Validation)), Is.All.EqualTo(withValidation ? 1 : 0));
            Assert.That(folds.Select(f => f.Count(EventRole.Test)), Is.All.InRange(n / 4, n / 4 + 1));
            Assert.That(folds[0].Warnings.Select(w => w.Kind), Does.Contain(LeakageKind.OwnFuture), "it says so, and is no severe leak since nothing about time was promised");
            Assert.That(folds[0].Warnings.Where(w => w.IsSevere), Is.Empty);
        }
    }

    [Test]
    public void UserHoldOut_KeepsHeldOutUsersOutOfTheTraining()
    {
        DataSplit split = DataSplit.UserHoldOut(Log(), testShare: 0.2, validationShare: 0.1, targetShare: 0.25, seed: 5);
        using (Assert.EnterMultipleScope())
        {
            int test = 0, validation = 0;
            foreach (string user in split.Log.Users)
            {
                int targets = split.EventsOf(user, EventRole.Test, EventRole.Validation).Count, context = split.EventsOf(user, EventRole.Context).Count;
                if (targets == 0)
                {
                    Assert.That(context, Is.Zero);
                    continue;
                }
                Assert.That(split.EventsOf(user, EventRole.Train), Is.Empty, user);
                Assert.That(targets, Is.EqualTo(Math.Clamp(Math.Round((targets + context) * 0.25), 1, 1000)), user);
                Assert.That(split.EventsOf(user, EventRole.Context).Max(i => i.Time), Is.LessThan(split.EventsOf(user, EventRole.Test, EventRole.Validation).Min(i => i.Time)!.Value));
                if (split.EventsOf(user, EventRole.Test).Count > 0) test++;
                else validation++;
            }
            Assert.That((double)test / validation, Is.EqualTo(2).Within(0.35));
            Assert.That(split.Warnings.Where(w => w.IsSevere), Is.Empty);
            EvaluationReport report = Evaluator.Evaluate(split, []);
            Assert.That(report.Users, Is.EqualTo(test));
        }
    }

    [Test]
    public void ColdUsers_HaveNoMoreThanTheGivenHistory([Values(0, 1, 3)] int history)
    {
        DataSplit split = DataSplit.ColdUsers(Log(), history, testShare: 0.3);
        using (Assert.EnterMultipleScope())
        {
            string[] cold = [.. split.Log.Users.Where(u => split.EventsOf(u, EventRole.Test).Count > 0)];
            Assert.That(cold, Is.Not.Empty);
            Assert.That(cold.Select(u => split.EventsOf(u, EventRole.Context).Count), Is.All.EqualTo(history));
            Assert.That(cold.Select(u => split.EventsOf(u, EventRole.Train).Count), Is.All.Zero);
            Assert.That(Evaluator.Evaluate(split, []).Users, Is.EqualTo(cold.Length), "also without any history: that is what the split is for");
        }
    }

    [Test]
    public void ColdItems_AreNeverInTheTraining([Values] bool onlyCold)
    {
        DataSplit split = DataSplit.ColdItems(Log(), 0.2, 0.1, onlyCold);
        HashSet<string> cold = [.. Enumerable.Range(0, split.Log.Count).Where(p => split.RoleAt(p) is EventRole.Test or EventRole.Validation).Select(p => split.Log[p].Item)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(split.Train.Select(i => i.Item).Where(cold.Contains), Is.Empty);
            Assert.That(split.Items, onlyCold ? Is.EquivalentTo(cold) : Has.Count.EqualTo(26));
            Assert.That(cold, Has.Count.EqualTo(5 + 3));
            Assert.That(split.Warnings.Where(w => w.IsSevere), Is.Empty);
        }
    }

    [TestCase(HeldOut.Users)]
    [TestCase(HeldOut.Items)]
    public void Check_CatchesHeldOutUsersOrItemsInTheTraining(HeldOut what)
    {
        DataSplit split = DataSplit.FromRoles("not held out", Log(), (p, _) => p % 5 == 4 ? EventRole.Test : EventRole.Train, heldOut: what);
        Assert.That(split.Warnings[0] is { Kind: LeakageKind.HeldOutInTrain, IsSevere: true });
    }

    [Test]
    public void Splits_DependOnTheSeedOnly()
    {
        DataSplit one = DataSplit.UserHoldOut(Log(), seed: 9), same = DataSplit.UserHoldOut(Log(), seed: 9), other = DataSplit.UserHoldOut(Log(), seed: 10);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Roles(same), Is.EqualTo(Roles(one)));
            Assert.That(Roles(other), Is.Not.EqualTo(Roles(one)));
            Assert.That(same.Fingerprint, Is.EqualTo(one.Fingerprint));
            Assert.That(other.Fingerprint, Is.Not.EqualTo(one.Fingerprint));
        }
    }

    [Test]
    public void Splits_RefuseSharesThatLeaveNothing()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => DataSplit.UserHoldOut(Log(), 0.6, 0.4), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => DataSplit.ColdItems(Log(), 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => DataSplit.KFold(Log(), 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => DataSplit.KFold(Log(), 2, withValidation: true), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => DataSplit.ColdUsers(Log(), -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    [Test]
    public void SampledEvaluation_SaysSoAndIsTooHigh()
    {
        DataSplit split = DataSplit.LeaveLastOut(Log());
        var options = new EvaluationOptions { Metrics = [Metric.HitRate(3), Metric.Auc()] };
        EvaluationReport sampled = SampledEvaluator.Evaluate(split, [], negatives: 4, options), full = Evaluator.Evaluate(split, [], options);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(sampled.Metrics[0].Name, Is.EqualTo("HR@3 sampled 4"));
            Assert.That(sampled.Notes, Has.Some.Contains("sampled items only"));
            Assert.That(sampled["Random", "HR@3 sampled 4"].Value, Is.EqualTo(0.6).Within(0.2), "three places for one target and four others");
            Assert.That(sampled["Random", "HR@3 sampled 4"].Value, Is.GreaterThan(full["Random", "HR@3"].Value!.Value));
            Assert.That(sampled["Random", "AUC sampled 4"].Value, Is.EqualTo(0.5).Within(0.15));
            Assert.That(SampledEvaluator.Evaluate(split, [], 1000, options)["Popular", "HR@3 sampled 1000"].Value, Is.EqualTo(full["Popular", "HR@3"].Value), "with all items sampled it is the full ranking");
        }
    }

    private sealed class OffByOne : IRatingModel
    {
        public string Name => "off by one";

        public void Predict(UserContext user, IReadOnlyList<string> items, Span<float> ratings)
        {
            for (int i = 0; i < items.Count; i++) ratings[i] = items[i] == "x" ? float.NaN : 4;
        }
    }

    [Test]
    public void RatingEvaluator_MeasuresErrorsAndNeverLetsNaNThrough()
    {
        var train = new InteractionLog([new("u", "a", InteractionKind.Rating, 2), new("v", "a", InteractionKind.Rating, 4)]);
        var test = new InteractionLog([new("u", "b", InteractionKind.Rating, 5), new("u", "c", InteractionKind.Rating, 4), new("v", "x", InteractionKind.Rating, 1), new("v", "y")]);
        IReadOnlyList<RatingResult> results = RatingEvaluator.Evaluate(DataSplit.FromLogs(train, test), [new OffByOne()]);
        RatingResult off = results.Single(r => r.Name == "off by one"), mean = results.Single(r => r.Name == "Mean");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((off.Ratings, off.NotFinite), Is.EqualTo((3, 1)), "a target without a value is left out");
            Assert.That(off.Rmse.Value, Is.EqualTo(Math.Sqrt((1 + 0 + 4) / 3.0)).Within(1e-12), "NaN counts as the mean, 3");
            Assert.That(off.Mae.Value, Is.EqualTo((1 + 0 + 2) / 3.0).Within(1e-12));
            Assert.That(off.RmseOfUsers, Is.EqualTo((Math.Sqrt(0.5) + 2) / 2).Within(1e-12));
            Assert.That(mean.Rmse.Value, Is.EqualTo(Math.Sqrt((4 + 1 + 4) / 3.0)).Within(1e-12));
            Assert.That(off.Rmse.Value, Is.InRange(off.Rmse.Low!.Value, off.Rmse.High!.Value));
            Assert.That(RatingEvaluator.ToReportTable(results).ToString(), Does.Contain("off by one"));
        }
    }
}
