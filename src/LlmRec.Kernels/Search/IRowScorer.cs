namespace LlmRec.Kernels;

/// <summary>Scores rows of one storage against one prepared query. Implemented by structs only, so that every scan is compiled for its scorer.</summary>
internal interface IRowScorer
{
    /// <summary>The score of row <paramref name="i"/>; greater is nearer.</summary>
    float Score(nint i);

    /// <summary>What reading one row costs, to judge when threads pay.</summary>
    long BytesPerRow { get; }
}
