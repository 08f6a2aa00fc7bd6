using System.Buffers;
using LlmRec.Transformers;

namespace LlmRec;

/// <summary>Any item encoder, its vectors mapped by an <see cref="EmbeddingGeometry"/>: mean removed, whitened, cut.</summary>
/// <remarks>
/// Thread-safe when the inner encoder is. A user's words go the same way as the items. Saved with a <see cref="Recommender"/>; when the inner
/// encoder is code of the host's, that alone is given again in <see cref="LoadOptions.ItemEncoder"/>.
/// </remarks>
public sealed class GeometryItemEncoder : IItemEncoder, ISavedEncoder
{
    internal const string SavedKind = "geometry";

    private const int Batch = 256;

    /// <summary>Joins the two.</summary>
    /// <exception cref="ArgumentException">The geometry was fitted on vectors of other dimensions.</exception>
    public GeometryItemEncoder(IItemEncoder inner, EmbeddingGeometry geometry)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(geometry);
        if (inner.Dimensions != geometry.InputDimensions)
            throw new ArgumentException($"the geometry was fitted on {geometry.InputDimensions} dimensions, the encoder makes {inner.Dimensions}", nameof(geometry));
        Inner = inner;
        Geometry = geometry;
    }

    /// <summary>Encodes items and fits a geometry on their vectors.</summary>
    /// <param name="inner">The encoder.</param>
    /// <param name="items">The catalog, or any items like those to be encoded.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives the part done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">An option is out of range or does not fit the encoder.</exception>
    /// <exception cref="InvalidOperationException">The encoder gave a vector that is not finite.</exception>
    /// <remarks>A <see cref="RecommenderBuilder"/> does this without encoding the catalog twice: <see cref="RecommenderBuilder.UseGeometry"/>.</remarks>
    public static async ValueTask<GeometryItemEncoder> FitAsync(IItemEncoder inner, IEnumerable<Item> items, EmbeddingGeometryOptions? options = null,
        IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(items);
        options ??= new();
        EmbeddingGeometry.Check(options, inner.Dimensions);
        Item[] all = items as Item[] ?? [.. items];
        int[] sample = [.. FitSample.Indices(all.Length, options.MaxFitItems, options.Seed)];
        int d = inner.Dimensions;
        var sum = new CovarianceSum(d, EmbeddingGeometry.Threads(options));
        var vectors = new float[Batch * d];
        for (int start = 0; start < sample.Length; start += Batch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Item[] batch = [.. sample.Skip(start).Take(Batch).Select(i => all[i])];
            await inner.EncodeAsync(batch, vectors.AsMemory(0, batch.Length * d), cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < batch.Length; i++)
            {
                ItemVectors.Check(batch[i], vectors.AsSpan(i * d, d));
                sum.Add(vectors.AsSpan(i * d, d));
            }
            progress?.Report(Math.Min(sample.Length, start + Batch) / (double)sample.Length);
        }
        return new GeometryItemEncoder(inner, EmbeddingGeometry.Of(sum, options, cancellationToken));
    }

    /// <summary>The encoder whose vectors are mapped.</summary>
    public IItemEncoder Inner { get; }

    /// <summary>The map.</summary>
    public EmbeddingGeometry Geometry { get; }

    /// <inheritdoc/>
    public int Dimensions => Geometry.Dimensions;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The inner encoder gave a vector that is not finite.</exception>
    public async ValueTask EncodeAsync(IReadOnlyList<Item> items, Memory<float> vectors, CancellationToken cancellationToken = default)
    {
        ItemBatch.Check(items, Dimensions, vectors);
        int d = Inner.Dimensions, k = Dimensions;
        float[] raw = ArrayPool<float>.Shared.Rent(items.Count * d);
        try
        {
            await Inner.EncodeAsync(items, raw.AsMemory(0, items.Count * d), cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < items.Count; i++)
            {
                ItemVectors.Check(items[i], raw.AsSpan(i * d, d));
                Geometry.ApplyUnit(raw.AsSpan(i * d, d), vectors.Span.Slice(i * k, k));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(raw);
        }
    }

    string? ISavedEncoder.Kind => SavedKind;

    void ISavedEncoder.Save(SafeTensorsWriter writer, string prefix)
    {
        Geometry.Save(writer, prefix);
        string kind = SavedEncoders.KindOf(Inner);
        writer.AddStrings(prefix + "inner", [kind]);
        if (kind != SavedEncoders.External) ((ISavedEncoder)Inner).Save(writer, prefix + SavedEncoders.PrefixOf(kind));
    }

    /// <summary>Reads what was saved.</summary>
    /// <param name="file">The file.</param>
    /// <param name="prefix">What the names of its tensors start with.</param>
    /// <param name="given">The inner encoder, where that is code of the host's.</param>
    /// <exception cref="InvalidDataException">The state is damaged, or the inner encoder is not given.</exception>
    internal static IItemEncoder Load(SafeTensorsFile file, string prefix, IItemEncoder? given)
    {
        if (given is GeometryItemEncoder whole) return whole;
        if (given is CachedItemEncoder { Inner: GeometryItemEncoder }) return given;
        EmbeddingGeometry geometry = EmbeddingGeometry.Load(file, prefix);
        string[] kind = file.ReadStrings(prefix + "inner");
        if (kind.Length != 1) throw new InvalidDataException($"{file.Name}: an embedding geometry over {kind.Length} encoders");
        IItemEncoder inner = given ?? SavedEncoders.Load(kind[0], file, prefix + SavedEncoders.PrefixOf(kind[0]), null);
        return inner.Dimensions == geometry.InputDimensions ? new GeometryItemEncoder(inner, geometry)
            : throw new InvalidDataException($"{file.Name}: the embedding geometry was fitted on {geometry.InputDimensions} dimensions, the {(given is null ? "saved" : "given")} encoder makes {inner.Dimensions}: give the encoder it was built with");
    }
}
