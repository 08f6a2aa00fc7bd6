using System.Numerics.Tensors;
using LlmRec.Kernels;

namespace LlmRec;

/// <summary>
/// Latent semantic analysis (Deerwester et al. 1990): TF-IDF rows of the items' words, projected on their leading singular directions.
/// Needs no download, learns a catalog in seconds, and reads what a user writes with the same vocabulary.
/// </summary>
/// <remarks>
/// Immutable and thread-safe once fitted. Encoding costs about terms · d multiplications an item. The same items and options give the
/// same bytes for any number of threads.
/// </remarks>
public sealed partial class LsaItemEncoder : IItemEncoder, IItemReader<TermCounter>
{
    /// <summary>A small catalog is given a quarter of its size in dimensions, but not fewer than this.</summary>
    private const int FewestDimensions = 16;

    /// <summary>Singular values count as at least this fraction of the largest when directions are levelled, so that noise is not blown up.</summary>
    private const double LeastSingularValue = 0.01;

    private readonly TfIdfVectorizer _terms;
    private readonly ItemText _text;
    private readonly float[] _projection;   // (columns, d)
    private readonly int _maxThreads;

    private LsaItemEncoder(TfIdfVectorizer terms, ItemText text, float[] projection, int dimensions, int maxThreads)
    {
        _terms = terms;
        _text = text;
        _projection = projection;
        Dimensions = dimensions;
        _maxThreads = maxThreads;
    }

    /// <summary>Dimensions d: as many as asked for, or as many directions as the items have, at least 1.</summary>
    public int Dimensions { get; }

    /// <summary>Number of terms the encoder knows.</summary>
    public int TermCount => _terms.Columns;

    /// <summary>Learns the vocabulary and the directions from items.</summary>
    /// <param name="items">The catalog, or any items like those to be encoded; none at all gives an encoder whose vectors are all zero.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives the part done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static LsaItemEncoder Fit(
        IEnumerable<Item> items, LsaOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        options ??= new();
        options.Check();
        Item[] all = items as Item[] ?? [.. items];
        Item[] sample = all.Length <= options.MaxFitItems ? all : [.. FitSample.Indices(all.Length, options.MaxFitItems, options.Seed).Select(i => all[i])];

        TfIdfVectorizer terms = TfIdfVectorizer.Fit(PartsOf(sample, options.Text), options.Terms, out SparseMatrix rows, cancellationToken);
        const double termsDone = 0.2;
        progress?.Report(termsDone);
        var svdOptions = new TruncatedSvdOptions { PowerIterations = options.PowerIterations, Seed = options.Seed, MaxThreads = options.MaxThreads };
        IProgress<double>? rest = progress is null ? null : new Rest(progress, termsDone);
        // With nearly as many directions as items every item is at a right angle to every other, and nothing is like anything.
        int wanted = Math.Min(options.Dimensions, Math.Max(FewestDimensions, sample.Length / 4));
        TruncatedSvd svd = TruncatedSvd.Compute(rows, wanted, svdOptions, rest, cancellationToken);

        int d = Math.Max(1, svd.Rank);
        var projection = new float[(long)terms.Columns * d];
        double[] factors = [.. Enumerable.Range(0, svd.Rank).Select(k => Math.Pow(Math.Max(svd.SingularValues[k], LeastSingularValue * svd.SingularValues[0]), -options.Flattening))];
        for (int i = 0; i < svd.RightVectors.Length; i++) projection[i] = (float)(svd.RightVectors[i] * factors[i % d]);
        return new LsaItemEncoder(terms, options.Text, projection, d, options.MaxThreads);
    }

    /// <inheritdoc/>
    public ValueTask EncodeAsync(IReadOnlyList<Item> items, Memory<float> vectors, CancellationToken cancellationToken = default) =>
        ItemBatch.EncodeAsync(this, items, vectors, _maxThreads, cancellationToken);

    TermCounter IItemReader<TermCounter>.Rent() => _terms.Rent();

    void IItemReader<TermCounter>.Return(TermCounter scratch) => _terms.Return(scratch);

    void IItemReader<TermCounter>.Encode(Item item, Span<float> vector, TermCounter counter)
    {
        counter.Parts.Clear();
        _text.AddParts(item, counter.Parts);
        counter.Count(_terms, counter.Parts);
        vector.Clear();
        ReadOnlySpan<int> columns = counter.Columns;
        ReadOnlySpan<float> values = counter.Values;
        for (int e = 0; e < columns.Length; e++)
            TensorPrimitives.MultiplyAdd(_projection.AsSpan(columns[e] * Dimensions, Dimensions), values[e], vector, vector);

        // The row has length 1: what is left of it after a projection this short is rounding.
        double norm = Math.Sqrt(TensorPrimitives.SumOfSquares<float>(vector));
        if (norm > 1e-6) TensorPrimitives.Multiply(vector, (float)(1 / norm), vector);
        else vector.Clear();
    }

    private static IEnumerable<IReadOnlyList<TextPart>> PartsOf(Item[] items, ItemText text)
    {
        List<TextPart> parts = [];
        foreach (Item item in items)
        {
            parts.Clear();
            text.AddParts(item, parts);
            yield return parts;
        }
    }

    private sealed class Rest(IProgress<double> whole, double done) : IProgress<double>
    {
        public void Report(double value) => whole.Report(done + (1 - done) * value);
    }
}
