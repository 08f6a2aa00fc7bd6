namespace LlmRec.Kernels;

/// <summary>How two vectors are compared. A greater score is nearer, whatever the metric.</summary>
public enum VectorMetric
{
    /// <summary>The inner product Σ qᵢxᵢ. For vectors of unit length this is the cosine, at the least cost.</summary>
    InnerProduct,

    /// <summary>The cosine of the angle, in [−1, 1].</summary>
    Cosine,

    /// <summary>Minus the squared Euclidean distance, −Σ (qᵢ − xᵢ)².</summary>
    SquaredDistance,
}
