namespace LlmRec;

/// <summary>Scores with what exploration and the long tail add. Everything is a share of the range of scores, and grows with the knob.</summary>
internal static class Exploration
{
    public static bool Acts(DiversityOptions options, double diversity) =>
        diversity > 0 && (options.Temperature > 0 || options.TieWidth > 0 || options.LongTail > 0);

    /// <param name="candidates">The input.</param>
    /// <param name="options">Temperature, tie width and long tail.</param>
    /// <param name="diversity">The knob.</param>
    /// <param name="scores">Receives n scores.</param>
    public static void Apply(RankedCandidates candidates, DiversityOptions options, double diversity, Span<float> scores)
    {
        ReadOnlySpan<float> given = candidates.Scores.Span, popularity = candidates.Popularity.Span;
        double min = double.PositiveInfinity, max = double.NegativeInfinity;
        foreach (float s in given)
        {
            min = Math.Min(min, s);
            max = Math.Max(max, s);
        }
        double unit = max > min ? max - min : 1;
        Span<double> rank = options.LongTail > 0 && popularity.Length == given.Length ? new double[given.Length] : [];
        if (rank.Length > 0)
            RelevanceScaling.Apply(RelevanceScale.Rank, popularity, rank);
        for (int i = 0; i < scores.Length; i++)
        {
            // Gumbel noise on scores and the best k of them: the same as drawing k items without return from the softmax of score / temperature.
            double more = options.Temperature > 0 ? -options.Temperature * diversity * Math.Log(-Math.Log(Uniform(candidates.Seed, i, 1))) : 0;
            if (options.TieWidth > 0)
                more += options.TieWidth * Uniform(candidates.Seed, i, 2);
            if (rank.Length > 0)
                more += options.LongTail * diversity * (1 - rank[i]);
            scores[i] = (float)Math.Clamp(given[i] + unit * more, -float.MaxValue, float.MaxValue);
        }
    }

    /// <summary>A number in (0, 1) that depends on the seed, the candidate and the purpose alone (SplitMix64's mixing).</summary>
    private static double Uniform(long seed, int i, int purpose)
    {
        ulong x = unchecked((ulong)seed * 0x9E3779B97F4A7C15UL + (ulong)i * 0xD1B54A32D192ED03UL + (ulong)purpose * 0x8CB92BA72F3D8DD7UL);
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        x ^= x >> 31;
        return ((x >> 11) + 0.5) / (1UL << 53);
    }
}
