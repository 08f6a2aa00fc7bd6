using LlmRec.Kernels;
using Microsoft.Extensions.AI;

namespace LlmRec;

/// <summary>Builds a <see cref="Recommender"/> from a catalog and a log: encode, count, fit. Every part has a sensible default.</summary>
/// <remarks>Not thread-safe. Catalog and log are only read, and the recommender keeps no reference to them.</remarks>
public sealed class RecommenderBuilder
{
    /// <summary>Fewer held-back events than this say too little to fit weights on; the default weights stand.</summary>
    private const int FewestEventsToFit = 30;

    private readonly Catalog _catalog;
    private readonly InteractionLog _log;
    private InteractionLog? _heldBack;
    private bool _fit = true;
    private RecommenderOptions _options = new();
    private Func<Catalog, IProgress<double>?, CancellationToken, ValueTask<IItemEncoder>> _itemEncoder;
    private EmbeddingGeometryOptions? _geometry;
    private IUserEncoder _userEncoder = RecommenderDefaults.UserEncoder();
    private IDiversifier _diversifier = RecommenderDefaults.Diversifier();
    private IRanker? _ranker;
    private LinearScoringOptions? _fitOptions;

    /// <summary>Begins with a catalog alone: recommendations from words and from the first events on.</summary>
    public RecommenderBuilder(Catalog catalog) : this(catalog, [])
    {
    }

