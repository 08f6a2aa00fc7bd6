using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>
/// item2vec: every item has a vector u of its own and a vector v of what stands beside it, by skip-gram with negative sampling over the sequences of events. An item scores as u·v, with
/// u the decayed sum of the history's unit vectors: how likely it stands beside them. Items from like surroundings have like u. O. Barkan and N. Koenigstein, Item2vec: neural item embedding for
/// collaborative filtering, arXiv 1603.04259; T. Mikolov et al., NIPS 2013.
/// </summary>
/// <remarks>
/// Where noise is drawn from q, u·v comes to ln P(beside) − ln q plus a constant (O. Levy and Y. Goldberg, NIPS 2014). So noise that is even over the items
/// (<see cref="Item2VecOptions.NoisePower"/> 0, the default) leaves the likelihood itself, while the power 0.75 of texts divides most of an item's popularity out, which suits likeness and not the next event;
/// the cosine of two u says what may stand for each other, and ranks the next event badly. H. Caselles-Dupré, F. Lesaint and J. Royo-Letelier, Word2vec applied to recommendation: hyperparameters matter, arXiv 1804.04212.
/// An epoch is O(events · window · (negatives + 1) · d). Deterministic, on one thread. An update descends over the sequences of the users concerned only; forgetting is a new fit, since every vector holds
/// traces of the user. float64. Immutable and thread-safe.
/// </remarks>
public sealed class Item2VecModel : FactorModel
{
    internal const string KindName = "item2vec";

    private readonly Item2VecOptions _options;
    private readonly ItemSequences _sequences;
    private readonly double[] _centre, _context;   // U, V (m, d)
    private readonly double[] _unit;               // U at unit length, cold items from their text

    private Item2VecModel(PositivePairs pairs, Item2VecOptions options, double[] centre, double[] context)
        : base(FormattableString.Invariant($"item2vec {options.Dimensions}"), pairs, options.Dimensions, Known(pairs, context, options.Dimensions, unit: false))
    {
        _options = options;
        _sequences = new ItemSequences(pairs.Training);
        _centre = centre;
        _context = context;
        _unit = TextFactors.Fill(pairs.Training, pairs.Occurs, Known(pairs, centre, options.Dimensions, unit: true), options.Dimensions, null).Y;
    }

