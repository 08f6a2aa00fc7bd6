namespace LlmRec.Tests;

/// <summary>Candidates drawn from a seed.</summary>
internal static class RandomCandidates
{
    public static readonly DiversityStrategy[] Strategies = Enum.GetValues<DiversityStrategy>();

    public static RankedCandidates Make(int seed, int n, int d, bool clustered = false, int shown = 0, bool taste = false)
    {
        var random = new Random(seed);
        float[] scores = [.. Enumerable.Range(0, n).Select(_ => random.NextSingle())];
        float[] vectors = new float[n * d], context = new float[shown * d];
        Fill(vectors, d, clustered, random);
        Fill(context, d, clustered, random);
        return new()
        {
            Scores = scores,
            Vectors = vectors,
            Dimensions = d,
            ShownVectors = context,
            Items = [.. Enumerable.Range(0, n).Select(i => Item(random, i))],
            Taste = taste ? new Dictionary<string, float> { ["a"] = 3, ["b"] = 1, ["z"] = 1 } : new Dictionary<string, float>(),
        };
    }

    public static double Relevance(RankedCandidates c, ReadOnlySpan<Pick> picks)
    {
        double sum = 0;
        foreach (Pick p in picks)
            sum += c.Scores.Span[p.Index];
        return sum;
    }

    private static Item Item(Random random, int i) => new()
    {
        Id = $"item{i}",
        Categories = [.. Enumerable.Range(0, random.Next(0, 3)).Select(_ => "abcde"[random.Next(5)].ToString()).Distinct()],
        Attributes = new Dictionary<string, string> { ["brand"] = "xyz"[random.Next(3)].ToString(), ["price"] = $"{random.Next(1, 100)}" },
    };

    private static void Fill(float[] rows, int d, bool clustered, Random random)
    {
        float[] centres = [.. Enumerable.Range(0, 3 * Math.Max(d, 1)).Select(_ => clustered ? 3 * (random.NextSingle() - 0.5f) : 0)];
        for (int i = 0; i < rows.Length; i++)
        {
            int centre = i / d % 3;
            rows[i] = random.NextSingle() - 0.5f + centres[centre * d + i % d];
        }
    }
}
