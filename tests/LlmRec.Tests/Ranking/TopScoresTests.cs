namespace LlmRec.Tests.Ranking;

[TestFixture]
public sealed class TopScoresTests
{
    [Test]
    public void Select_EqualsASort([Range(0, 40, 5)] int n, [Values(0, 1, 3, 10, 40)] int k)
    {
        var random = new Random(n * 100 + k);
        float[] scores = [.. Enumerable.Range(0, n).Select(_ => (float)random.Next(8))];
        var places = new int[k];
        int found = TopScores.Select(scores, places);
        Assert.That(places[..found], Is.EqualTo(Enumerable.Range(0, n).OrderByDescending(i => scores[i]).ThenBy(i => i).Take(k)));
    }
}
