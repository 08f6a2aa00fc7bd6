using System.Numerics.Tensors;
using LlmRec.Kernels;

namespace LlmRec;

/// <summary>
/// A linear map fitted on the vectors of a catalog: mean removal, whitening and the cut to the leading principal directions (Su et al. 2021,
/// "Whitening sentence representations"; WhitenRec, arXiv 2402.10602). Vectors of language models crowd into a narrow cone where every
/// cosine is high; levelling their directions spreads them.
/// </summary>
/// <remarks>
/// Immutable and thread-safe. Fitting costs n · d² / 2 multiplications and an eigendecomposition of about 10 · d³, applying d · k a vector.
/// Directions the catalog does not support are dropped: those without variance, and with whitening all beyond a quarter of the number of items (16
/// at the least), since with nearly as many levelled directions as items each item stands at a right angle to every other. A catalog without any variance (no
/// item, one, or all alike) leaves vectors as they are.
/// </remarks>
public sealed partial class EmbeddingGeometry
{
    /// <summary>A small catalog supports a quarter of its size in directions, but not fewer than this.</summary>
    private const int FewestDirections = 16;

    private readonly float[] _mean;   // (d)
    private readonly Part[] _parts;

    /// <summary>A map of consecutive dimensions.</summary>
    /// <param name="First">First dimension it reads.</param>
    /// <param name="Inputs">Dimensions it reads, m.</param>
    /// <param name="Outputs">Dimensions it writes, k, after those of the parts before it.</param>
    /// <param name="Map">(k, m)</param>
    private sealed record Part(int First, int Inputs, int Outputs, float[] Map);

    private EmbeddingGeometry(float[] mean, Part[] parts)
    {
        _mean = mean;
        _parts = parts;
        Dimensions = parts.Sum(p => p.Outputs);
    }

    /// <summary>Dimensions d of the vectors that come in.</summary>
    public int InputDimensions => _mean.Length;

    /// <summary>Dimensions k of those that go out.</summary>
    public int Dimensions { get; }

    /// <summary>Fits on the rows of a matrix.</summary>
    /// <param name="vectors">n × d, finite; rows of zeros stand for items without a vector and are left out.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">An option is out of range or does not fit the dimensions, or a vector holds NaN or infinity.</exception>
    public static EmbeddingGeometry Fit(RowMatrix vectors, EmbeddingGeometryOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        options ??= new();
        Check(options, vectors.Columns);
        var sum = new CovarianceSum(vectors.Columns, Threads(options));
        foreach (int i in FitSample.Indices(vectors.Rows, options.MaxFitItems, options.Seed))
        {
            if ((i & 255) == 0) cancellationToken.ThrowIfCancellationRequested();
            foreach (float x in vectors.Row(i))
                if (!float.IsFinite(x)) throw new ArgumentException($"row {i} holds {x}", nameof(vectors));
            sum.Add(vectors.Row(i));
        }
        return Of(sum, options, cancellationToken);
    }

    internal static void Check(EmbeddingGeometryOptions options, int dimensions)
    {
        options.Check();
        if (options.Groups > dimensions) throw new ArgumentException($"{dimensions} dimensions cannot be cut into {options.Groups} groups", nameof(options));
    }

    internal static int Threads(EmbeddingGeometryOptions options) => options.MaxThreads == 0 ? Environment.ProcessorCount : options.MaxThreads;

    /// <summary>The map for what was summed.</summary>
    internal static EmbeddingGeometry Of(CovarianceSum sum, EmbeddingGeometryOptions options, CancellationToken cancellationToken)
    {
        (double[] mean, double[] covariance) = sum.Finish();
        int d = mean.Length;
        double total = 0, square = 0;
        for (int i = 0; i < d; i++)
        {
            total += covariance[i * d + i];
            square += mean[i] * mean[i];
        }
        // Equal rows leave a variance of rounding: nothing can be learnt from them.
        if (!(total > 1e-10 * (square + total))) return Identity(d);

        // Without mean removal the directions are those of the moments about zero.
        if (!options.RemoveMean)
            for (int i = 0; i < d; i++)
                for (int j = 0; j < d; j++) covariance[i * d + j] += mean[i] * mean[j];
        var parts = new Part[options.Groups];
        long supported = options.Whitening == Whitening.None ? d : Math.Max(FewestDirections, sum.Count / 4);
        for (int g = 0; g < parts.Length; g++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int first = (int)((long)d * g / parts.Length), m = (int)((long)d * (g + 1) / parts.Length) - first;
            parts[g] = Fit(covariance, d, first, m, (int)Math.Min(options.Dimensions ?? m, Math.Min(m, supported)), options);
        }
        return new EmbeddingGeometry(options.RemoveMean ? [.. mean.Select(x => (float)x)] : new float[d], parts);
    }

