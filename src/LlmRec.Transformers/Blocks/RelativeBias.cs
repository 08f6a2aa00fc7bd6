namespace LlmRec.Transformers;

/// <summary>
/// A bias of attention scores by distance, learned for buckets: a bucket a distance when near, logarithmic beyond, half of them for either
/// direction (C. Raffel et al., arXiv:1910.10683, section 2.1). Spread out over distances as far as it is asked for. Thread-safe.
/// </summary>
internal sealed class RelativeBias(float[] weights, int heads, int buckets, int farthest)
{
    private volatile Table _table = new(0, []);

    private sealed record Table(int Reach, float[] Values); // (heads, 2 · reach − 1)

    /// <summary>The bias by distance for at least <paramref name="positions"/> positions: head h, distance δ at h · (2 · reach − 1) + δ + reach − 1.</summary>
    public (float[] Values, int Reach) Get(int positions)
    {
        Table table = _table;
        if (table.Reach < positions) _table = table = Make(Math.Max(64, (int)Math.Min(int.MaxValue / 4, 1.5 * positions)));
        return (table.Values, table.Reach);
    }

    private Table Make(int reach)
    {
        int row = 2 * reach - 1;
        var values = new float[checked(heads * row)];
        for (int x = 0; x < row; x++)
        {
            int bucket = Bucket(x - reach + 1);
            for (int h = 0; h < heads; h++) values[h * row + x] = weights[bucket * heads + h];
        }

        return new(reach, values);
    }

    private int Bucket(int distance)
    {
        int half = buckets / 2, near = half / 2, n = Math.Abs(distance), first = distance > 0 ? half : 0;
        if (n < near) return first + n;
        // in float32, as the reference computes it
        float far = MathF.Log((float)n / near) / (float)Math.Log((double)farthest / near) * (half - near);
        return first + Math.Min(near + (int)far, half - 1);
    }
}
