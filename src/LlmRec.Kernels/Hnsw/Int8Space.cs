using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace LlmRec.Kernels;

/// <summary>
/// Dot products of int8 rows with a scale each. Sums are exact integers, so a graph built over them is the same on every processor.
/// The query is int16 (up to 14 bits): its own rounding costs no recall and no time, since rows are widened to int16 anyway.
/// </summary>
internal unsafe struct Int8Space(RowTable<sbyte> rows, float* scales) : IHnswSpace
{
    private readonly RowTable<sbyte> _rows = rows;
    private readonly float* _scales = scales;
    private short* _query;
    private float _queryScale;

    /// <summary>A query of int16 values, as long as a padded row, and what one unit of them is worth.</summary>
    public void AimAt(short* query, float scale)
    {
        _query = query;
        _queryScale = scale;
    }

    public void AimAt(int node, HnswScratch scratch)
    {
        sbyte* row = _rows.Row(node);
        _query = scratch.Query16;
        for (int j = 0; j < _rows.Stride; j++)
            _query[j] = row[j];
        _queryScale = _scales[node];
    }

    public readonly void Score(int* nodes, int count, float* scores)
    {
        int stride = _rows.Stride;
        Prefetch(nodes, 0, count);
        Prefetch(nodes, 1, count);
        Prefetch(nodes, 2, count);
        for (int i = 0; i < count; i++)
        {
            Prefetch(nodes, i + 3, count);
            int node = nodes[i];
            scores[i] = HnswDot.Int16(_query, _rows.Row(node), stride) * (_queryScale * _scales[node]);
        }
    }

    public readonly float Between(int a, int b) => HnswDot.Int8(_rows.Row(a), _rows.Row(b), _rows.Stride) * (_scales[a] * _scales[b]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Prefetch(int* nodes, int i, int count)
    {
        if (i >= count || !Sse.IsSupported)
            return;
        sbyte* row = _rows.Row(nodes[i]);
        for (int j = 0; j < _rows.Stride; j += 64)
            Sse.Prefetch0(row + j);
        Sse.Prefetch0(_scales + nodes[i]);
    }
}
