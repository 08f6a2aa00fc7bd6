using System.Numerics.Tensors;
using LlmRec.Kernels;

namespace LlmRec;

/// <summary>
/// Matrix factorisation that learns to put what a user took above what not: the score is x·y + b, and the descent raises
/// ln σ(score of a taken item − score of another). S. Rendle, C. Freudenthaler, Z. Gantner and L. Schmidt-Thieme, BPR: Bayesian personalized
/// ranking from implicit feedback, UAI 2009.
/// </summary>
/// <remarks>
/// The other item is drawn in proportion to its popularity or to a power of it (<see cref="BprOptions.NoisePower"/>), and a draw that the user took is skipped. An epoch is O(pairs · f).
/// A user of the training, looked up by id and without further history, keeps the trained vector; any other history is folded in by the same descent with the items
/// held, O(epochs · history · f). Deterministic, on one thread. float64.
/// An update descends over the pairs of the users concerned only; forgetting is a new fit, since every vector holds traces of the user. Immutable and thread-safe.
/// </remarks>
public sealed class BprModel : FactorModel
{
    internal const string KindName = "bpr";

    private readonly BprOptions _options;
    private readonly NegativeItems _negatives;
    private readonly double[] _x, _b;      // X (users, f), b (m)

    private BprModel(PositivePairs pairs, BprOptions options, NegativeItems negatives, double[] x, double[] y, double[] b)
        : base(FormattableString.Invariant($"BPR {options.Factors}"), pairs, options.Factors, y, b)
    {
        _options = options;
        _negatives = negatives;
        _x = x;
        _b = b;
    }

