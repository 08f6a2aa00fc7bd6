using LlmRec;

namespace Samples;

/// <summary><c>--encoder minilm</c> (the default: ships with the library), <c>lsa</c> (learns the catalog's own words), or a sentence-transformers folder.</summary>
internal static class EncoderChoice
{
    public const string Help = "minilm (default), lsa, or a sentence-transformers folder";

    /// <summary>What makes the chosen encoder for a catalog. A folder is loaded once, and an item encoded once, however often it is asked.</summary>
    public static Func<Catalog, Task<IItemEncoder>> Of(string? choice)
    {
        switch (choice)
        {
            case null or "minilm":
                StaticItemEncoder small = MiniLM.ItemEncoder();
                return catalog => LevelledAsync(small, catalog);
            case "lsa":
                return catalog => Task.Run<IItemEncoder>(() => LsaItemEncoder.Fit(catalog));
            default:
                if (!Directory.Exists(choice)) throw new ArgumentException($"--encoder is {Help}; there is no folder '{choice}'");
                var cached = new CachedItemEncoder(TransformerItemEncoder.Load(choice), new MemoryEmbeddingCache());
                return catalog => LevelledAsync(cached, catalog);
        }
    }

    /// <summary>A language model's vectors crowd together; levelled half-way, what differs between the items of this catalog counts more. A small catalog does not show all directions.</summary>
    private static async Task<IItemEncoder> LevelledAsync(IItemEncoder encoder, Catalog catalog)
    {
        int dimensions = Math.Min(256, encoder.Dimensions);
        return catalog.Count < 4 * dimensions ? encoder : await GeometryItemEncoder.FitAsync(encoder, catalog, new() { Dimensions = dimensions, Strength = 0.5 });
    }
}