    /// <summary>Fits the model.</summary>
    /// <param name="catalog">The items that can be recommended.</param>
    /// <param name="log">Training events; signs against an item and unknown items do not count.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives how far the fit has come.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static Item2VecModel Fit(Catalog catalog, InteractionLog log, Item2VecOptions? options = null, IProgress<BuildProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Check();
        return Fit(Training.From(catalog, log), options, progress, cancellationToken);
    }

    private static Item2VecModel Fit(Training training, Item2VecOptions options, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        int m = training.Items.Length, d = options.Dimensions;
        var random = SplitMix.Of(options.Seed, 0);
        double[] centre = new double[checked(m * d)], context = new double[m * d];
        for (int i = 0; i < centre.Length; i++) centre[i] = (random.NextDouble() - 0.5) / d;
        var sequences = new ItemSequences(training);
        Descend(sequences, [.. Enumerable.Range(0, sequences.Users)], options, centre, context, ref random, progress, cancellationToken);
        return new(PositivePairs.From(training), options, centre, context);
    }

    private static void Descend(ItemSequences sequences, int[] users, Item2VecOptions options, double[] centre, double[] context, ref SplitMix random, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        double[] counts = new double[sequences.Items.Length];
        for (int u = 0; u < sequences.Users; u++)
            foreach (int i in sequences.Of(u)) counts[i]++;
        double all = counts.Sum();
        if (all == 0) return;
        var noise = new NoiseDraws([.. counts.Select(c => c == 0 ? 0 : Math.Pow(c, options.NoisePower))]);
        double[] keep = [.. counts.Select(c => Keep(c / all, options.Subsample))];
        var step = new SkipGram(options.Dimensions);
        Span<int> drawn = stackalloc int[options.Negatives];
        var kept = new List<int>();
        long total = (long)options.Epochs * users.Sum(u => (long)sequences.Of(u).Length), done = 0;
        for (int e = 0; e < options.Epochs; e++)
        {
            foreach (int u in users)
            {
                cancellationToken.ThrowIfCancellationRequested();
                double rate = options.LearningRate * Math.Max(1 - (double)done / total, 1e-2);
                done += sequences.Of(u).Length;
                kept.Clear();
                foreach (int i in sequences.Of(u))
                    if (keep[i] >= 1 || random.NextDouble() < keep[i]) kept.Add(i);
                for (int p = 0; p < kept.Count; p++)
                {
                    int reach = 1 + random.Next(options.Window);
                    for (int q = Math.Max(0, p - reach); q <= Math.Min(kept.Count - 1, p + reach); q++)
                    {
                        if (q == p || kept[q] == kept[p]) continue;
                        foreach (ref int n in drawn) n = noise.Next(ref random);
                        step.Step(centre, context, kept[p], kept[q], drawn, rate, measure: false);
                    }
                }
            }
            progress?.Report(new("learning vectors", (e + 1.0) / options.Epochs));
        }
    }

    /// <summary>The probability with which an event of an item with a share of all events is kept.</summary>
    internal static double Keep(double share, double subsample) => subsample == 0 || share == 0 ? 1 : Math.Min(1, Math.Sqrt(subsample / share) + subsample / share);

    internal override string Kind => KindName;

    private protected override ReadOnlySpan<double> LikenessOf(int item) => _unit.AsSpan(item * Factors, Factors);

    internal override FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) => Fit(training, _options, progress, cancellationToken);

    internal override FittedModel Updated(Training training, int[] changed, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        double[] centre = [.. _centre], context = [.. _context];
        var random = SplitMix.Of(_options.Seed, 1);
        Descend(new ItemSequences(training), changed, _options, centre, context, ref random, progress, cancellationToken);
        return new Item2VecModel(PositivePairs.From(training), _options, centre, context);
    }

    internal override FittedModel Grown(Training training)
    {
        int length = training.Items.Length * Factors;
        return new Item2VecModel(PositivePairs.From(training), _options, Padded(_centre, length), Padded(_context, length));
    }

    internal override void Save(SavedModel to)
    {
        _options.Save(to);
        to.Tensors.Add("centre", _centre, Items.Count, Factors);
        to.Tensors.Add("context", _context, Items.Count, Factors);
    }

    internal static Item2VecModel Open(OpenedModel file)
    {
        Item2VecOptions options = Item2VecOptions.Open(file);
        int m = file.Training.Items.Length, d = options.Dimensions;
        return new(PositivePairs.From(file.Training), options, file.Doubles("centre", m, d), file.Doubles("context", m, d));
    }

    private protected override void UserVector(UserContext user, double[] x)
    {
        foreach ((int i, double share) in SharesOf(user)) TensorPrimitives.MultiplyAdd(LikenessOf(i), share, x, x);
    }

    private protected override IEnumerable<ModelReason> ReasonsOf(UserContext user, int item) =>
        SharesOf(user).GroupBy(s => s.Item).Select(g => ModelReason.Of(Items[g.Key], g.Sum(s => s.Share) * TensorPrimitives.Dot(LikenessOf(g.Key), VectorOf(item))));

    private IEnumerable<(int Item, double Share)> SharesOf(UserContext user) =>
        _sequences.NewestOf(user, _options.Past).Select((i, r) => (i, Math.Pow(_options.Decay, r)));

    /// <summary>The rows of the items that occur; the others, which nothing but noise has moved, have none.</summary>
    private static double[] Known(PositivePairs pairs, double[] rows, int d, bool unit)
    {
        double[] known = new double[rows.Length];
        for (int i = 0; i < pairs.Items.Length; i++)
        {
            ReadOnlySpan<double> row = rows.AsSpan(i * d, d);
            double norm = unit ? TensorPrimitives.Norm(row) : 1;
            if (pairs.Occurs(i) && norm > 0) TensorPrimitives.Divide(row, norm, known.AsSpan(i * d, d));
        }
        return known;
    }
}