    /// <summary>b: the bias of each item, in the order of <see cref="FittedModel.Items"/>; what a user without a history is ranked by.</summary>
    public ReadOnlySpan<double> ItemBiases => B;

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
        return Fit(PositivePairs.From(catalog, log), options, progress, cancellationToken);
    }

    private static BprModel Fit(PositivePairs pairs, BprOptions options, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        var random = SplitMix.Of(options.Seed, 0);
        int f = options.Factors;
        double[] x = Start(pairs.Matrix.Rows, f, ref random), y = Start(pairs.Items.Length, f, ref random), b = new double[pairs.Items.Length];
        (int[] owner, int[] taken) = PairsOf(pairs.Matrix);
        var negatives = new NegativeItems(pairs, taken, options.NoisePower);
        Descend(pairs.Matrix, options, owner, taken, negatives, x, y, b, ref random, progress, cancellationToken);
        return new(pairs, options, negatives, x, y, b);
    }

    /// <summary>Who took what, pair by pair.</summary>
    private static (int[] Owner, int[] Taken) PairsOf(SparseMatrix matrix)
    {
        int[] owner = new int[matrix.Entries], taken = new int[matrix.Entries];
        for (int u = 0; u < matrix.Rows; u++)
        {
            int from = matrix.RowStarts[u];
            matrix.ColumnsOf(u).CopyTo(taken.AsSpan(from));
            owner.AsSpan(from, matrix.RowStarts[u + 1] - from).Fill(u);
        }
        return (owner, taken);
    }

    /// <summary>Epochs over some pairs against items drawn from all.</summary>
    private static void Descend(SparseMatrix matrix, BprOptions options, int[] owner, int[] taken, NegativeItems negatives, double[] x, double[] y, double[] b, ref SplitMix random, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        int f = options.Factors;
        double[] old = new double[f];
        double rate = options.LearningRate, penalty = options.Regularisation, decay = 1 - rate * penalty;
        for (int e = 0; e < options.Epochs; e++)
        {
            for (int n = 0; n < owner.Length; n++)
            {
                if ((n & 0xFFFF) == 0) cancellationToken.ThrowIfCancellationRequested();
                int pair = random.Next(owner.Length), u = owner[pair], i = taken[pair], j = negatives.Next(ref random);
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
    }

    internal override string Kind => KindName;

    internal override FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) =>
        Fit(PositivePairs.From(training), _options, progress, cancellationToken);

    internal override FittedModel Updated(Training training, int[] changed, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        PositivePairs pairs = PositivePairs.From(training);
        int f = Factors;
        var random = SplitMix.Of(_options.Seed, 2);
        double[] x = Start(pairs.Matrix.Rows, f, ref random), y = [.. Trained], b = [.. _b];
        for (int u = 0; u < pairs.Matrix.Rows; u++)
            if (Pairs.UserOf(training.Events.UserTable[u]) is >= 0 and int old) _x.AsSpan(old * f, f).CopyTo(x.AsSpan(u * f));
        (int[] owner, int[] taken) = PairsOf(pairs.Matrix);
        var negatives = new NegativeItems(pairs, taken, _options.NoisePower);
        int[] mine = [.. changed.SelectMany(u => Enumerable.Range(pairs.Matrix.RowStarts[u], pairs.Matrix.ColumnsOf(u).Length))];
        Descend(pairs.Matrix, _options, [.. mine.Select(n => owner[n])], [.. mine.Select(n => taken[n])], negatives, x, y, b, ref random, progress, cancellationToken);
        return new BprModel(pairs, _options, negatives, x, y, b);
    }

    internal override FittedModel Grown(Training training)
    {
        int m = training.Items.Length;
        return new BprModel(PositivePairs.From(training), _options, _negatives, _x, Padded(Trained, m * Factors), Padded(_b, m));
    }

    internal override void Save(SavedModel to)
    {
        to.Set("factors", _options.Factors);
        to.Set("epochs", _options.Epochs);
        to.Set("learningRate", _options.LearningRate);
        to.Set("regularisation", _options.Regularisation);
        to.Set("noisePower", _options.NoisePower);
        to.Set("seed", _options.Seed);
        to.Tensors.Add("user.factors", _x, Pairs.Matrix.Rows, Factors);
        to.Tensors.Add("item.factors", Trained, Items.Count, Factors);
        to.Tensors.Add("item.biases", _b);
    }

    internal static BprModel Open(OpenedModel file)
    {
        var d = new BprOptions();
        BprOptions options = new()
        {
            Factors = file.Get("factors", d.Factors),
            Epochs = file.Get("epochs", d.Epochs),
            LearningRate = file.Get("learningRate", d.LearningRate),
            Regularisation = file.Get("regularisation", d.Regularisation),
            NoisePower = file.Get("noisePower", d.NoisePower),
            Seed = file.Get("seed", d.Seed),
        };
        options.Check();
        PositivePairs pairs = PositivePairs.From(file.Training);
        int m = pairs.Items.Length, f = options.Factors;
        return new(pairs, options, new NegativeItems(pairs, PairsOf(pairs.Matrix).Taken, options.NoisePower), file.Doubles("user.factors", pairs.Matrix.Rows, f), file.Doubles("item.factors", m, f), file.Doubles("item.biases", m));
    }

    private protected override void UserVector(UserContext user, double[] x)
    {
        if (KnownVector(user) is { IsEmpty: false } known) known.CopyTo(x);
        else FoldIn(Pairs.HistoryOf(user), x, null);
    }

    // a step of the fold-in is the doing of the history's item in it: x is the sum of what each of them did
    private protected override IEnumerable<ModelReason> ReasonsOf(UserContext user, int item)
    {
        int f = Factors;
        int[] history = Pairs.HistoryOf(user);
        double[] x = new double[f], parts = new double[history.Length * f];
        FoldIn(history, x, parts);
        for (int k = 0; k < history.Length; k++) yield return ModelReason.Of(Items[history[k]], TensorPrimitives.Dot(parts.AsSpan(k * f, f), VectorOf(item)));
        yield return new("popularity", (float)B![item]);
        if (KnownVector(user) is { IsEmpty: false } known)
            yield return new("training", (float)(TensorPrimitives.Dot(known, VectorOf(item)) - TensorPrimitives.Dot(x, VectorOf(item))));
    }

    /// <summary>The trained vector of a user without further history; empty for others.</summary>
    private ReadOnlySpan<double> KnownVector(UserContext user) =>
        user.History.Count == 0 && Pairs.UserOf(user.Id) is >= 0 and int known ? _x.AsSpan(known * Factors, Factors) : [];

    /// <summary>The descent for a history alone, from 0; with <paramref name="parts"/> (history, f), which sum to x.</summary>
    private void FoldIn(int[] history, double[] x, double[]? parts)
    {
        if (history.Length == 0 || _negatives.IsEmpty) return;
        int f = Factors;
        double decay = 1 - _options.LearningRate * _options.Regularisation, shrunk = 1;
        var random = SplitMix.Of(_options.Seed, 1);   // the same draws for everybody: a user's scores depend on the history alone
        for (long n = (long)_options.Epochs * history.Length; n > 0; n--)
        {
            int at = random.Next(history.Length), i = history[at], j = _negatives.Next(ref random);
            if (history.AsSpan().BinarySearch(j) >= 0) continue;
            ReadOnlySpan<double> yi = VectorOf(i), yj = VectorOf(j);
            double a = _options.LearningRate * Slope(x, yi, yj, B![i] - B[j]);
            Step(x, yi, yj, decay, a);
            if (parts is null) continue;
            // parts are kept undecayed: one number carries the decay of all
            shrunk *= decay;
            Span<double> part = parts.AsSpan(at * f, f);
            TensorPrimitives.MultiplyAdd(yi, a / shrunk, part, part);
            TensorPrimitives.MultiplyAdd(yj, -a / shrunk, part, part);
            if (shrunk > 1e-100) continue;
            TensorPrimitives.Multiply(parts, shrunk, parts);
            shrunk = 1;
        }
        if (parts is not null) TensorPrimitives.Multiply(parts, shrunk, parts);
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
