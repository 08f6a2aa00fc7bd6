using LlmRec.Kernels;

namespace LlmRec;

/// <summary>
/// EASE: the linear autoencoder that predicts each item from all others, in closed form: P = (XᵀX + λI)⁻¹, B(i, j) = −P(i, j) / P(j, j),
/// B(j, j) = 0. H. Steck, Embarrassingly Shallow Autoencoders for Sparse Data, WWW 2019, arXiv 1905.03375. With a diagonal limit it is SLIS
/// of M. Choi et al., WWW 2021, arXiv 2103.16104.
/// </summary>
/// <remarks>
/// Fitting is O(Σ n_u² + n³) for the n items that occur in the training, in float32 on the blocked Cholesky of the kernels; memory is 4 n² bytes, and n is at most
/// 46,340. See <see cref="LinearItemModel"/> for the rest.
/// </remarks>
public sealed class EaseModel : LinearItemModel
{
    private EaseModel(PositivePairs pairs, ItemWeights weights, string name) : base(new EqualTastes(pairs), weights, name)
    {
    }

    /// <summary>Fits the model.</summary>
    /// <param name="catalog">The items that can be recommended.</param>
    /// <param name="log">Training events; each pair of user and item counts once, signs against an item and unknown items not at all.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives how far the fit has come.</param>
    /// <param name="cancellationToken">Stops the fit, though not inside the inversion.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="ArgumentException">More than 46,340 items occur in the training.</exception>
    /// <exception cref="ArithmeticException">λ is so small that the matrix cannot be inverted in float32.</exception>
    public static EaseModel Fit(Catalog catalog, InteractionLog log, EaseOptions? options = null, IProgress<BuildProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Check();
        PositivePairs pairs = PositivePairs.From(catalog, log);
        SparseMatrix items = pairs.Matrix.Transpose();
        int[] active = ItemGram.ActiveOf(items);
        int n = active.Length, threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        float lambda = (float)options.Regularisation;
        float[] p = ItemGram.Square(n, "EASE");
        ItemGram.Add(pairs.Matrix, items, active, p, 1, options.Threads, progress, cancellationToken);
        for (int i = 0; i < n; i++) p[i * n + i] += lambda;
        cancellationToken.ThrowIfCancellationRequested();
        progress?.Report(new("inverting", 0));
        if (n > 0) Cholesky.Invert(new(p, n, n), threads);
        cancellationToken.ThrowIfCancellationRequested();

        // B = I − P · diag(γ): γ(j) makes the diagonal 0, or the limit where it would exceed it
        double[] gamma = new double[n];
        for (int j = 0; j < n; j++)
        {
            double pjj = p[j * n + j];
            gamma[j] = options.DiagonalLimit > 0 && 1 - options.Regularisation * pjj <= options.DiagonalLimit ? options.Regularisation : (1 - options.DiagonalLimit) / pjj;
        }
        for (int i = 0; i < n; i++)
        {
            Span<float> row = p.AsSpan(i * n, n);
            for (int j = 0; j < n; j++) row[j] = (float)((i == j ? 1 : 0) - row[j] * gamma[j]);
            if (options.DiagonalLimit == 0) row[i] = 0;
        }
        progress?.Report(new("inverting", 1));
        string name = FormattableString.Invariant($"{(options.DiagonalLimit > 0 ? "SLIS" : "EASE")} {options.Regularisation:0.###}");
        return new(pairs, new DenseItemWeights(pairs.Items.Length, active, p), name);
    }
}
