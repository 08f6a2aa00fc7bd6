namespace LlmRec;

/// <summary>The built-in features a <see cref="LinearScoringHead"/> can weigh.</summary>
/// <remarks>
/// All are thread-safe, give 0 where nothing is known, and carry their monotone transform (such as ln(1 + c·x) of a count) within
/// them. Behaviour is counted by the recommender the head works in; features only read it.
/// </remarks>
public static class Features
{
    /// <summary>Cosine of the item to the mean of the history, each event weighing <paramref name="decay"/> times the one after it. In [−1, 1]. Name: <c>cosine</c>.</summary>
    /// <param name="decay">In (0, 1].</param>
    public static IFeature Cosine(double decay = 0.9) => new CosineFeature(Checked(decay));

    /// <summary>Largest cosine of the item to one of the last events. In [−1, 1]. Name: <c>cosine.best</c>.</summary>
    /// <param name="last">How many events count, at least 1.</param>
    public static IFeature BestCosine(int last = 5)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(last);
        return new BestCosineFeature(last);
    }

    /// <summary>Cosine of the item to the user's words. In [−1, 1]. Name: <c>text</c>.</summary>
    public static IFeature Text() => new TextCosineFeature();

    /// <summary>
    /// Directed co-occurrence: how often the item came within ten events after those of the history, weight 1/distance, damped by
    /// the popularity of both sides; ln(1 + 50·x). Name: <c>followers.</c> and the decay.
    /// </summary>
    /// <param name="decay">Weight of an event against the one after it, in (0, 1]: 0.5 looks at the last few, 0.95 at the last fifty.</param>
    /// <param name="historyDamping">Exponent of the popularity of the history's item.</param>
    /// <param name="itemDamping">Exponent of the popularity of the item.</param>
    public static IFeature Followers(double decay = 0.8, double historyDamping = 0.5, double itemDamping = 0.25) =>
        new BehaviourFeature(BehaviourSignal.Followers, Checked(decay), (float)historyDamping, (float)itemDamping);

    /// <summary>The same for what came before the events of the history. Name: <c>predecessors.</c> and the decay.</summary>
    /// <inheritdoc cref="Followers" path="/param"/>
    public static IFeature Predecessors(double decay = 0.8, double historyDamping = 0.5, double itemDamping = 0.25) =>
        new BehaviourFeature(BehaviourSignal.Predecessors, Checked(decay), (float)historyDamping, (float)itemDamping);

    /// <summary>
    /// Directed co-occurrence in which each event votes alone: the sum over the history of decay^r · ln(1 + 1000·x) of its single
    /// counts, so that an item to which many events lead a little can beat one to which one leads. Name: <c>followers.each.</c> and
    /// the decay.
    /// </summary>
    /// <inheritdoc cref="Followers" path="/param"/>
    public static IFeature FollowersOfEach(double decay = 0.8, double historyDamping = 0.5, double itemDamping = 0.25) =>
        new BehaviourFeature(BehaviourSignal.Followers, Checked(decay), (float)historyDamping, (float)itemDamping) { Each = true };

    /// <summary>Item-KNN: the cosine of the columns of the two items, long histories weighing less; ln(1 + 50·x). Name: <c>companions.</c> and the decay.</summary>
    /// <param name="decay">Weight of an event against the one after it, in (0, 1].</param>
    public static IFeature Companions(double decay = 0.9) =>
        new BehaviourFeature(BehaviourSignal.Companions, Checked(decay), 0.5f, 0.5f);

    /// <summary>ln(1 + events). Name: <c>popularity</c>.</summary>
    public static IFeature Popularity() => new PopularityFeature(recent: false);

    /// <summary>ln(1 + events) / (1 + length of the history): popularity for those of whom little is known. Name: <c>popularity.newcomer</c>.</summary>
    public static IFeature NewcomerPopularity() => new PopularityFeature(recent: false, PopularityFeature.For.Newcomer);

    /// <summary>ln(1 + events, each counted half after every half-life); 0 without times. Name: <c>popularity.recent</c>.</summary>
    public static IFeature RecentPopularity() => new PopularityFeature(recent: true);

    /// <summary>Cosine of the rarity-weighted categories of the history and of the item. In [0, 1]. Name: <c>categories</c>.</summary>
    /// <param name="decay">Weight of an event against the one after it, in (0, 1].</param>
    public static IFeature Categories(double decay = 0.9) => new TokenMatchFeature(attributes: false, Checked(decay));

    /// <summary>The same for attributes, each a name and a value. Name: <c>attributes</c>.</summary>
    /// <param name="decay">Weight of an event against the one after it, in (0, 1].</param>
    public static IFeature Attributes(double decay = 0.9) => new TokenMatchFeature(attributes: true, Checked(decay));

    /// <summary>The share of the attributes in <see cref="UserContext.Attributes"/> that the item has with the same value. In [0, 1]. Name: <c>attributes.user</c>.</summary>
    public static IFeature UserAttributes() => new UserAttributeFeature();

    /// <summary>−ln(1 + days since the item appeared, by its own time or its first event); 0 when unknown. Name: <c>recency</c>.</summary>
    public static IFeature Recency() => new AgeFeature();

    /// <summary>
    /// The element-wise product of the history's mean vector and the item's, a feature a dimension, so that a head can learn which
    /// directions of the space matter. Names: <c>product.0</c> and so on. Not part of the default head.
    /// </summary>
    /// <param name="dimensions">How many leading dimensions, at least 1.</param>
    /// <param name="decay">Weight of an event against the one after it, in (0, 1].</param>
    public static IReadOnlyList<IFeature> Product(int dimensions, double decay = 0.9)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimensions);
        var features = new IFeature[dimensions];
        for (int i = 0; i < dimensions; i++) features[i] = new ProductFeature(i, Checked(decay));
        return features;
    }

    /// <summary>
    /// The score x of any model for the history, as sign(x) · ln(1 + scale · |x|); 0 for items the model does not know. Scores of a
    /// <see cref="FittedModel"/> are explained by the events behind them. Not saved with a recommender: give it again when loading.
    /// </summary>
    /// <param name="model">A fitted model.</param>
    /// <param name="scale">How soon large scores are flattened, above 0: 50 suits scores well below 1.</param>
    /// <param name="name">The feature's name; <see langword="null"/> for <c>model.</c> and the model's.</param>
    public static IFeature Score(IScoringModel model, double scale = 50, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!(scale > 0 && float.IsFinite((float)scale))) throw new ArgumentOutOfRangeException(nameof(scale), scale, "use a finite number above 0");
        return new ScoringModelFeature(model, (float)scale, name ?? "model." + model.Name);
    }

    /// <summary>
    /// The three parts of the field's utility, content + λ · rating + β · related, as features <c>utility.content</c>, <c>utility.rating</c> and <c>utility.related</c>, whose weights the head learns; see
    /// <see cref="UtilityModel"/> for the same without a head. Not saved with a recommender: give them again when loading.
    /// </summary>
    /// <param name="content">What the texts say, such as a <see cref="ContentModel"/> or a <see cref="TextKnnModel"/> with the text alone.</param>
    /// <param name="rating">How well liked, such as a <see cref="RatingKnnModel"/> or a <see cref="PopularModel"/>.</param>
    /// <param name="related">What goes together, such as an <see cref="AssociationModel"/> or an <see cref="ItemKnnModel"/>.</param>
    public static IReadOnlyList<IFeature> Utility(FittedModel content, FittedModel rating, FittedModel related) =>
        [Score(content, name: "utility.content"), Score(rating, scale: 1, name: "utility.rating"), Score(related, name: "utility.related")];

    /// <summary>The features of the default head.</summary>
    public static IReadOnlyList<IFeature> Default() =>
    [
        Followers(0.3), Followers(0.5), Followers(0.8), Followers(0.95), Followers(1),
        FollowersOfEach(0.5), FollowersOfEach(0.8), FollowersOfEach(0.95), FollowersOfEach(1),
        new BehaviourFeature(BehaviourSignal.Followers, 0.8f, 0.5f, 0.25f) { KnownUser = true },
        Predecessors(0.5), Predecessors(0.8), Predecessors(0.95),
        Companions(0.8), Companions(0.95),
        new BehaviourFeature(BehaviourSignal.Companions, 0.8f, 0.5f, 0.5f) { KnownUser = true },
        Popularity(), NewcomerPopularity(), new PopularityFeature(recent: false, PopularityFeature.For.KnownUser), RecentPopularity(), Recency(),
        Cosine(), BestCosine(), Text(),
        Categories(), Attributes(), UserAttributes(),
    ];

    private static float Checked(double decay, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(decay))] string? name = null) =>
        decay is > 0 and <= 1 ? (float)decay : throw new ArgumentOutOfRangeException(name, decay, "a decay lies in (0, 1]");
}
