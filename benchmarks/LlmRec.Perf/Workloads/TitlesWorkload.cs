using LlmRec.Transformers;

namespace LlmRec.Perf.Workloads;

/// <summary>Real titles to vectors, text in and vector out: the static encoder beside the whole model it was made of.</summary>
internal sealed class TitlesWorkload : IWorkload
{
    public string Name => "titles";

    public string Description => "titles to vectors: --encoder minilm|FOLDER --file ../shared/data/s3rec/Beauty_items.tsv --column 2 --count 1024 --weights float32 --threads 1";

    public PerfResult Run(PerfArguments options)
    {
        string encoder = options.Text("encoder", "minilm"), file = options.Text("file", "../shared/data/s3rec/Beauty_items.tsv");
        int column = options.Int("column", 2), count = options.Int("count", 1024), threads = options.Threads;
        string[] all = [.. File.ReadLines(file).Skip(1).Select(l => l.Split('\t')[column])];
        // evenly over the file
        string[] texts = [.. Enumerable.Range(0, Math.Min(count, all.Length)).Select(i => all[(int)((long)i * all.Length / Math.Min(count, all.Length))])];
        Timing timing;
        if (encoder == "minilm")
        {
            StaticEncoder table = MiniLM.Encoder;
            var vectors = new float[texts.Length * table.Dimensions];
            timing = Stopwatcher.Time(() => table.Encode(texts, vectors), options.Seconds);
        }
        else
        {
            SentenceEncoder model = SentenceEncoder.Load(encoder, new() { Threads = threads, Weights = Enum.Parse<WeightFormat>(options.Text("weights", "float32"), ignoreCase: true) });
            var vectors = new float[texts.Length * model.Dimensions];
            timing = Stopwatcher.Time(() => model.Encode(texts, vectors), options.Seconds);
        }
        return new() { Timing = timing, Items = texts.Length };
    }
}