    /// <summary>Begins with a catalog and a log.</summary>
    /// <param name="catalog">The items; may be empty.</param>
    /// <param name="log">The events; may be empty. Events of unknown items are left out and reported.</param>
    public RecommenderBuilder(Catalog catalog, InteractionLog log)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(log);
        _catalog = catalog;
        _log = log;
        _itemEncoder = (c, progress, token) => ValueTask.FromResult<IItemEncoder>(LsaItemEncoder.Fit(c, new() { Seed = (ulong)(uint)_options.Seed, MaxThreads = _options.MaxDegreeOfParallelism }, progress, token));
    }

    /// <summary>Sets the options.</summary>
    public RecommenderBuilder UseOptions(RecommenderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        return this;
    }

    /// <summary>Encodes items with this encoder instead of one fitted on the catalog's own words.</summary>
    public RecommenderBuilder UseItemEncoder(IItemEncoder encoder)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        _itemEncoder = (_, _, _) => ValueTask.FromResult(encoder);
        return this;
    }

    /// <summary>Fits an LSA encoder on the catalog with these options; the default, spelled out.</summary>
    public RecommenderBuilder UseLsa(LsaOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _itemEncoder = (c, progress, token) => ValueTask.FromResult<IItemEncoder>(LsaItemEncoder.Fit(c, options, progress, token));
        return this;
    }

    /// <summary>Encodes items and users' words with any embedding generator, a service or a local model (<see cref="GeneratorItemEncoder"/>).</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public RecommenderBuilder UseEmbeddingGenerator(IEmbeddingGenerator<string, Embedding<float>> generator, GeneratorEncoderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        options ??= new();
        options.Check();
        _itemEncoder = async (_, _, token) => await GeneratorItemEncoder.CreateAsync(generator, options, token).ConfigureAwait(false);
        return this;
    }

    /// <summary>Maps the item encoder's vectors by a geometry fitted on the catalog: mean removed, whitened, cut (<see cref="EmbeddingGeometry"/>).</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public RecommenderBuilder UseGeometry(EmbeddingGeometryOptions? options = null)
    {
        options ??= new();
        options.Check();
        _geometry = options;
        return this;
    }

    /// <summary>Gathers candidates with this user encoder instead of the decayed mean of the history blended with the user's words.</summary>
    public RecommenderBuilder UseUserEncoder(IUserEncoder encoder)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        _userEncoder = encoder;
        return this;
    }

    /// <summary>Ranks with this ranker. A <see cref="LinearScoringHead"/> is fitted on the log unless <see cref="WithoutFitting"/>; any other ranker is taken as it is.</summary>
    public RecommenderBuilder UseRanker(IRanker ranker)
    {
        ArgumentNullException.ThrowIfNull(ranker);
        _ranker = ranker;
        return this;
    }

    /// <summary>Varies lists with this diversifier instead of MMR.</summary>
    public RecommenderBuilder UseDiversifier(IDiversifier diversifier)
    {
        ArgumentNullException.ThrowIfNull(diversifier);
        _diversifier = diversifier;
        return this;
    }

    /// <summary>
    /// Fits the head on the newest of each user's events in this log, which come after those of the main log. They join the histories
    /// but are not counted, so that an experiment stays clean. Without it the newest event of each user of the main log is held back
    /// for the fit and counted afterwards.
    /// </summary>
    public RecommenderBuilder FitOn(InteractionLog heldBack, LinearScoringOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(heldBack);
        _heldBack = heldBack;
        _fitOptions = options;
        _fit = true;
        return this;
    }

    /// <summary>Fits the head with these options.</summary>
    public RecommenderBuilder UseFitOptions(LinearScoringOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _fitOptions = options;
        return this;
    }

    /// <summary>Leaves the head at its training-free default weights.</summary>
    public RecommenderBuilder WithoutFitting()
    {
        _fit = false;
        return this;
    }

    /// <summary>Builds.</summary>
    /// <param name="progress">Receives stages and fractions.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<Recommender> BuildAsync(IProgress<BuildProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Catalog catalog = _catalog.Copy();
        IItemEncoder encoder = await _itemEncoder(catalog, Stage(progress, "learning the catalog's words"), cancellationToken).ConfigureAwait(false);
        RowMatrix vectors = await ItemVectors.EncodeAsync(catalog, encoder, Stage(progress, "encoding items"), cancellationToken).ConfigureAwait(false);
        if (_geometry is not null) (encoder, vectors) = await Task.Run(() => Map(encoder, vectors, _geometry, cancellationToken), cancellationToken).ConfigureAwait(false);
        var items = new ItemSpace(catalog, vectors);
        return await Task.Run(() => Assemble(items, encoder, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private static (IItemEncoder Encoder, RowMatrix Vectors) Map(IItemEncoder encoder, RowMatrix vectors, EmbeddingGeometryOptions options, CancellationToken cancellationToken)
    {
        EmbeddingGeometry geometry = EmbeddingGeometry.Fit(vectors, options, cancellationToken);
        var mapped = new RowMatrix(vectors.Rows, geometry.Dimensions);
        for (int h = 0; h < vectors.Rows; h++) geometry.ApplyUnit(vectors.Row(h), mapped.Row(h));
        return (new GeometryItemEncoder(encoder, geometry), mapped);
    }

    private Recommender Assemble(ItemSpace items, IItemEncoder encoder, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        int threads = _options.MaxDegreeOfParallelism;
        IRanker ranker = _ranker ?? new LinearScoringHead();
        LinearScoringReport? fit = null;
        HeldBackEvents? heldBack = _heldBack is not null ? HeldBackEvents.Given(_log, _heldBack, items)
            : _fit && ranker is LinearScoringHead ? HeldBackEvents.LastOfEachUser(_log, items) : null;
        if (_fit && ranker is LinearScoringHead head && heldBack!.Count >= FewestEventsToFit)
        {
            items.Behaviour = Count(heldBack.Train, "counting what goes with what");
            LinearScoringOptions fitOptions = (_fitOptions ?? new() { Seed = _options.Seed }) with { Threads = threads };
            fit = head.Fit(heldBack, items, fitOptions, Stage(progress, "fitting the ranking head"), cancellationToken);
        }
        // Held-back events of the main log are counted once the head has learnt from them.
        if (fit is null || _heldBack is null) items.Behaviour = Count(_log, "counting the whole log");

        var histories = new HistoryStore();
        var unknown = new List<string>();
        int unknownEvents = Store(histories, items.Catalog, _log, unknown);
        if (_heldBack is not null) unknownEvents += Store(histories, items.Catalog, _heldBack, unknown);
        var report = new BuildReport
        {
            Items = items.Catalog.Count,
            ItemsWithoutVector = ItemVectors.CountZeros(items),
            Users = histories.UserCount,
            Events = histories.EventCount,
            UnknownItemEvents = unknownEvents,
            UnknownItems = [.. unknown.Distinct(StringComparer.Ordinal).Take(10)],
            FittedUsers = fit is null ? 0 : fit.Examples + fit.HeldOut,
            Fit = fit,
        };
        return new Recommender(new RecommenderParts
        {
            ItemEncoder = encoder,
            UserEncoder = _userEncoder,
            Diversifier = _diversifier,
            Options = _options,
            Items = items,
            Histories = histories,
            Behaviour = items.Behaviour!,
            Ranker = ranker,
            Report = report,
        });

        BehaviourModel Count(InteractionLog log, string stage) =>
            BehaviourModel.Build(items.Catalog, log, null, threads, Stage(progress, stage), cancellationToken);
    }

    private static int Store(HistoryStore histories, Catalog catalog, InteractionLog log, List<string> unknown)
    {
        int[] handles = Histories.HandlesOf(catalog, log);
        histories.AddAll(log, handles);
        int missing = 0;
        for (int p = 0; p < log.Count; p++)
            if (handles[log.ItemAt(p)] < 0) missing++;
        for (int i = 0; i < handles.Length; i++)
            if (handles[i] < 0) unknown.Add(log.ItemTable[i]);
        return missing;
    }

    private static StageProgress? Stage(IProgress<BuildProgress>? progress, string name) => progress is null ? null : new StageProgress(progress, name);

    private sealed class StageProgress(IProgress<BuildProgress> target, string stage) : IProgress<double>
    {
        public void Report(double value) => target.Report(new BuildProgress(stage, value));
    }
}
