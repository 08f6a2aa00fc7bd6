namespace LlmRec;

/// <summary>
/// The front door: anyone who has a history, a few words or just arrived gets a ranked, varied, explained list, and every event
/// counts from the next answer on. Made by a <see cref="RecommenderBuilder"/> or opened with <see cref="LoadAsync"/>.
/// </summary>
/// <remarks>
/// Thread-safe: many threads may ask while one observes or changes items. A warm request allocates only its answer, unless the
/// user brings words that have to be encoded.
/// </remarks>
public sealed partial class Recommender : IDisposable
{
    private readonly ReaderWriterLockSlim _lock = new();
    private readonly SemaphoreSlim _saving = new(1);   // two saves at once into one folder would clear each other's files away
    private readonly ScratchPool<RequestScratch> _scratch = new();
    private readonly IItemEncoder _itemEncoder;
    private readonly IUserEncoder _userEncoder;
    private readonly IDiversifier _diversifier;
    private readonly RecommenderOptions _options;
    private readonly ItemSpace _items;
    private readonly HistoryStore _histories;
    private readonly BehaviourModel _behaviour;
    private readonly IRanker _ranker;
    private readonly LinearScoringHead _similarity = RecommenderDefaults.Similarity();

    internal Recommender(RecommenderParts parts)
    {
        _itemEncoder = parts.ItemEncoder;
        _userEncoder = parts.UserEncoder;
        _diversifier = parts.Diversifier;
        _options = parts.Options;
        _items = parts.Items;
        _histories = parts.Histories;
        _behaviour = parts.Behaviour;
        _ranker = parts.Ranker;
        Report = parts.Report;
    }

    /// <summary>What building or opening found: sizes, what was left out, how the head was fitted.</summary>
    public BuildReport Report { get; }

    /// <summary>Number of items that can be recommended.</summary>
    public int ItemCount => Read(() => _items.Catalog.Count);

    /// <summary>Number of users with a stored history.</summary>
    public int UserCount => Read(() => _histories.UserCount);

    /// <summary>What scores the candidates: the linear head, unless the builder was given another ranker.</summary>
    public IRanker Ranker => _ranker;

    /// <summary>True when there is a stored history under this id.</summary>
    public bool KnowsUser(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return Read(() => _histories.Knows(id));
    }

    /// <summary>Recommends to a user known by id, or to a newcomer of that id.</summary>
    /// <inheritdoc cref="Recommend(UserContext, RecommendOptions?)"/>
    public RecommendationList Recommend(string userId, RecommendOptions? options = null) => Recommend(UserContext.Of(userId), options);

    /// <summary>Recommends.</summary>
    /// <param name="user">Who: an id, a history, words, or all of them. An unknown user gets an answer from whatever is known, at the least from popularity.</param>
    /// <param name="options">How many, which, how varied; by default ten unseen items by relevance.</param>
    /// <returns>At most <see cref="RecommendOptions.Count"/> items, best first; empty when no item passes the filters.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count is below 1 or the diversity outside [0, 1].</exception>
    /// <remarks>With an encoder that calls a service, the user's words make this wait for it: prefer <see cref="RecommendAsync"/> there.</remarks>
    public RecommendationList Recommend(UserContext user, RecommendOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(user);
        options ??= RecommendOptions.Default;
        options.Validate();
        RequestScratch scratch = _scratch.Rent();
        try
        {
            ValueTask encoding = EncodeTextAsync(user, scratch, CancellationToken.None);
            if (!encoding.IsCompletedSuccessfully) encoding.AsTask().GetAwaiter().GetResult();
            return Answer(user, options, scratch, _ranker);
        }
        finally
        {
            _scratch.Return(scratch);
        }
    }

    /// <summary>The same, waiting for the item encoder without blocking when the user brings words.</summary>
    /// <inheritdoc cref="Recommend(UserContext, RecommendOptions?)"/>
    public async ValueTask<RecommendationList> RecommendAsync(UserContext user, RecommendOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(user);
        options ??= RecommendOptions.Default;
        options.Validate();
        RequestScratch scratch = _scratch.Rent();
        try
        {
            await EncodeTextAsync(user, scratch, cancellationToken).ConfigureAwait(false);
            return Answer(user, options, scratch, _ranker);
        }
        finally
        {
            _scratch.Return(scratch);
        }
    }

    /// <summary>Items like an item: near in text, liked by the same people, of the same categories.</summary>
    /// <param name="itemId">The item; it is left out itself.</param>
    /// <param name="options">How many, which, how varied.</param>
    /// <exception cref="KeyNotFoundException">The catalog has no such item.</exception>
    public RecommendationList SimilarItems(string itemId, RecommendOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(itemId);
        options = (options ?? RecommendOptions.Default) with { ExcludeSeen = true };
        options.Validate();
        if (!Read(() => _items.Catalog.Contains(itemId))) throw new KeyNotFoundException($"the catalog has no item '{itemId}'");
        RequestScratch scratch = _scratch.Rent();
        scratch.HasText = false;
        try
        {
            return Answer(UserContext.OfHistory(itemId), options, scratch, _similarity);
        }
        finally
        {
            _scratch.Return(scratch);
        }
    }

    /// <summary>The main job, one stage after the other.</summary>
    private RecommendationList Answer(UserContext user, RecommendOptions options, RequestScratch scratch, IRanker ranker)
    {
        _lock.EnterReadLock();
        try
        {
            UserProfile profile = Resolve(user, scratch);
            Admit(profile, options, scratch);
            Gather(profile, scratch);
            Rank(profile, scratch, ranker);
            int found = Choose(options, scratch);
            return options.Explain ? Explain(profile, scratch, ranker, found) : List(profile, scratch, found);
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <summary>Frees the lock; the model itself is ordinary memory.</summary>
    public void Dispose()
    {
        _lock.Dispose();
        _saving.Dispose();
    }

    private T Read<T>(Func<T> read)
    {
        _lock.EnterReadLock();
        try
        {
            return read();
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }
}
