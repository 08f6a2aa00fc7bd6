namespace LlmRec.Kernels;

/// <summary>What a scan of an index reads and what its hits name.</summary>
internal enum ScanTarget
{
    /// <summary>The rows; hits name keys.</summary>
    Rows,

    /// <summary>The compact copies; hits name places.</summary>
    CoarsePlaces,
}
