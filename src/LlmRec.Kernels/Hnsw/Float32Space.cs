using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace LlmRec.Kernels;

/// <summary>Dot products of float32 rows.</summary>
internal unsafe struct Float32Space(RowTable<float> rows) : IHnswSpace
{
    private readonly RowTable<float> _rows = rows;
    private float* _query;

    /// <summary>The query, as long as a padded row.</summary>
    public void AimAt(float* query) => _query = query;

    public void AimAt(int node, HnswScratch scratch) => _query = _rows.Row(node);

    public readonly void Score(int* nodes, int count, float* scores)
    {
        int stride = _rows.Stride;
        Prefetch(nodes, 0, count);
        Prefetch(nodes, 1, count);
        for (int i = 0; i < count; i++)
        {
            Prefetch(nodes, i + 2, count);
            scores[i] = HnswDot.Float32(_query, _rows.Row(nodes[i]), stride);
        }
    }

    public readonly float Between(int a, int b) => HnswDot.Float32(_rows.Row(a), _rows.Row(b), _rows.Stride);

    // A graph's next row lies anywhere in memory: all its lines are asked for two rows ahead.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Prefetch(int* nodes, int i, int count)
    {
        if (i >= count || !Sse.IsSupported)
            return;
        float* row = _rows.Row(nodes[i]);
        for (int j = 0; j < _rows.Stride; j += 16)
            Sse.Prefetch0(row + j);
    }
}
