namespace LlmRec.Kernels;

/// <summary>Scores rows of one storage against one prepared query. Implemented by structs only, so that every scan is compiled for its scorer.</summary>
internal unsafe interface IRowScorer
{
    /// <summary>The score of row <paramref name="i"/>; greater is nearer.</summary>
    float Score(nint i);

    /// <summary>The scores of rows <paramref name="i"/> to <paramref name="i"/> + 3, the very numbers <see cref="Score"/> gives.</summary>
    void ScoreFour(nint i, float* scores);

    /// <summary>What reading one row costs, to judge when threads pay.</summary>
    long BytesPerRow { get; }
}
