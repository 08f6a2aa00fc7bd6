namespace LlmRec;

/// <summary>
/// Content alone: an item scores by the cosine of its TF-IDF vector with those of the history's items, newer ones counting more. Needs no events but the
/// user's own, so every item with a text is served from the first day. G. Salton and C. Buckley, 1988; M. Pazzani and D. Billsus, Content-based recommendation systems, 2007.
/// </summary>
/// <remarks>
/// Fitting reads the texts once. Scoring is O(terms of the history × items with them) a user. Updating and forgetting change stored histories only and are exactly a new fit. See
/// <see cref="LinearItemModel"/> for the rest.
/// </remarks>
public sealed class ContentModel : LinearItemModel
{
    internal const string KindName = "content";

    private readonly double _decay;
    private readonly int _past;
    private readonly TermItemWeights _texts;

    private ContentModel(Training training, TermItemWeights texts, double decay, int past)
        : base("content TF-IDF", training, new TextTastes(new RecentTastes(new ItemSequences(training), past, decay), texts.HasText), texts)
    {
        _texts = texts;
        _decay = decay;
        _past = past;
    }

    /// <summary>Fits the model.</summary>
    /// <param name="catalog">The items that can be recommended, with their texts.</param>
    /// <param name="log">Events: the histories behind the users' ids; nothing is learned from them.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static ContentModel Fit(Catalog catalog, InteractionLog log, ContentOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Check();
        Training training = Training.From(catalog, log);
        string[] texts = [.. catalog.Select(options.Text.Compose)];
        TfIdfVectorizer vectorizer = TfIdfVectorizer.Fit(texts, options.Terms, cancellationToken);
        return new(training, new TermItemWeights(vectorizer.Transform(texts, cancellationToken)), options.Decay, options.Past);
    }

    internal override string Kind => KindName;

    internal override FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) => new ContentModel(training, _texts, _decay, _past);

    internal override FittedModel Grown(Training training) => new ContentModel(training, (TermItemWeights)_texts.Grown(training.Items.Length), _decay, _past);

    internal override void Save(SavedModel to)
    {
        to.Set("decay", _decay);
        to.Set("past", _past);
        _texts.Save(to);
    }

    internal static ContentModel Open(OpenedModel file)
    {
        var options = new ContentOptions { Decay = file.Get("decay", new ContentOptions().Decay), Past = file.Get("past", new ContentOptions().Past) };
        options.Check();
        return new(file.Training, TermItemWeights.Open(file), options.Decay, options.Past);
    }
}
