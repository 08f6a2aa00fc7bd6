using System.Runtime.CompilerServices;

namespace LlmRec.Kernels;

/// <summary>Inner product with float32 rows. Query and rows are padded with zeros to the stride.</summary>
/// <param name="rows">n × stride.</param>
/// <param name="stride">Elements a row, a multiple of 16.</param>
/// <param name="query">stride values.</param>
internal readonly unsafe struct DotScorer(float* rows, int stride, float* query) : IStoreScorer<DotScorer>
{
    private readonly float* _rows = rows, _query = query;
    private readonly int _stride = stride;

    public DotScorer Over(RowStore store) => new((float*)store.Codes, _stride, _query);

    public long BytesPerRow => _stride * sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ScoreFour(nint i, float* scores)
    {
        // One row after the other: streams side by side would halve the memory speed.
        scores[0] = Score(i);
        scores[1] = Score(i + 1);
        scores[2] = Score(i + 2);
        scores[3] = Score(i + 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Score(nint i) => Similarity.Reduce<Similarity.DotStep>(ref *(_rows + i * _stride), ref *_query, _stride);
}

/// <summary>Minus the squared distance to float32 rows; padded like <see cref="DotScorer"/>.</summary>
internal readonly unsafe struct SquaredDistanceScorer(float* rows, int stride, float* query) : IStoreScorer<SquaredDistanceScorer>
{
    private readonly float* _rows = rows, _query = query;
    private readonly int _stride = stride;

    public SquaredDistanceScorer Over(RowStore store) => new((float*)store.Codes, _stride, _query);

    public long BytesPerRow => _stride * sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ScoreFour(nint i, float* scores)
    {
        // One row after the other: streams side by side would halve the memory speed.
        scores[0] = Score(i);
        scores[1] = Score(i + 1);
        scores[2] = Score(i + 2);
        scores[3] = Score(i + 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Score(nint i) => -Similarity.Reduce<Similarity.SquaredDistanceStep>(ref *(_rows + i * _stride), ref *_query, _stride);
}

/// <summary>Cosine with float32 rows of any length, the query being of unit length. The row's own length comes from the cache line just read.</summary>
internal readonly unsafe struct CosineScorer(float* rows, int stride, float* query) : IRowScorer
{
    private readonly float* _rows = rows, _query = query;
    private readonly int _stride = stride;

    public long BytesPerRow => _stride * sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ScoreFour(nint i, float* scores)
    {
        // One row after the other: streams side by side would halve the memory speed.
        scores[0] = Score(i);
        scores[1] = Score(i + 1);
        scores[2] = Score(i + 2);
        scores[3] = Score(i + 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Score(nint i)
    {
        ref float row = ref *(_rows + i * _stride);
        float dot = Similarity.Reduce<Similarity.DotStep>(ref row, ref *_query, _stride);
        float square = Similarity.Reduce<Similarity.DotStep>(ref row, ref row, _stride);
        // Where float32 squares over- or underflow the slow and careful way answers.
        return square is > 8e-28f and < 1e30f
            ? Math.Clamp(dot / MathF.Sqrt(square), -1, 1)
            : Similarity.Cosine(new ReadOnlySpan<float>(_rows + i * _stride, _stride), new ReadOnlySpan<float>(_query, _stride));
    }
}
