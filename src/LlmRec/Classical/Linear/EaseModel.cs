using LlmRec.Kernels;

namespace LlmRec;

/// <summary>
/// EASE: the linear autoencoder that predicts each item from all others, in closed form: P = (XᵀX + λI)⁻¹, B(i, j) = −P(i, j) / P(j, j),
/// B(j, j) = 0. H. Steck, Embarrassingly Shallow Autoencoders for Sparse Data, WWW 2019, arXiv 1905.03375. With a diagonal limit it is SLIS
/// of M. Choi et al., WWW 2021, arXiv 2103.16104.
/// </summary>
/// <remarks>
/// Fitting is O(Σ n_u² + n³) for the n items that occur in the training, in float32 on the blocked Cholesky of the kernels; memory is 4 n² bytes, and n is at most
/// 46,340. An update of few users turns the inverse by their rows (Sherman and Morrison), O(n²) a user; of many, it is a new fit. A user is forgotten exactly: with
/// <see cref="EasePrecision.Plain"/> by solving again from the counts, with <see cref="EasePrecision.Refined"/> by turning. See <see cref="LinearItemModel"/> for the rest.
/// </remarks>
public sealed class EaseModel : LinearItemModel
{
    internal const string KindName = "ease";

    private readonly EaseOptions _options;
    private readonly PositivePairs _pairs;
    private readonly DenseItemWeights _weights;
    private readonly double[] _diagonal;   // of P (n)

    private EaseModel(PositivePairs pairs, EaseOptions options, DenseItemWeights weights, double[] diagonal)
        : base(FormattableString.Invariant($"{(options.DiagonalLimit > 0 ? "SLIS" : "EASE")} {options.Regularisation:0.###}"), pairs.Training, new EqualTastes(pairs), weights)
    {
        _options = options;
        _pairs = pairs;
        _weights = weights;
        _diagonal = diagonal;
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
        return Fit(Training.From(catalog, log), options, progress, cancellationToken);
    }

    private static EaseModel Fit(Training training, EaseOptions options, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        PositivePairs pairs = PositivePairs.From(training);
        SparseMatrix items = pairs.Matrix.Transpose();
        int[] active = ItemGram.ActiveOf(items);
        int n = active.Length, threads = Threads(options);
        float lambda = (float)options.Regularisation;
        float[] p = ItemGram.Square(n, "EASE");
        ItemGram.Add(pairs.Matrix, items, active, p, 1, options.Threads, progress, cancellationToken);
        for (int i = 0; i < n; i++) p[i * n + i] += lambda;
        cancellationToken.ThrowIfCancellationRequested();
        progress?.Report(new("inverting", 0));
        if (n > 0) Cholesky.Invert(new(p, n, n), threads);
        cancellationToken.ThrowIfCancellationRequested();
        EaseModel model;
        if (options.Precision == EasePrecision.Refined)
        {
            int[] place = new int[items.Rows];
            for (int a = 0; a < n; a++) place[active[a]] = a;
            model = Of(pairs, options, active, EaseInverse.Refine(pairs.Matrix, place, options.Regularisation, p, n, threads, cancellationToken));
        }
        else
        {
            double[] diagonal = new double[n], gamma = new double[n];
            for (int j = 0; j < n; j++) gamma[j] = Gamma(options, diagonal[j] = p[j * n + j]);
            for (int i = 0; i < n; i++)
            {
                Span<float> row = p.AsSpan(i * n, n);
                for (int j = 0; j < n; j++) row[j] = (float)((i == j ? 1 : 0) - row[j] * gamma[j]);
                if (options.DiagonalLimit == 0) row[i] = 0;
            }
            model = new(pairs, options, new DenseItemWeights(pairs.Items.Length, active, p), diagonal);
        }
        progress?.Report(new("inverting", 1));
        return model;
    }

    internal override string Kind => KindName;

