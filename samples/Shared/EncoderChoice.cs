using LlmRec;

namespace Samples;

/// <summary><c>--encoder minilm</c> (the default: ships with the library), <c>lsa</c> (learns the catalog's own words), or a sentence-transformers folder.</summary>
internal static class EncoderChoice
{
    public const string Help = "minilm (default), lsa, or a sentence-transformers folder";

    /// <summary>What is put into a builder for the choice; a folder is loaded once, and an item encoded once, however many recommenders are built.</summary>
    public static Func<RecommenderBuilder, RecommenderBuilder> Of(string? choice)
    {
        switch (choice)
        {
            case null or "minilm":
                StaticItemEncoder small = MiniLM.ItemEncoder();
                return builder => builder.UseItemEncoder(small);
            case "lsa":
                return builder => builder.UseLsa(new());
            default:
                if (!Directory.Exists(choice)) throw new ArgumentException($"--encoder is {Help}; there is no folder '{choice}'");
                var cached = new CachedItemEncoder(TransformerItemEncoder.Load(choice), new MemoryEmbeddingCache());
                // a language model's vectors crowd together; levelled, what differs is what counts
                return builder => builder.UseItemEncoder(cached).UseGeometry(new() { Dimensions = Math.Min(256, cached.Dimensions) });
        }
    }
}
