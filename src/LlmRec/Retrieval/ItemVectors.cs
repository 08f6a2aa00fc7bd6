using LlmRec.Kernels;

namespace LlmRec;

/// <summary>Encodes a whole catalog into one matrix, row h for handle h.</summary>
internal static class ItemVectors
{
    private const int Batch = 256;

    public static async ValueTask<RowMatrix> EncodeAsync(Catalog catalog, IItemEncoder encoder, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        int d = encoder.Dimensions, n = catalog.HandleCount;
        var matrix = new RowMatrix(Math.Max(n, 1), d);
        var items = new List<Item>(Batch);
        var handles = new List<int>(Batch);
        float[] vectors = new float[Batch * d];
        for (int h = 0; h < n; h++)
        {
            if (catalog.ItemAt(h) is { } item)
            {
                items.Add(item);
                handles.Add(h);
            }
            if (items.Count < Batch && h < n - 1) continue;
            cancellationToken.ThrowIfCancellationRequested();
            await encoder.EncodeAsync(items, vectors.AsMemory(0, items.Count * d), cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < items.Count; i++)
            {
                Check(items[i], vectors.AsSpan(i * d, d));
                vectors.AsSpan(i * d, d).CopyTo(matrix.Row(handles[i]));
            }
            items.Clear();
            handles.Clear();
            progress?.Report((h + 1) / (double)n);
        }
        return matrix;
    }

    /// <summary>Refuses what would spread: a vector with NaN or infinity.</summary>
    public static void Check(Item item, ReadOnlySpan<float> vector)
    {
        foreach (float x in vector)
            if (!float.IsFinite(x))
                throw new InvalidOperationException($"the item encoder gave item '{item.Id}' a vector with {x} in it; an encoder must give finite unit vectors or zeros");
    }

    public static int CountZeros(ItemSpace items)
    {
        int zeros = 0;
        for (int h = 0; h < items.HandleCount; h++)
            if (items.Catalog.ItemAt(h) is not null && !items.VectorOf(h).ContainsAnyExcept(0f)) zeros++;
        return zeros;
    }
}
