using LlmRec.Transformers;

namespace LlmRec.Perf.Workloads;

/// <summary>A sentence encoder, from ids to vectors: random ids of one length, or the titles of a file with all their lengths. Beside ONNX Runtime and PyTorch.</summary>
internal sealed class EncodeWorkload : IWorkload
{
    public string Name => "encode";

    public string Description => "sentence encoder: --model ../shared/models/all-MiniLM-L6-v2 --length 128 --titles FILE --batch 8 --weights float32|bfloat16|int8 --threads 1";

    public PerfResult Run(PerfArguments options)
    {
        string folder = options.Text("model", "../shared/models/all-MiniLM-L6-v2");
        int length = options.Int("length", 128), batch = options.Int("batch", 8), threads = options.Threads;
        WeightFormat weights = options.Text("weights", "float32") switch
        {
            "float32" => WeightFormat.Float32,
            "bfloat16" => WeightFormat.BFloat16,
            "int8" => WeightFormat.Int8,
            string other => throw new ArgumentException($"--weights is float32, bfloat16 or int8, got '{other}'"),
        };
        SentenceEncoder encoder = SentenceEncoder.Load(folder, new() { Weights = weights, Threads = threads });
        TransformerConfig c = encoder.Model.Config;
        string titles = options.Text("titles", "");
        TokenBatch tokens = titles.Length > 0 ? Titles(titles, encoder, batch, options.Seed) : Random(length, c.VocabularySize, batch, options.Seed);
        var vectors = new float[batch * encoder.Dimensions];
        Timing timing = Stopwatcher.Time(() => encoder.Encode(new PackedTokens(tokens.Ids, tokens.RowStarts), vectors), options.Seconds);
        double products = 2.0 * c.HiddenSize * ((2.0 * c.Heads + 2.0 * c.KeyHeads) * c.HeadSize + (c.IsGated ? 3 : 2) * c.IntermediateSize), operations = 0;
        for (int i = 0; i < batch; i++) operations += c.Layers * (products + 4.0 * tokens.LengthOf(i) * c.Heads * c.HeadSize) * tokens.LengthOf(i);
        return new() { Timing = timing, Operations = operations, Items = batch, More = [("tokens", tokens.TokenCount), ("longest", tokens.MaxLength)] };
    }

    private static TokenBatch Random(int length, int words, int batch, int seed)
    {
        var random = new Random(seed);
        var tokens = new TokenBatch();
        var ids = new int[length];
        for (int i = 0; i < batch; i++)
        {
            foreach (ref int id in ids.AsSpan()) id = random.Next(1000, words);
            tokens.Add(ids);
        }

        return tokens;
    }

    /// <summary>Lines drawn from a file; of lines with tabs the last field, the title in the item files of the data sets.</summary>
    private static TokenBatch Titles(string path, SentenceEncoder encoder, int batch, int seed)
    {
        string[] lines = File.ReadAllLines(path);
        var random = new Random(seed);
        var tokens = new TokenBatch();
        for (int i = 0; i < batch; i++)
        {
            string line = lines[random.Next(1, lines.Length)];
            encoder.Tokenizer.EncodeTo(tokens, line.AsSpan(line.LastIndexOf('\t') + 1), new() { MaxTokenCount = encoder.MaxTokens });
        }

        return tokens;
    }
}
