using System.Globalization;

namespace LlmRec;

/// <summary>Finds items that are the same as another: equal words, or vectors that all but coincide.</summary>
internal static class DoubleSearch
{
    /// <param name="items">n items.</param>
    /// <param name="vectors">(n, d).</param>
    /// <param name="d">Dimensions, 0 without vectors.</param>
    /// <param name="threshold">Cosine from which two are doubles.</param>
    /// <param name="completeness">n; of doubles the larger stays, at a tie the earlier.</param>
    /// <param name="reasons">n lists that receive a sentence for each double.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static unsafe void Find(IReadOnlyList<Item> items, ReadOnlySpan<float> vectors, int d, double threshold, double[] completeness, List<string>[] reasons, CancellationToken cancellationToken)
    {
        int n = items.Count;
        int[] order = [.. Enumerable.Range(0, n).OrderByDescending(i => completeness[i])]; // stable: ties stay in order
        var kept = new Dictionary<string, int>(StringComparer.Ordinal);
        var stays = new bool[n];
        foreach (int i in order)
        {
            string words = Words(items[i]);
            stays[i] = words.Length == 0 || kept.TryAdd(words, i);
            if (!stays[i])
                reasons[i].Add($"the same words as '{items[kept[words]].Id}'");
        }
        if (d == 0)
            return;

        const int block = 64;
        float[] inverse = new float[n], dots = new float[block];
        fixed (float* x = vectors, to = dots)
        {
            for (int i = 0; i < n; i++)
            {
                float squares = RowDots.Dot(x + (long)i * d, x + (long)i * d, d);
                if (!float.IsFinite(squares))
                    throw new ArgumentException($"the vector of item '{items[i].Id}' is not finite", nameof(vectors));
                inverse[i] = squares > 0 ? 1 / MathF.Sqrt(squares) : 0;
            }

            // Each item against those that stay before it in the order; a kept vector is copied, so that rows lie one after the other.
            float[] rows = new float[(long)n * d];
            var owners = new List<int>();
            fixed (float* r = rows)
            {
                foreach (int i in order)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (!stays[i] || inverse[i] == 0)
                        continue;
                    (float best, int of) = ((float)threshold, -1);
                    for (int first = 0; first < owners.Count; first += block)
                    {
                        int count = Math.Min(block, owners.Count - first);
                        RowDots.Dots(x + (long)i * d, r + (long)first * d, d, count, d, to);
                        for (int t = 0; t < count; t++)
                            if (to[t] * inverse[i] >= best && (of < 0 || to[t] * inverse[i] > best))
                                (best, of) = (to[t] * inverse[i], owners[first + t]);
                    }
                    if (of >= 0)
                    {
                        reasons[i].Add(string.Create(CultureInfo.InvariantCulture, $"a near-double of '{items[of].Id}' (cosine {best:0.000})"));
                        continue;
                    }
                    new ReadOnlySpan<float>(x + (long)i * d, d).CopyTo(new Span<float>(r + (long)owners.Count * d, d));
                    for (int j = 0; j < d; j++)
                        r[(long)owners.Count * d + j] *= inverse[i];
                    owners.Add(i);
                }
            }
        }
    }

    private static string Words(Item item) =>
        string.Join(' ', (item.Title + " " + item.Text).ToUpperInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
