using System.Text;
using LlmRec.Transformers;

namespace LlmRec.Perf.Workloads;

/// <summary>Text to token ids: a file with a text a line, tokenized one text after the other.</summary>
internal sealed class TokenizeWorkload : IWorkload
{
    public string Name => "tokenize";

    public string Description => "text to ids: --tokenizer FOLDER_OR_FILE --corpus FILE (a text a line) --mode span|batch|offsets|load --texts 0 (all)";

    public PerfResult Run(PerfArguments options)
    {
        string path = options.Text("tokenizer", "tokenizer.json"), mode = options.Text("mode", "span"), corpus = options.Text("corpus", "corpus.txt");
        int wanted = options.Int("texts", 0);
        var tokenizer = Tokenizer.Load(path);
        if (mode == "load") return new() { Timing = Stopwatcher.Time(() => Tokenizer.Load(path), options.Seconds), Items = 1 };

        string[] texts = [.. File.ReadLines(corpus).Where(t => t.Length > 0)];
        if (wanted > 0) texts = texts[..Math.Min(wanted, texts.Length)];
        double bytes = texts.Sum(t => (double)Encoding.UTF8.GetByteCount(t));
        int[] ids = new int[1 << 20];
        var batch = new TokenBatch();
        long tokens = 0, allocated = 0;
        Action work = mode switch
        {
            "span" => () =>
            {
                foreach (string text in texts) tokens += tokenizer.Encode(text, ids);
            },
            "batch" => () =>
            {
                batch.Clear();
                tokenizer.EncodeBatch(texts, batch);
                tokens += batch.TokenCount;
            },
            "offsets" => () =>
            {
                foreach (string text in texts) tokens += tokenizer.Encode(text).Count;
            },
            _ => throw new ArgumentException($"--mode is span, batch, offsets or load, got '{mode}'"),
        };
        Timing timing = Stopwatcher.Time(() =>
        {
            tokens = 0;
            long before = GC.GetAllocatedBytesForCurrentThread();
            work();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }, options.Seconds);
        return new()
        {
            Timing = timing,
            Bytes = bytes,
            Items = texts.Length,
            More =
            [
                ("mb_per_s", bytes / 1e6 / timing.Median),
                ("mb_per_s_p10", bytes / 1e6 / timing.P10),
                ("tokens", tokens),
                ("mtokens_per_s", tokens / 1e6 / timing.Median),
                ("bytes_allocated_per_text", (double)allocated / texts.Length),
            ],
        };
    }
}
