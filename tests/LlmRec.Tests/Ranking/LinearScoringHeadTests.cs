namespace LlmRec.Tests.Ranking;

[TestFixture]
public sealed class LinearScoringHeadTests
{
    [Test]
    public void Score_IsExactlyTheSumOfItsContributions()
    {
        SmallWorld world = new SmallWorld(60, 10, 800, 1).Counted();
        var head = new LinearScoringHead(Features.Default(), new Dictionary<string, float> { ["followers.0.8"] = 0.3f, ["cosine"] = 1.7f, ["popularity"] = -0.1f, ["bias"] = 0.25f });
        Candidates items = world.All();
        int f = head.FeatureNames.Count;
        float[] scores = new float[60], contributions = new float[60 * f], again = new float[60];
        head.Rank(world.User(3, 8, 1), items, scores, contributions);
        head.Rank(world.User(3, 8, 1), items, again);
        using (Assert.EnterMultipleScope())
        {
            for (int i = 0; i < 60; i++)
            {
                float sum = 0;
                for (int k = 0; k < f; k++) sum += contributions[i * f + k];
                Assert.That(sum, Is.EqualTo(scores[i]));
            }
            Assert.That(again, Is.EqualTo(scores));
            Assert.That(scores.Distinct().Count(), Is.GreaterThan(30));
        }
    }

    [Test]
    public void Rank_AnItemAlone_ScoresAsAmongOthers()
    {
        SmallWorld world = new SmallWorld(40, 10, 500, 2).Counted();
        var head = new LinearScoringHead();
        float[] all = new float[40], one = new float[1];
        head.Rank(world.User(3, 8), world.All(), all);
        for (int i = 0; i < 40; i++)
        {
            head.Rank(world.User(3, 8), world.Only(i), one);
            Assert.That(one[0], Is.EqualTo(all[i]).Within(1e-5));
        }
    }

    [Test]
    public void Rank_DoesNotAllocate_OnceWarm()
    {
        SmallWorld world = new SmallWorld(200, 10, 2000, 3).Counted();
        var head = new LinearScoringHead();
        (UserProfile user, Candidates items, float[] scores) = (world.User(3, 8, 1, 9), world.All(), new float[200]);
        var contributions = new float[200 * head.FeatureNames.Count];
        for (int i = 0; i < 3; i++) head.Rank(user, items, scores, contributions);
        Assert.That(Allocations.Of(() => head.Rank(user, items, scores, contributions)), Is.Zero);
    }

    [Test]
    public void Rank_WithoutAnyHistory_IsFinite_AndKnowsPopularity()
    {
        SmallWorld world = new SmallWorld(30, 10, 500, 4).Counted();
        var scores = new float[30];
        new LinearScoringHead([Features.NewcomerPopularity(), Features.Cosine()]).Rank(world.User(), world.All(), scores);
        int[] best = new int[1], popular = new int[1];
        TopScores.Select(scores, best);
        TopScores.Select(world.Behaviour!.Popularity, popular);
        Assert.That(best, Is.EqualTo(popular));
    }

    [Test]
    public void Rank_MendsAFeatureThatBreaksItsPromise()
    {
        SmallWorld world = new SmallWorld(10, 3, 60, 5).Counted();
        var scores = new float[10];
        new LinearScoringHead([new Broken(), Features.Popularity()], new Dictionary<string, float> { ["broken"] = 1, ["popularity"] = 1 }).Rank(world.User(1), world.All(), scores);
        Assert.That(scores, Is.All.Matches<float>(float.IsFinite));
    }

    [Test]
    public void Constructor_SaysWhatIsWrong()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new LinearScoringHead([]), Throws.ArgumentException.With.Message.Contains("at least one"));
            Assert.That(() => new LinearScoringHead([Features.Text(), Features.Text()]), Throws.ArgumentException.With.Message.Contains("'text'"));
            Assert.That(() => new LinearScoringHead([Features.Text()], new Dictionary<string, float> { ["cosine"] = 1 }), Throws.ArgumentException.With.Message.Contains("'cosine'"));
            Assert.That(() => new LinearScoringHead([Features.Text()], new Dictionary<string, float> { ["text"] = float.NaN }), Throws.ArgumentException.With.Message.Contains("NaN"));
        }
    }

    [Test]
    public void Rank_IntoTooShortASpan_SaysSo()
    {
        SmallWorld world = new SmallWorld(10, 3, 60, 5).Counted();
        var head = new LinearScoringHead();
        Assert.That(() => head.Rank(world.User(1), world.All(), new float[9]), Throws.ArgumentException);
        Assert.That(() => head.Rank(world.User(1), world.All(), new float[10], new float[10]), Throws.ArgumentException);
    }

    [Test]
    public void HistoryShares_SumToTheContributionsOfTheHistory()
    {
        SmallWorld world = new SmallWorld(40, 10, 900, 6).Counted();
        IFeature[] features = [Features.Followers(), Features.Companions(), Features.BestCosine(), Features.Popularity()];
        var head = new LinearScoringHead(features, new Dictionary<string, float> { ["followers.0.8"] = 1, ["companions.0.9"] = 0.5f, ["cosine.best"] = 2, ["popularity"] = 1 });
        UserProfile user = world.User(3, 8, 1, 30);
        float[] scores = new float[40], contributions = new float[40 * 5], places = new float[4];
        head.Rank(user, world.All(), scores, contributions);
        for (int i = 0; i < 40; i++)
        {
            ReadOnlySpan<float> row = contributions.AsSpan(i * 5, 5);
            head.HistoryShares(user, i, row, places);
            Assert.That(places.Sum(), Is.EqualTo(row[0] + row[1] + row[2]).Within(1e-4));
        }
    }

    private sealed class Broken : IFeature
    {
        public string Name => "broken";

        public void Compute(UserProfile user, Candidates candidates, Span<float> values)
        {
            values[0] = float.NaN;
            values[1] = float.PositiveInfinity;
        }
    }
}
