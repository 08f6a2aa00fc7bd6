using LlmRec.Kernels;

namespace LlmRec;

/// <summary>
/// Linear item transitions: the weights B that best predict the next items from the last ones over all places of all histories, in
/// closed form, B = (SᵀS + λI)⁻¹SᵀT with decays on both sides (SLIT), or with a share of plain co-occurrence beside them (SLIST:
/// B = (αXᵀX + (1 − α)SᵀS + λI)⁻¹(αXᵀX + (1 − α)SᵀT)). M. Choi et al., Session-aware Linear Item-Item Models for
/// Session-based Recommendation, WWW 2021, arXiv 2103.16104.
/// </summary>
/// <remarks>
/// The order of the history counts, and only its last items speak. Fitting is O(events × (Past + Next) + n³) for the n items that occur
/// in the training, in float32 on the blocked Cholesky of the kernels; 8 n² bytes while it is fitted, 4 n² after; n is at most 46,340.
/// Updating and forgetting solve again from the sequences and are exactly a new fit; a history with new events needs neither. See
/// <see cref="LinearItemModel"/> for the rest.
/// </remarks>
public sealed class ItemTransitionModel : LinearItemModel
{
    internal const string KindName = "item-transition";

    private readonly ItemTransitionOptions _options;
    private readonly DenseItemWeights _weights;

    private ItemTransitionModel(Training training, ItemTransitionOptions options, ItemSequences sequences, DenseItemWeights weights)
        : base(FormattableString.Invariant($"{(options.Consistency > 0 ? "SLIST" : "SLIT")} {options.PastDecay:0.##}"), training, new RecentTastes(sequences, options.Past, options.PastDecay), weights)
    {
        _options = options;
        _weights = weights;
    }

    /// <summary>Fits the model.</summary>
    /// <param name="catalog">The items that can be recommended.</param>
    /// <param name="log">Training events; signs against an item and unknown items do not count.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives how far the fit has come.</param>
    /// <param name="cancellationToken">Stops the fit, though not inside the factorisation and the solution.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="ArgumentException">More than 46,340 items occur in the training.</exception>
    /// <exception cref="ArithmeticException">λ is so small that the system cannot be solved in float32.</exception>
    public static ItemTransitionModel Fit(Catalog catalog, InteractionLog log, ItemTransitionOptions? options = null, IProgress<BuildProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Check();
        return Fit(Training.From(catalog, log), options, progress, cancellationToken);
    }

    private static ItemTransitionModel Fit(Training training, ItemTransitionOptions options, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        var sequences = new ItemSequences(training);
        int m = sequences.Items.Length, longest = 0, threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        int[] place = new int[m];
        for (int u = 0; u < sequences.Users; u++)
        {
            longest = Math.Max(longest, sequences.Of(u).Length);
            foreach (int i in sequences.Of(u)) place[i] = 1;
        }
        int[] active = [.. Enumerable.Range(0, m).Where(i => place[i] == 1)];
        int n = active.Length;
        for (int a = 0; a < n; a++) place[active[a]] = a;
        float[] past = ItemGram.Square(n, "a transition model"), onward = ItemGram.Square(n, "a transition model");

        if (options.Consistency < 1)
        {
            var sums = new TransitionSums(options, longest);
            int[] sequence = new int[longest];
            for (int u = 0; u < sequences.Users; u++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ReadOnlySpan<int> events = sequences.Of(u);
                Span<int> places = sequence.AsSpan(0, events.Length);
                for (int e = 0; e < events.Length; e++) places[e] = place[events[e]];
                sums.Add(places, 1 - options.Consistency, n, past, onward);
                if (options.ReverseWeight > 0)
                {
                    places.Reverse();
                    sums.Add(places, options.ReverseWeight * (1 - options.Consistency), n, past, onward);
                }
                if ((u & 255) == 255) progress?.Report(new("counting transitions", (u + 1.0) / sequences.Users));
            }
        }
        if (options.Consistency > 0)
        {
            PositivePairs pairs = PositivePairs.From(training);
            SparseMatrix items = pairs.Matrix.Transpose();
            ItemGram.Add(pairs.Matrix, items, active, past, (float)options.Consistency, options.Threads, progress, cancellationToken);
            ItemGram.Add(pairs.Matrix, items, active, onward, (float)options.Consistency, options.Threads, progress, cancellationToken);
        }

        for (int i = 0; i < n; i++) past[i * n + i] += (float)options.Regularisation;
        progress?.Report(new("solving", 0));
        if (n > 0)
        {
            Cholesky.Factor(new(past, n, n), threads);
            cancellationToken.ThrowIfCancellationRequested();
            Cholesky.Solve(new ReadOnlyMatrixSpan(past, n, n), new MatrixSpan(onward, n, n), threads);
        }
        progress?.Report(new("solving", 1));
        return new(training, options, sequences, new DenseItemWeights(m, active, onward));
    }

    internal override string Kind => KindName;

    internal override FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) => Fit(training, _options, progress, cancellationToken);

    internal override FittedModel Grown(Training training) => new ItemTransitionModel(training, _options, new ItemSequences(training), (DenseItemWeights)_weights.Grown(training.Items.Length));

    internal override void Save(SavedModel to)
    {
        _options.Save(to);
        _weights.Save(to);
    }

    internal static ItemTransitionModel Open(OpenedModel file) =>
        new(file.Training, ItemTransitionOptions.Open(file), new ItemSequences(file.Training), DenseItemWeights.Open(file));
}
