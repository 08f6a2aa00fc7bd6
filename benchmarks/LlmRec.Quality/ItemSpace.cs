namespace LlmRec.Quality;

/// <summary>A catalog with vectors and counts, as the recommender holds them.</summary>
internal sealed class ItemSpace(Catalog catalog, float[] vectors, int dimensions) : IItemSpace
{
    public Catalog Catalog { get; } = catalog;

    public int Dimensions { get; } = dimensions;

    public BehaviourModel? Behaviour { get; set; }

    public ReadOnlySpan<float> VectorOf(int handle) => vectors.AsSpan(handle * Dimensions, Dimensions);
}
