namespace LlmRec;

public sealed partial class Diversifier
{
    /// <summary>Fills in what each pick added.</summary>
    private static unsafe void Explain(DiversityRun run, RankedCandidates candidates, float* rows, float* shown, Span<Pick> picks)
    {
        ReadOnlySpan<float> scores = candidates.Scores.Span;
        Span<float> left = run.Left(scores);
        int d = candidates.Dimensions, m = d == 0 ? 0 : candidates.ShownVectors.Length / d;
        Span<float> inverse = run.Lengths(m + picks.Length);
        for (int u = 0; u < m; u++)
            inverse[u] = Inverse(shown + (long)u * d, d);
        for (int t = 0; t < picks.Length; t++)
        {
            int i = picks[t].Index;
            int best = RowDots.ArgMax(left);
            float given = best < 0 ? 0 : MathF.Max(0, scores[best] - scores[i]);
            left[i] = float.NegativeInfinity;
            picks[t] = picks[t] with
            {
                RelevanceGivenUp = given,
                DistanceWon = d == 0 ? 0 : Distance(rows, shown, d, m, picks, t, inverse),
                CategoryFilled = candidates.Items.Count == 0 ? null : Filled(candidates, picks, t),
            };
        }
    }

    private static unsafe float Distance(float* rows, float* shown, int d, int m, ReadOnlySpan<Pick> picks, int t, Span<float> inverse)
    {
        float* own = rows + (long)picks[t].Index * d;
        inverse[m + t] = Inverse(own, d);
        float closest = float.NegativeInfinity;
        for (int u = 0; u < t; u++)
            closest = MathF.Max(closest, RowDots.Dot(own, rows + (long)picks[u].Index * d, d) * inverse[m + u]);
        for (int u = 0; u < m; u++)
            closest = MathF.Max(closest, RowDots.Dot(own, shown + (long)u * d, d) * inverse[u]);
        float cosine = closest * inverse[m + t];
        return t + m == 0 ? 0 : float.IsFinite(cosine) ? Math.Clamp(1 - cosine, 0, 2) : 1;
    }

    private static unsafe float Inverse(float* x, int d)
    {
        float squares = RowDots.Dot(x, x, d);
        return squares > 0 ? 1 / MathF.Sqrt(squares) : 0;
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
