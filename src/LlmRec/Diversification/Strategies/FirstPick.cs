namespace LlmRec;

/// <summary>The first pick of a list without context.</summary>
internal static class FirstPick
{
    /// <summary>The candidate of largest relevance whose state is 0, of lowest index at a tie; −1 when there is none.</summary>
    public static int MostRelevant(DiversityRun run)
    {
        ReadOnlySpan<float> r = run.Relevance32;
        ReadOnlySpan<byte> state = run.State;
        int best = RowDots.ArgMax(r);
        if (best < 0 || state[best] == 0)
            return best;
        best = -1;
        for (int i = 0; i < r.Length; i++)
            if (state[i] == 0 && (best < 0 || r[i] > r[best]))
                best = i;
        return best;
    }
}
