using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace LlmRec;

/// <summary>Items as the pooled vectors of their words, from word vectors that somebody trained on far more text than a catalog has.</summary>
/// <remarks>
/// Immutable and thread-safe. A word is looked up as it is spelt, in small letters, with a capital, without the punctuation around it, and
/// in pieces; Chinese and its like by longest match; <c>New York</c> as <c>New_York</c> where the file has phrases. A user's words are read
/// in the same way. Encoding costs about words · d.
/// </remarks>
public sealed partial class WordVectorItemEncoder : IItemEncoder, IItemReader<(WordReader Reader, WordSum Sum)>
{
    private readonly WordPooling _pooling;
    private readonly ItemText _text;
    private readonly int _maxThreads;
    private readonly ConcurrentBag<(WordReader Reader, WordSum Sum)> _scratch = [];

    /// <summary>Takes a pooling that is already made.</summary>
    /// <param name="pooling">How words become a vector.</param>
    /// <param name="text">Which words of an item are read; <see langword="null"/> for the defaults.</param>
    /// <param name="maxThreads">Most threads, or 0 for as many as there are processors.</param>
    public WordVectorItemEncoder(WordPooling pooling, ItemText? text = null, int maxThreads = 0)
    {
        ArgumentNullException.ThrowIfNull(pooling);
        ArgumentOutOfRangeException.ThrowIfNegative(maxThreads);
        _pooling = pooling;
        _text = text ?? new();
        _text.Check();
        _maxThreads = maxThreads;
    }

    /// <summary>Learns from items how frequent words are and what all texts share, as the options say.</summary>
    /// <param name="words">The words.</param>
    /// <param name="items">The catalog, or any items like those to be encoded.</param>
    /// <param name="options">How; <see langword="null"/> for smooth inverse frequency without the first direction.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static WordVectorItemEncoder Fit(WordVectors words, IEnumerable<Item> items, WordVectorOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(items);
        options ??= new();
        options.Check();
        Item[] all = items as Item[] ?? [.. items];
        WordPooling pooling = WordPooling.Mean(words);
        if (options.InverseFrequency)
            pooling = options.Counts is { } counts ? WordPooling.Sif(words, counts, options.Smoothing) : Counted(words, all, options, cancellationToken);
        if (options.RemoveFirstDirection)
        {
            var plain = new WordVectorItemEncoder(pooling, options.Text, options.MaxThreads);
            pooling = pooling.WithoutFirstDirection(Rows(plain, all), cancellationToken);
        }
        return new WordVectorItemEncoder(pooling, options.Text, options.MaxThreads);

        static IEnumerable<double[]> Rows(WordVectorItemEncoder encoder, Item[] items)
        {
            (WordReader reader, WordSum sum) = encoder.Rent();
            foreach (Item item in items)
            {
                encoder.Pool(item, reader, sum);
                yield return sum.Values;
            }
        }
    }

    private static WordPooling Counted(WordVectors words, Item[] items, WordVectorOptions options, CancellationToken cancellationToken)
    {
        var reader = new WordReader(words);
        var counts = new double[words.Count];
        double total = 0;
        foreach (Item item in items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            reader.Parts.Clear();
            options.Text.AddParts(item, reader.Parts);
            foreach (TextPart part in reader.Parts)
            {
                reader.Read(part.Text);
                foreach (int number in reader.Found) counts[number]++;
                total += reader.Found.Count;
            }
        }
        return WordPooling.Sif(words, counts, total, options.Smoothing);
    }

    /// <inheritdoc/>
    public int Dimensions => _pooling.Words.Dimensions;

    /// <summary>How words become a vector.</summary>
    public WordPooling Pooling => _pooling;

    /// <inheritdoc/>
    public ValueTask EncodeAsync(IReadOnlyList<Item> items, Memory<float> vectors, CancellationToken cancellationToken = default) =>
        ItemBatch.EncodeAsync(this, items, vectors, _maxThreads, cancellationToken);

    (WordReader Reader, WordSum Sum) IItemReader<(WordReader Reader, WordSum Sum)>.Rent() => Rent();

    void IItemReader<(WordReader Reader, WordSum Sum)>.Return((WordReader Reader, WordSum Sum) scratch) => _scratch.Add(scratch);

    void IItemReader<(WordReader Reader, WordSum Sum)>.Encode(Item item, Span<float> vector, (WordReader Reader, WordSum Sum) scratch)
    {
        Pool(item, scratch.Reader, scratch.Sum);
        double[] values = scratch.Sum.Values;
        double square = 0;
        foreach (double x in values) square += x * x;
        vector.Clear();
        if (!(square > 1e-60)) return;
        double scale = 1 / Math.Sqrt(square);
        for (int i = 0; i < values.Length; i++) vector[i] = (float)(values[i] * scale);
    }

    private void Pool(Item item, WordReader reader, WordSum sum)
    {
        sum.Clear();
        reader.Parts.Clear();
        _text.AddParts(item, reader.Parts);
        foreach (TextPart part in CollectionsMarshal.AsSpan(reader.Parts))
        {
            reader.Read(part.Text);
            foreach (int number in reader.Found) _pooling.Add(number, part.Weight, sum);
        }
        _pooling.Finish(sum);
    }

    private (WordReader Reader, WordSum Sum) Rent() =>
        _scratch.TryTake(out (WordReader, WordSum) scratch) ? scratch : (new WordReader(_pooling.Words), new WordSum(Dimensions));
}
