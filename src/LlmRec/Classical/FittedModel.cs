namespace LlmRec;

/// <summary>
/// A classical model with its whole life: fitted by the static <c>Fit</c> of its class, it recommends for any history, finds similar items, explains a
/// score, takes new events and new items, forgets a user, is fitted again, saved and loaded.
/// </summary>
/// <remarks>
/// A user is the training events of <see cref="UserContext.Id"/>, when there are any, and then the events of <see cref="UserContext.History"/>: unseen
/// histories are folded in, so new events change the answer at once and need no update. Immutable and thread-safe: what changes a model (see
/// <see cref="FittedModelExtensions"/>) returns a new one and leaves the old one as it is. A model holds a copy of its training events, about 20 bytes an event.
/// </remarks>
public abstract class FittedModel : IScoringModel
{
    private readonly ColdItems? _cold;

    private protected FittedModel(string name, Training training, ColdItems? cold = null)
    {
        Name = name;
        Training = training;
        _cold = cold;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Items => Training.Items;

    /// <summary>Ids of the users whose events the model was fitted on, in order of first appearance.</summary>
    public IReadOnlyList<string> Users => Training.Events.Users;

    /// <summary>Number of training events the model holds.</summary>
    public int EventCount => Training.Events.Count;

    internal Training Training { get; }

    /// <inheritdoc/>
    public void Score(IReadOnlyList<TopNRequest> requests, Span<float> scores)
    {
        ArgumentNullException.ThrowIfNull(requests);
        int m = Items.Count;
        if (scores.Length < (long)requests.Count * m)
            throw new ArgumentException($"{requests.Count} users of {m} items need {(long)requests.Count * m} scores, but there is room for {scores.Length}", nameof(scores));
        scores = scores[..(requests.Count * m)];
        ScoreTrained(requests, scores);
        if (_cold is null) return;
        for (int r = 0; r < requests.Count; r++) _cold.Fill(scores.Slice(r * m, m));
    }

    IReadOnlyList<IReadOnlyList<ScoredItem>> ITopNModel.Recommend(IReadOnlyList<TopNRequest> requests, int count)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return Lists(requests, count);
    }

    /// <summary>The best items for one user.</summary>
    /// <param name="user">The user.</param>
    /// <param name="count">Most items wanted, at least 1.</param>
    /// <param name="excludeSeen">Whether items of the user's history, training events included, are left out.</param>
    /// <returns>Best first, ties in the order of <see cref="Items"/>.</returns>
    public IReadOnlyList<ScoredItem> Recommend(UserContext user, int count, bool excludeSeen = true)
    {
        ArgumentNullException.ThrowIfNull(user);
        HashSet<string> exclude = new(StringComparer.Ordinal);
        if (excludeSeen)
        {
            exclude.UnionWith(user.History.Select(e => e.Item));
            if (user.Id is { } id && Training.Events.UserTable.Find(id) is >= 0 and int u)
                foreach (int p in Training.Events.PositionsOf(u)) exclude.Add(Training.Events.ItemTable[Training.Events.ItemAt(p)]);
        }
        return ((ITopNModel)this).Recommend([new(user, exclude)], count)[0];
    }

    /// <summary>The items most like one, best first, itself left out; only positive similarities, so the list may be shorter than asked for, and empty for an unknown item.</summary>
    /// <param name="item">The item's id. A cold item, when the model knows texts, has the items of similar text.</param>
    /// <param name="count">Most items wanted, at least 1.</param>
    public IReadOnlyList<ScoredItem> Similar(string item, int count)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        int i = Training.IndexOf(item);
        if (i < 0) return [];
        if (_cold?.IsCold(i) == true) return [.. _cold.SimilarTo(i).Take(count).Select(s => new ScoredItem(Items[s.Item], s.Share))];
        float[] row = new float[Items.Count];
        SimilarTo(i, row);
        row[i] = 0;
        int[] best = new int[Math.Min(count, row.Length)];
        int n = TopNSelection.Best(row, best);
        return [.. best[..n].Where(j => row[j] > 0).Select(j => new ScoredItem(Items[j], row[j]))];
    }

    /// <summary>The parts of an item's score for a user, largest first; parts of zero are left out. They sum to the score, up to rounding.</summary>
    /// <param name="user">The user.</param>
    /// <param name="item">Id of the item to explain; an unknown one has no parts.</param>
    public IReadOnlyList<ModelReason> Explain(UserContext user, string item)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(item);
        int i = Training.IndexOf(item);
        if (i < 0) return [];
        if (_cold?.IsCold(i) != true) return ModelReason.Sorted(ReasonsOf(user, i));
        var parts = new Dictionary<(string Name, string? Item), double>();
        foreach ((int like, float share) in _cold.SharesOf(i))
            foreach (ModelReason r in ReasonsOf(user, like))
                parts[(r.Name, r.Item)] = parts.GetValueOrDefault((r.Name, r.Item)) + share * (double)r.Score;
        return ModelReason.Sorted(parts.Select(p => new ModelReason(p.Key.Name, (float)p.Value, p.Key.Item)));
    }

    /// <summary>Saves everything into a folder. A crash at any moment leaves the model that was there before, whole.</summary>
    /// <param name="folder">The folder; made when it is not there. Its files of an older model are cleared away at the end.</param>
    /// <param name="cancellationToken">Stops the work; the older model stays.</param>
    public Task SaveAsync(string folder, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return ClassicalFile.SaveAsync(this, folder, cancellationToken);
    }

    /// <summary>Opens a saved model of any class.</summary>
    /// <param name="folder">The folder <see cref="SaveAsync"/> wrote.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">The folder is not a saved model, or a file is missing or damaged; the message says which.</exception>
    public static Task<FittedModel> LoadAsync(string folder, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return ClassicalFile.LoadAsync(folder, cancellationToken);
    }

    /// <summary>Models this one is made of, saved beside it.</summary>
    internal virtual IReadOnlyList<FittedModel> Inner => [];

    /// <summary>Which class it is, in files.</summary>
    internal abstract string Kind { get; }

    /// <summary>Writes options and what was learned; the training is written by others.</summary>
    internal abstract void Save(SavedModel to);

    /// <summary>Scores n users (n, m); cold items that have no score of their own are filled in afterwards.</summary>
    private protected abstract void ScoreTrained(IReadOnlyList<TopNRequest> requests, Span<float> scores);

    /// <summary>The lists of n users.</summary>
    private protected virtual IReadOnlyList<IReadOnlyList<ScoredItem>> Lists(IReadOnlyList<TopNRequest> requests, int count) => TopNSelection.FromScores(this, requests, count, Training.IndexOf);

    /// <summary>Writes how like item i the others are, into m zeros.</summary>
    private protected abstract void SimilarTo(int item, Span<float> similarities);

    private protected abstract IEnumerable<ModelReason> ReasonsOf(UserContext user, int item);

    /// <summary>A whole fit with the same options.</summary>
    internal abstract FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken);

    /// <summary>The model after new events.</summary>
    /// <param name="training">The old training and the new events.</param>
    /// <param name="changed">Users with new events, by their number in it, ascending.</param>
    /// <param name="progress">Receives how far it has come.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    internal virtual FittedModel Updated(Training training, int[] changed, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) =>
        Fitted(training, progress, cancellationToken);

    /// <summary>The model without a user.</summary>
    internal virtual FittedModel Forgotten(Training training, string user, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) =>
        Fitted(training, progress, cancellationToken);

    /// <summary>What was learned, under a training that has text vectors or more items.</summary>
    internal virtual FittedModel Grown(Training training) => Fitted(training, null, default);
}
