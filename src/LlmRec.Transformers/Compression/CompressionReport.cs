using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using System.Text;

namespace LlmRec.Transformers;

/// <summary>
/// Size, speed and quality of compressed encoders on the caller's own texts, beside the encoder they were made of. Quality is the share of a
/// text's ten nearest neighbours that stay: it asks for nothing but texts, and compares spaces of any dimensions.
/// </summary>
public sealed class CompressionReport
{
    private const int Neighbours = 10;

    private CompressionReport(IReadOnlyList<CompressionRow> rows, int texts) => (Rows, Texts) = (rows, texts);

    /// <summary>The first encoder, then the others as they were given.</summary>
    public IReadOnlyList<CompressionRow> Rows { get; }

    /// <summary>Texts that were encoded.</summary>
    public int Texts { get; }

    /// <summary>Measures.</summary>
    /// <param name="texts">The caller's texts, at least two; a thousand say enough, since every pair is compared.</param>
    /// <param name="variants">The encoder that the others are measured by, then the others.</param>
    /// <param name="cancellationToken">Asked between encoders.</param>
    /// <exception cref="ArgumentException">There are fewer than two texts, or no encoder.</exception>
    public static CompressionReport Measure(IReadOnlyList<string> texts, IReadOnlyList<EncoderVariant> variants, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(variants);
        if (texts.Count < 2) throw new ArgumentException("neighbours need at least two texts", nameof(texts));
        if (variants.Count == 0) throw new ArgumentException("there is no encoder to measure", nameof(variants));
        var rows = new List<CompressionRow>();
        HashSet<int>[]? reference = null;
        foreach (EncoderVariant variant in variants)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var vectors = new float[texts.Count * variant.Dimensions];
            // the fastest of several passes: the first ones of a process run before the runtime has optimised what they run
            double fastest = double.PositiveInfinity;
            long begin = Stopwatch.GetTimestamp();
            do
            {
                long start = Stopwatch.GetTimestamp();
                variant.Encode(texts, vectors);
                fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
            while (Stopwatch.GetElapsedTime(begin).TotalSeconds < 0.5);
            double speed = texts.Count / fastest;
            HashSet<int>[] nearest = Nearest(vectors, texts.Count, variant.Dimensions);
            reference ??= nearest;
            double kept = reference.Zip(nearest, (a, b) => a.Count(b.Contains) / (double)a.Count).Average();
            rows.Add(new(variant.Name, variant.Bytes, variant.Dimensions, speed, kept));
        }
        return new(rows, texts.Count);
    }

    /// <summary>A table in Markdown.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("| encoder | MB | d | texts/s | nearest 10 kept |\n|---|---|---|---|---|\n");
        foreach (CompressionRow r in Rows)
            text.Append(CultureInfo.InvariantCulture, $"| {r.Name} | {r.Bytes / 1e6:0.0} | {r.Dimensions} | {r.TextsPerSecond:N0} | {100 * r.NeighboursKept:0.0} % |\n");
        return text.ToString();
    }

    /// <summary>Of each text the others that are nearest, ties by their place.</summary>
    private static HashSet<int>[] Nearest(float[] vectors, int n, int d)
    {
        for (int i = 0; i < n; i++) StaticEncoder.Normalize(vectors.AsSpan(i * d, d));
        var nearest = new HashSet<int>[n];
        int k = Math.Min(Neighbours, n - 1);
        Parallel.For(0, n, () => (new float[n], new int[n]), (i, _, scratch) =>
        {
            (float[] scores, int[] order) = scratch;
            for (int j = 0; j < n; j++)
            {
                order[j] = j;
                scores[j] = j == i ? float.NegativeInfinity : TensorPrimitives.Dot<float>(vectors.AsSpan(i * d, d), vectors.AsSpan(j * d, d));
            }
            Array.Sort(order, (a, b) => scores[a] != scores[b] ? scores[b].CompareTo(scores[a]) : a.CompareTo(b));
            nearest[i] = [.. order.AsSpan(0, k)];
            return scratch;
        }, static _ => { });
        return nearest;
    }
}