    private static Part Fit(double[] covariance, int d, int first, int m, int most, EmbeddingGeometryOptions options)
    {
        if (options.Whitening == Whitening.None && options.Dimensions is null) return IdentityPart(first, m);
        var block = new double[m * m];
        for (int i = 0; i < m; i++) covariance.AsSpan((first + i) * d + first, m).CopyTo(block.AsSpan(i * m));
        double[] values = new double[m], vectors = new double[m * m];   // row k of vectors: direction k
        SymmetricEigen.Decompose(block, m, values, vectors);
        int k = 0;
        while (k < most && values[k] > 0 && values[k] >= options.LeastVariance * values[0]) k++;
        if (k == 0) return IdentityPart(first, m);

        double Scale(int j) => options.Whitening == Whitening.None ? 1 : Math.Pow(values[j], -options.Strength / 2);
        if (options.Whitening != Whitening.Zca)
        {
            var map = new float[k * m];
            for (int j = 0; j < k; j++)
                for (int i = 0; i < m; i++) map[j * m + i] = (float)(Scale(j) * vectors[j * m + i]);
            return new Part(first, m, k, map);
        }
        var back = new double[m * m];
        for (int j = 0; j < k; j++)
        {
            ReadOnlySpan<double> u = vectors.AsSpan(j * m, m);
            double scale = Scale(j);
            for (int i = 0; i < m; i++) TensorPrimitives.MultiplyAdd(u, scale * u[i], back.AsSpan(i * m, m), back.AsSpan(i * m, m));
        }
        return new Part(first, m, m, [.. back.Select(x => (float)x)]);
    }

    private static EmbeddingGeometry Identity(int d) => new(new float[d], [IdentityPart(0, d)]);

    private static Part IdentityPart(int first, int m)
    {
        var map = new float[m * m];
        for (int i = 0; i < m; i++) map[i * m + i] = 1;
        return new Part(first, m, m, map);
    }

    /// <summary>Maps a vector.</summary>
    /// <param name="vector">d values.</param>
    /// <param name="mapped">Receives k values, not scaled to unit length; zeros for a vector of zeros, which stands for nothing to say, and for the mean itself.</param>
    /// <exception cref="ArgumentException"><paramref name="vector"/> has another length than d, or <paramref name="mapped"/> is shorter than k.</exception>
    public void Apply(ReadOnlySpan<float> vector, Span<float> mapped)
    {
        if (vector.Length != InputDimensions) throw new ArgumentException($"the geometry was fitted on {InputDimensions} dimensions, the vector has {vector.Length}", nameof(vector));
        if (mapped.Length < Dimensions) throw new ArgumentException($"{Dimensions} values are needed, got room for {mapped.Length}", nameof(mapped));
        if (!vector.ContainsAnyExcept(0f))
        {
            mapped[..Dimensions].Clear();
            return;
        }
        Span<float> centred = InputDimensions <= 1024 ? stackalloc float[InputDimensions] : new float[InputDimensions];
        TensorPrimitives.Subtract(vector, _mean, centred);
        if (TensorPrimitives.Norm<float>(centred) <= 1e-6f * TensorPrimitives.Norm<float>(_mean))
        {
            // The mean itself: what is left is rounding, which levelling would turn into a direction.
            mapped[..Dimensions].Clear();
            return;
        }
        int at = 0;
        foreach (Part part in _parts)
        {
            ReadOnlySpan<float> x = centred.Slice(part.First, part.Inputs);
            for (int k = 0; k < part.Outputs; k++) mapped[at++] = TensorPrimitives.Dot(x, part.Map.AsSpan(k * part.Inputs, part.Inputs));
        }
    }

    /// <summary>Maps a vector and scales it to unit length; zeros where nothing is left, as of an item that is exactly the mean.</summary>
    internal void ApplyUnit(ReadOnlySpan<float> vector, Span<float> mapped)
    {
        mapped = mapped[..Dimensions];
        Apply(vector, mapped);
        UserVectors.Normalise(mapped);
    }
}
