namespace LlmRec.Tests.Evaluation;

[TestFixture]
public sealed class TopNSelectionTests
{
    [Test]
    public void Best_IsTheHeadOfAStableSort([Values(0, 1, 5, 63, 64, 65, 300, 1000)] int n, [Values(1, 3, 10, 400)] int k, [Values(2, 1000)] int levels)
    {
        var random = SplitMix.Of(n + k, levels);
        float[] scores = new float[n];
        for (int i = 0; i < n; i++) scores[i] = random.Next(9) == 0 ? float.NegativeInfinity : random.Next(levels) - levels / 2;
        int[] best = new int[k];
        int found = TopNSelection.Best(scores, best);
        int[] expected = [.. Enumerable.Range(0, n).Where(i => !float.IsNegativeInfinity(scores[i])).OrderByDescending(i => scores[i]).Take(k)];
        Assert.That(best[..found], Is.EqualTo(expected));
    }

    [Test]
    public void Best_PassesOverNaN()
    {
        float[] scores = new float[200];
        scores.AsSpan().Fill(float.NaN);
        (scores[3], scores[131], scores[199]) = (1, 2, 3);
        int[] best = new int[5];
        Assert.That(best[..TopNSelection.Best(scores, best)], Is.EqualTo((int[])[199, 131, 3]));
    }
}
