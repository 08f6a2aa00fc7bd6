namespace LlmRec.Kernels;

/// <summary>A run of float32 rows in memory, as a batch search walks them.</summary>
internal unsafe struct RowRun
{
    /// <summary>count × stride.</summary>
    public float* Rows;

    /// <summary>Number of rows.</summary>
    public int Count;

    /// <summary>Number of this run's first row, counted through all runs.</summary>
    public long First;

    /// <summary>Key of each row; <c>null</c> where a row's number is its key.</summary>
    public int* Keys;

    /// <summary>Version from which on each row is dead; <c>null</c> where all live.</summary>
    public long* DiedAt;
}
