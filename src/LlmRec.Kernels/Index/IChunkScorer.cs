namespace LlmRec.Kernels;

/// <summary>A scorer that can be pointed at the rows of a chunk.</summary>
internal interface IChunkScorer<TSelf> : IRowScorer where TSelf : struct, IChunkScorer<TSelf>
{
    /// <summary>The same query over the rows of this chunk.</summary>
    TSelf Over(IndexChunk chunk);
}
