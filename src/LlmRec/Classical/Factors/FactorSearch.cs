using System.Buffers;
using LlmRec.Kernels;

namespace LlmRec;

/// <summary>
/// The best of inner products x·y without all of them: items stand by falling length of y, and since x·y ≤ ‖x‖‖y‖ (Cauchy–Schwarz) a user is
/// done as soon as the next length is too short for the list. The lists are those of scoring everything, to the bit.
/// </summary>
/// <remarks>
/// Immutable and thread-safe. Popular items have long vectors, so on catalogs with a long tail a tenth to a quarter of the items is read. After C. Teflioudi,
/// R. Gemulla, O. Mykytiuk, "LEMP: Fast retrieval of large entries in a matrix product", SIGMOD 2015, its length-based pruning.
/// </remarks>
internal sealed class FactorSearch
{
    /// <summary>Items of a block: few enough for the second cache, and for a user to stop soon.</summary>
    private const int Block = 512;

    /// <summary>Users who do well to come together: they share the blocks in the cache, and what their lists take does not grow with the number of requests.</summary>
    public const int Batch = 16;

    private readonly int[] _items;             // place → item, by falling length, ties by item
    private readonly PackedMatrix[] _blocks;   // each (k, Block), the last one narrower
    private readonly double[] _bounds;         // what no score of this block or a later one exceeds at ‖x‖ = 1, rounding included

    /// <param name="vectors">Item vectors y (m, k), finite; m and k at least 1.</param>
    public FactorSearch(RowMatrix vectors)
    {
        int m = vectors.Rows, k = vectors.Columns;
        double[] lengths = new double[m];
        for (int i = 0; i < m; i++) lengths[i] = Length(vectors.Row(i));
        _items = [.. Enumerable.Range(0, m).OrderByDescending(i => lengths[i])];
        _blocks = new PackedMatrix[(m + Block - 1) / Block];
        _bounds = new double[_blocks.Length];
        for (int b = 0; b < _blocks.Length; b++)
        {
            ReadOnlySpan<int> items = ItemsOf(b);
            var rows = new RowMatrix(items.Length, k);
            for (int i = 0; i < items.Length; i++) vectors.Row(items[i]).CopyTo(rows.Row(i));
            _blocks[b] = PackedMatrix.PackTransposed(rows);
            _bounds[b] = lengths[items[0]] * (1 + k * Math.ScaleB(1, -22));   // k float32 operations are off by about k·2⁻²⁴ of ‖x‖‖y‖ at most
        }
    }

    /// <summary>The best items of each user.</summary>
    /// <param name="users">x (n, k), finite; n at most about <see cref="Batch"/>.</param>
    /// <param name="best">n empty lists, which know what they may not take.</param>
    public void Run(RowMatrix users, BestItems[] best)
    {
        int n = users.Rows;
        float[] scores = ArrayPool<float>.Shared.Rent(n * Block);
        double[] lengths = new double[n];
        for (int r = 0; r < n; r++) lengths[r] = Length(users.Row(r));
        for (int b = 0; b < _blocks.Length && AnyGoesOn(_bounds[b]); b++)
        {
            ReadOnlySpan<int> items = ItemsOf(b);
            MatrixProduct.Multiply(users, _blocks[b], new MatrixSpan(scores, n, items.Length));
            for (int r = 0; r < n; r++) best[r].Offer(items, scores.AsSpan(r * items.Length, items.Length));
        }
        ArrayPool<float>.Shared.Return(scores);

        bool AnyGoesOn(double bound)
        {
            for (int r = 0; r < n; r++)
                if (lengths[r] * bound + users.Columns * float.Epsilon >= best[r].Least) return true;   // products may round up from below the least float
            return false;
        }
    }

    private ReadOnlySpan<int> ItemsOf(int block) => _items.AsSpan(block * Block, Math.Min(Block, _items.Length - block * Block));

    private static double Length(ReadOnlySpan<float> vector)
    {
        double squares = 0;
        foreach (float v in vector) squares += (double)v * v;
        return Math.Sqrt(squares);
    }
}
