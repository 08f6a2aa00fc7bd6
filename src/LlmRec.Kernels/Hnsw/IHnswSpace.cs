namespace LlmRec.Kernels;

/// <summary>
/// How alike rows are; more is closer. A struct, so that the traversal is compiled once for each kind of row without a virtual call.
/// Nodes are row numbers of the index's own storage.
/// </summary>
internal unsafe interface IHnswSpace
{
    /// <summary>Makes a row the query of the following <see cref="Score"/> calls.</summary>
    void AimAt(int node, HnswScratch scratch);

    /// <summary>Scores <paramref name="count"/> rows against the query.</summary>
    void Score(int* nodes, int count, float* scores);

    /// <summary>The likeness of two rows.</summary>
    float Between(int a, int b);
}
