namespace LlmRec;

/// <summary>Rows whose cosine mixes that of the vectors with that of the category sets: √(1 − w) v̂ and √w ĉ, one after the other.</summary>
internal sealed unsafe class FeatureRows
{
    private readonly Scratch<float> _rows = new(), _shown = new();

    /// <summary>Replaces the rows of a run; the rows' memory is this object's.</summary>
    public void Build(DiversityRun run, float weight)
    {
        run.ReadCategories();
        int d = run.D, n = run.N, shown = run.Candidates.ShownCount;
        int width = d + run.Categories.Count, stride = (width + 15) / 16 * 16;
        float* rows = _rows.Pointer(checked(n * stride)), context = _shown.Pointer(checked(shown * width));
        for (int i = 0; i < n; i++)
            Fill(run, d == 0 ? null : run.Row(i), i, false, weight, d, width, rows + (long)i * stride);
        for (int m = 0; m < shown; m++)
            Fill(run, m < run.ShownRows ? run.Shown + (long)m * d : null, m, true, weight, d, width, context + (long)m * width);
        run.Rows = rows;
        run.Shown = context;
        (run.Stride, run.D, run.ShownRows) = (stride, width, shown);
    }

    private static void Fill(DiversityRun run, float* vector, int i, bool shown, float weight, int d, int width, float* to)
    {
        new Span<float>(to, width).Clear();
        if (vector != null)
        {
            float factor = MathF.Sqrt(1 - weight) * run.InverseLength(vector, i, shown);
            for (int j = 0; j < d; j++)
                to[j] = vector[j] * factor;
        }
        if (shown && i >= run.Candidates.ShownItems.Count)
            return;
        ReadOnlySpan<int> own = run.Categories.Of(shown ? run.N + i : i);
        foreach (int c in own)
            to[d + c] = MathF.Sqrt(weight / own.Length);
    }
}
