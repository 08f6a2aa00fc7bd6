namespace LlmRec.Tests;

[TestFixture]
[NonParallelizable]
public sealed class RecommenderAllocationTests
{
    [TestCase(0.0, 0)]
    [TestCase(0.5, 0)]
    [TestCase(0.0, 4096)]
    public async Task Recommend_WhenWarm_AllocatesItsAnswerAndNothingElse(double diversity, int rankAllUpTo)
    {
        using Recommender shop = await SmallShop.BuildAsync(new() { RankAllUpTo = rankAllUpTo, TimeProvider = SmallShop.Clock });
        var user = UserContext.Of("user-3");
        var options = new RecommendOptions { Diversity = diversity };
        RecommendationList answer = shop.Recommend(user, options);
        for (int i = 0; i < 50; i++) answer = shop.Recommend(user, options);

        long spent = Allocations.Of(() => answer = shop.Recommend(user, options));
        RecommendationList copy = answer;
        long needed = Allocations.Of(() => copy = Copy(answer));
        Assert.That(copy, Has.Count.EqualTo(10));
        Assert.That(spent, Is.EqualTo(needed));
    }

    /// <summary>The objects of an answer, made again.</summary>
    private static RecommendationList Copy(RecommendationList list)
    {
        var items = new Recommendation[list.Count];
        for (int i = 0; i < items.Length; i++)
        {
            Recommendation r = list[i];
            var parts = new ScorePart[r.Explanation.Parts.Count];
            HistoryReason[] because = r.Explanation.Because.Count == 0 ? [] : new HistoryReason[r.Explanation.Because.Count];
            items[i] = new Recommendation(r.Rank, r.Item, r.Score, new Explanation(parts, because));
        }
        return new RecommendationList(items, list.UnknownItems);
    }
}
