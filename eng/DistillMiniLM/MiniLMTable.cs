using System.Text;
using LlmRec.Kernels;
using LlmRec.Transformers;

namespace DistillMiniLM;

/// <summary>The two files of LlmRec.Models.MiniLM, made from the published folder.</summary>
internal static class MiniLMTable
{
    public const int Dimensions = 256;

    private const int Block = 128;

    public static async Task MakeAsync(string folder, string destination, int threads, Action<double> progress)
    {
        // What a text can hold comes first, in the vocabulary's order, which is by frequency; then the tokens that have no row.
        Tokenizer published = Tokenizer.Load(folder);
        SpecialTokens special = published.SpecialTokens;
        int cls = special.Cls!.Value, sep = special.Sep!.Value, mask = special.Mask!.Value;
        string[] pieces = [.. Enumerable.Range(0, published.Vocabulary.Size).Select(id => published.Vocabulary[id]!)];
        int[] rows = [.. Enumerable.Range(0, pieces.Length).Where(id => !(pieces[id].StartsWith("[unused", StringComparison.Ordinal) && pieces[id].EndsWith(']')) && id != cls && id != sep && id != mask)];
        byte[] vocabulary = Encoding.UTF8.GetBytes(string.Concat(rows.Concat([cls, sep, mask]).Select(id => pieces[id] + "\n")));

        float[] vectors = Vectors(new ExactBert(folder), rows, cls, sep, threads, progress);
        StaticEncoder encoder = StaticEncoder.FromVectors(Tokenizer.FromWordPieces(vocabulary), [.. Enumerable.Range(0, rows.Length)],
            new ReadOnlyMatrixSpan(vectors, rows.Length, vectors.Length / rows.Length), new() { Dimensions = Dimensions, Whitening = 1, Threads = threads });
        Directory.CreateDirectory(destination);
        var writer = new SafeTensorsWriter();
        encoder.Save(writer, withTokenizer: false);
        await writer.WriteAsync(Path.Combine(destination, "minilm.safetensors"));
        await File.WriteAllBytesAsync(Path.Combine(destination, "vocab.txt"), vocabulary);
    }

    private static float[] Vectors(ExactBert model, int[] tokens, int first, int last, int threads, Action<double> progress)
    {
        int d = model.Dimensions, blocks = (tokens.Length + Block - 1) / Block, done = 0;
        var vectors = new float[tokens.Length * d];
        Parallel.For(0, blocks, new ParallelOptions { MaxDegreeOfParallelism = threads }, b =>
        {
            int from = b * Block, count = Math.Min(Block, tokens.Length - from);
            model.Encode(tokens.AsSpan(from, count), first, last, vectors.AsSpan(from * d, count * d));
            progress((double)Interlocked.Increment(ref done) / blocks);
        });
        return vectors;
    }
}
