using System.Numerics.Tensors;
using LlmRec.Kernels;

namespace LlmRec;

/// <summary>
/// Matrix factorisation that learns to put what a user took above what not: the score is x·y + b, and the descent raises
/// ln σ(score of a taken item − score of another). S. Rendle, C. Freudenthaler, Z. Gantner and L. Schmidt-Thieme, BPR: Bayesian personalized
/// ranking from implicit feedback, UAI 2009.
/// </summary>
/// <remarks>
/// The other item is drawn in proportion to its popularity, and a draw that the user took is skipped. An epoch is O(pairs · f).
/// A user of the training, looked up by id and without further history, keeps the trained vector; any other history is folded in by the same descent with the items
/// held, O(epochs · history · f). Deterministic, on one thread. float64. Immutable and thread-safe once fitted.
/// </remarks>
public sealed class BprModel : IScoringModel
{
    private readonly BprOptions _options;
    private readonly PositivePairs _pairs;
    private readonly int[] _drawn;                 // the item of each pair: uniform draws from it are in proportion to popularity
    private readonly double[] _x, _y, _b;          // X (users, f), Y (m, f), b (m)
    private readonly float[] _narrow, _bias;

    private BprModel(PositivePairs pairs, BprOptions options, int[] drawn, double[] x, double[] y, double[] b)
    {
        _options = options;
        _pairs = pairs;
        _drawn = drawn;
        _x = x;
        _y = y;
        _b = b;
        _narrow = FactorScores.Narrow(y);
        _bias = FactorScores.Narrow(b);
        Name = FormattableString.Invariant($"BPR {options.Factors}");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Items => _pairs.Items;

    /// <summary>Number of factors f.</summary>
    public int Factors => _options.Factors;

    /// <summary>Y: items × <see cref="Factors"/> values, row after row in the order of <see cref="Items"/>.</summary>
    public ReadOnlySpan<double> ItemFactors => _y;

    /// <summary>b: the bias of each item, in the order of <see cref="Items"/>; what a user without a history is ranked by.</summary>
    public ReadOnlySpan<double> ItemBiases => _b;

    /// <summary>Fits the model.</summary>
    /// <param name="catalog">The items that can be recommended.</param>
    /// <param name="log">Training events; each pair of user and item counts once, signs against an item and unknown items not at all.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives how far the fit has come.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static BprModel Fit(Catalog catalog, InteractionLog log, BprOptions? options = null, IProgress<BuildProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Check();
        PositivePairs pairs = PositivePairs.From(catalog, log);
        SparseMatrix matrix = pairs.Matrix;
        int f = options.Factors;
        int[] owner = new int[matrix.Entries], drawn = new int[matrix.Entries];
        for (int u = 0; u < matrix.Rows; u++)
        {
            int from = matrix.RowStarts[u];
            matrix.ColumnsOf(u).CopyTo(drawn.AsSpan(from));
            owner.AsSpan(from, matrix.RowStarts[u + 1] - from).Fill(u);
        }

        var random = SplitMix.Of(options.Seed, 0);
        double[] x = Start(matrix.Rows, f, ref random), y = Start(matrix.Columns, f, ref random), b = new double[matrix.Columns], old = new double[f];
        double rate = options.LearningRate, penalty = options.Regularisation, decay = 1 - rate * penalty;
        for (int e = 0; e < options.Epochs; e++)
        {
            for (int n = 0; n < drawn.Length; n++)
            {
                if ((n & 0xFFFF) == 0) cancellationToken.ThrowIfCancellationRequested();
                int pair = random.Next(drawn.Length), u = owner[pair], i = drawn[pair], j = drawn[random.Next(drawn.Length)];
                if (matrix.ColumnsOf(u).BinarySearch(j) >= 0) continue;
                Span<double> xu = x.AsSpan(u * f, f), yi = y.AsSpan(i * f, f), yj = y.AsSpan(j * f, f);
                double z = Slope(xu, yi, yj, b[i] - b[j]), a = rate * z;
                xu.CopyTo(old);
                Step(xu, yi, yj, decay, a);
                TensorPrimitives.Multiply(yi, decay, yi);
                TensorPrimitives.MultiplyAdd(old, a, yi, yi);
                TensorPrimitives.Multiply(yj, decay, yj);
                TensorPrimitives.MultiplyAdd(old, -a, yj, yj);
                b[i] += rate * (z - penalty * b[i]);
                b[j] += rate * (-z - penalty * b[j]);
            }
            progress?.Report(new("factorising", (e + 1.0) / options.Epochs));
        }
        return new(pairs, options, drawn, x, y, b);
    }

    /// <inheritdoc/>
    public void Score(IReadOnlyList<TopNRequest> requests, Span<float> scores) =>
        FactorScores.Write(requests, _narrow, _pairs.Items.Length, Factors, _bias, UserVector, scores);

    private void UserVector(UserContext user, double[] x)
    {
        if (user.History.Count == 0 && _pairs.UserOf(user.Id) is >= 0 and int known)
        {
            _x.AsSpan(known * Factors, Factors).CopyTo(x);
            return;
        }
        int[] history = _pairs.HistoryOf(user);
        if (history.Length == 0 || _drawn.Length == 0) return;
        int f = Factors;
        double decay = 1 - _options.LearningRate * _options.Regularisation;
        var random = SplitMix.Of(_options.Seed, 1);   // the same draws for everybody: a user's scores depend on the history alone
        for (long n = (long)_options.Epochs * history.Length; n > 0; n--)
        {
            int i = history[random.Next(history.Length)], j = _drawn[random.Next(_drawn.Length)];
            if (history.AsSpan().BinarySearch(j) >= 0) continue;
            ReadOnlySpan<double> yi = _y.AsSpan(i * f, f), yj = _y.AsSpan(j * f, f);
            Step(x, yi, yj, decay, _options.LearningRate * Slope(x, yi, yj, _b[i] - _b[j]));
        }
    }

    /// <summary>The derivative of ln σ at the difference of the two scores, in (0, 1).</summary>
    private static double Slope(ReadOnlySpan<double> x, ReadOnlySpan<double> yi, ReadOnlySpan<double> yj, double bias) =>
        1 / (1 + Math.Exp(bias + TensorPrimitives.Dot(x, yi) - TensorPrimitives.Dot(x, yj)));

    /// <summary>x ← d·x + a·(yᵢ − yⱼ).</summary>
    private static void Step(Span<double> x, ReadOnlySpan<double> yi, ReadOnlySpan<double> yj, double decay, double a)
    {
        TensorPrimitives.Multiply(x, decay, x);
        TensorPrimitives.MultiplyAdd(yi, a, x, x);
        TensorPrimitives.MultiplyAdd(yj, -a, x, x);
    }

    /// <summary>Uniform in ±1/(2f).</summary>
    private static double[] Start(int rows, int f, ref SplitMix random)
    {
        double[] x = new double[checked(rows * f)];
        for (int i = 0; i < x.Length; i++) x[i] = (random.NextDouble() - 0.5) / f;
        return x;
    }
}