    internal override FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) => Fit(training, _options, progress, cancellationToken);

    internal override FittedModel Updated(Training training, int[] changed, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) =>
        // a turn passes over n² values, an inversion over them about n / 32 times
        2L * changed.Length > _weights.Active.Length / 32 ? Fit(training, _options, progress, cancellationToken)
            : Turned(training, [.. changed.Select(u => training.Events.UserTable[u])]);

    // float32 cannot take a user back out exactly; counts can
    internal override FittedModel Forgotten(Training training, string user, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) =>
        _options.Precision == EasePrecision.Refined ? Turned(training, [user]) : Fit(training, _options, progress, cancellationToken);

    internal override FittedModel Grown(Training training) =>
        new EaseModel(PositivePairs.From(training), _options, (DenseItemWeights)_weights.Grown(training.Items.Length), _diagonal);

    internal override void Save(SavedModel to)
    {
        _options.Save(to);
        _weights.Save(to);
        to.Tensors.Add("diagonal", _diagonal);
    }

    internal static EaseModel Open(OpenedModel file)
    {
        EaseOptions options = EaseOptions.Open(file);
        DenseItemWeights weights = DenseItemWeights.Open(file);
        return new(PositivePairs.From(file.Training), options, weights, file.Doubles("diagonal", weights.Active.Length));
    }

    /// <summary>Takes the users' old rows out of the inverse and puts their new ones in.</summary>
    private EaseModel Turned(Training training, string[] users)
    {
        PositivePairs pairs = PositivePairs.From(training);
        int[] old = _weights.Active, now = [.. Enumerable.Range(0, pairs.Items.Length).Where(pairs.Occurs)], both = [.. old.Union(now).Order()];
        ItemGram.Square(both.Length, "EASE", reserve: false);
        double[] p = Inverse();
        if (both.Length != old.Length) p = EaseInverse.Move(p, old, both, _options.Regularisation);
        foreach (string user in users)
        {
            EaseInverse.Turn(p, both.Length, RowOf(_pairs, user, both), -1, Threads(_options));
            EaseInverse.Turn(p, both.Length, RowOf(pairs, user, both), 1, Threads(_options));
        }
        if (now.Length != both.Length) p = EaseInverse.Move(p, both, now, _options.Regularisation);
        return Of(pairs, _options, now, p);
    }

    private static int[] RowOf(PositivePairs pairs, string user, int[] active)
    {
        if (pairs.UserOf(user) is not (>= 0 and int u)) return [];
        int[] row = pairs.Matrix.ColumnsOf(u).ToArray();
        for (int k = 0; k < row.Length; k++) row[k] = Array.BinarySearch(active, row[k]);
        return row;
    }

    /// <summary>B = I − P · diag(γ): γ(j) makes the diagonal 0, or the limit where it would exceed it.</summary>
    private static EaseModel Of(PositivePairs pairs, EaseOptions options, int[] active, double[] p)
    {
        int n = active.Length;
        double[] diagonal = new double[n], gamma = new double[n];
        float[] values = new float[n * n];
        for (int j = 0; j < n; j++) gamma[j] = Gamma(options, diagonal[j] = p[j * n + j]);
        for (int i = 0; i < n; i++)
        {
            Span<double> row = p.AsSpan(i * n, n);
            for (int j = 0; j < n; j++) row[j] = (i == j ? 1 : 0) - row[j] * gamma[j];
            if (options.DiagonalLimit == 0) row[i] = 0;
            for (int j = 0; j < n; j++) values[i * n + j] = (float)row[j];
        }
        return new(pairs, options, new DenseItemWeights(pairs.Items.Length, active, values, options.Precision == EasePrecision.Refined ? p : null), diagonal);
    }

    /// <summary>P back from B and the diagonal of P.</summary>
    private double[] Inverse()
    {
        int n = _diagonal.Length;
        double[] p = new double[n * n], gamma = [.. _diagonal.Select(d => Gamma(_options, d))];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++) p[i * n + j] = -(_weights.Exact is null ? _weights.Values[i * n + j] : _weights.Exact[i * n + j]) / gamma[j];
            p[i * n + i] = _diagonal[i];
        }
        return p;
    }

    private static double Gamma(EaseOptions options, double pjj) => options.DiagonalLimit > 0 && 1 - options.Regularisation * pjj <= options.DiagonalLimit
        ? options.Regularisation : (1 - options.DiagonalLimit) / pjj;

    private static int Threads(EaseOptions options) => options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
}
