using LlmRec.Transformers;

namespace LlmRec.Quality;

/// <summary>Every way to make a sentence encoder smaller, on a data set's titles: size, speed on one thread, and the neighbours that stay.</summary>
internal static class CompressionExperiment
{
    private const int Texts = 1000;

    public static void Run(NamedDataset data, string folder, TextWriter output)
    {
        string[] all = [.. data.Catalog.Select(i => i.Title)], texts = [.. all.Where((_, i) => i % Math.Max(1, all.Length / Texts) == 0).Take(Texts)];
        var one = new SentenceEncoderOptions { Threads = 1 };
        SentenceEncoder whole = SentenceEncoder.Load(folder, one);
        int d = whole.Dimensions;
        StaticEncoder lookup = StaticEncoder.Distill(SentenceEncoder.Load(folder), new() { Whitening = 1 });
        var variants = new List<EncoderVariant>
        {
            EncoderVariant.Of("float32", whole),
            EncoderVariant.Of("int8 weights", SentenceEncoder.Load(folder, one with { Weights = WeightFormat.Int8 })),
            EncoderVariant.Of("bfloat16 weights", SentenceEncoder.Load(folder, one with { Weights = WeightFormat.BFloat16 })),
            EncoderVariant.Of("first half of the dimensions", SentenceEncoder.Load(folder, one with { Dimensions = d / 2 })),
            EncoderVariant.Of("static", lookup),
            EncoderVariant.Of("static, first half", lookup.Truncate(lookup.Dimensions / 2)),
        };
        string place = Directory.CreateTempSubdirectory("llmrec-pruned-").FullName;
        try
        {
            int heads = Math.Max(1, whole.Model.Config.Heads / 4);
            foreach ((string name, PruningOptions options) in (ReadOnlySpan<(string, PruningOptions)>)
                [("vocabulary pruned", new()), ($"and {heads} heads of each layer", new() { HeadsPerLayer = heads }), ("vocabulary and 1 layer", new() { Layers = 1 }), ("vocabulary and 2 layers", new() { Layers = 2 })])
            {
                string to = Path.Combine(place, variants.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
                output.WriteLine($"{name}: {EncoderPruner.Prune(folder, to, all, options)}");
                variants.Add(EncoderVariant.Of(name, SentenceEncoder.Load(to, one)));
            }
            output.WriteLine($"{data.Name}, {texts.Length} titles\n{CompressionReport.Measure(texts, variants)}");
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }
}
