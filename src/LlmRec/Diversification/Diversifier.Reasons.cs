namespace LlmRec;

public sealed partial class Diversifier
{
    /// <summary>Fills in what each pick added.</summary>
    private static unsafe void Explain(DiversityRun run, RankedCandidates candidates, float* rows, float* shown, Span<Pick> picks)
    {
        ReadOnlySpan<float> scores = candidates.Scores.Span;
        Span<float> left = run.Left(scores);
        int d = candidates.Dimensions, m = d == 0 ? 0 : candidates.ShownVectors.Length / d;
        for (int t = 0; t < picks.Length; t++)
        {
            int i = picks[t].Index;
            int best = RowDots.ArgMax(left);
            float given = best < 0 ? 0 : MathF.Max(0, scores[best] - scores[i]);
            left[i] = float.NegativeInfinity;
            picks[t] = picks[t] with
            {
                RelevanceGivenUp = given,
                DistanceWon = d == 0 ? 0 : Distance(rows, shown, d, m, picks, t),
                CategoryFilled = candidates.Items.Count == 0 ? null : Filled(candidates, picks, t),
            };
        }
    }

    private static unsafe float Distance(float* rows, float* shown, int d, int m, ReadOnlySpan<Pick> picks, int t)
    {
        float* own = rows + (long)picks[t].Index * d;
        float closest = float.NegativeInfinity;
        for (int u = 0; u < t; u++)
            closest = MathF.Max(closest, Cosine(own, rows + (long)picks[u].Index * d, d));
        for (int u = 0; u < m; u++)
            closest = MathF.Max(closest, Cosine(own, shown + (long)u * d, d));
        return float.IsNegativeInfinity(closest) ? 0 : Math.Clamp(1 - closest, 0, 2);
    }

    private static unsafe float Cosine(float* x, float* y, int d)
    {
        float lengths = MathF.Sqrt(RowDots.Dot(x, x, d)) * MathF.Sqrt(RowDots.Dot(y, y, d));
        float cosine = lengths > 0 ? RowDots.Dot(x, y, d) / lengths : 0;
        return float.IsFinite(cosine) ? cosine : 0;
    }

    private static string? Filled(RankedCandidates candidates, ReadOnlySpan<Pick> picks, int t)
    {
        IReadOnlyList<string> own = candidates.Items[picks[t].Index].Categories;
        for (int c = 0; c < own.Count; c++)
        {
            bool met = false;
            for (int u = 0; u < t && !met; u++)
                met = Has(candidates.Items[picks[u].Index].Categories, own[c]);
            if (!met)
                return own[c];
        }
        return null;
    }

    private static bool Has(IReadOnlyList<string> categories, string category)
    {
        for (int c = 0; c < categories.Count; c++)
            if (string.Equals(categories[c], category, StringComparison.Ordinal))
                return true;
        return false;
    }
}
