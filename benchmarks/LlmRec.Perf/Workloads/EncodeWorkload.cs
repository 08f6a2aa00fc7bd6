using LlmRec.Kernels;
using LlmRec.Transformers;

namespace LlmRec.Perf.Workloads;

/// <summary>A transformer encoder over random ids of one length, from ids to hidden states: beside ONNX Runtime and PyTorch.</summary>
internal sealed class EncodeWorkload : IWorkload
{
    public string Name => "encode";

    public string Description => "sentence encoder: --model ../shared/models/all-MiniLM-L6-v2 --length 128 --batch 8 --weights float32|bfloat16|int8 --threads 1";

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
        TransformerModel model = TransformerModel.Load(folder, new() { Weights = weights });
        TransformerConfig c = model.Config;
        var random = new Random(options.Seed);
        int[] ids = new int[length * batch], starts = new int[batch + 1];
        for (int i = 0; i < ids.Length; i++) ids[i] = random.Next(1000, c.VocabularySize);
        for (int i = 0; i <= batch; i++) starts[i] = i * length;
        var hidden = new RowMatrix(ids.Length, c.HiddenSize);
        Timing timing = Stopwatcher.Time(() => model.Forward(new(ids, starts), hidden, threads), options.Seconds);
        double products = 2.0 * c.HiddenSize * ((2.0 * c.Heads + 2.0 * c.KeyHeads) * c.HeadSize + (c.IsGated ? 3 : 2) * c.IntermediateSize), scores = 4.0 * length * c.Heads * c.HeadSize;
        return new() { Timing = timing, Operations = c.Layers * (products + scores) * ids.Length, Items = batch };
    }
}
