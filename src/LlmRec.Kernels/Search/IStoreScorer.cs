namespace LlmRec.Kernels;

/// <summary>A scorer that can be pointed at the rows of a store.</summary>
internal interface IStoreScorer<TSelf> : IRowScorer where TSelf : struct, IStoreScorer<TSelf>
{
    /// <summary>The same query over the rows of this store.</summary>
    TSelf Over(RowStore store);
}
