namespace LlmRec.Quality;

/// <summary>A catalog with vectors and counts, as the recommender holds them.</summary>
internal sealed class ItemSpace(Catalog catalog, float[] vectors, int dimensions) : IItemSpace
{
    /// <summary>Encodes the catalog with an encoder.</summary>
    public static async Task<ItemSpace> EncodeAsync(Catalog catalog, IItemEncoder encoder)
    {
        Item[] items = [.. catalog];   // nothing was removed, so places are handles
        var vectors = new float[items.Length * encoder.Dimensions];
        await encoder.EncodeAsync(items, vectors).ConfigureAwait(false);
        return new(catalog, vectors, encoder.Dimensions);
    }

    public Catalog Catalog { get; } = catalog;

    public int Dimensions { get; } = dimensions;

    public BehaviourModel? Behaviour { get; set; }

    public ReadOnlySpan<float> VectorOf(int handle) => vectors.AsSpan(handle * Dimensions, Dimensions);
}
