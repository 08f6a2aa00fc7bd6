namespace LlmRec;

// What changes a recommender while it answers. Each change is one short write under the lock.
public sealed partial class Recommender
{
    /// <summary>Takes an event in: the user's history, the counts and therefore the very next answer know of it.</summary>
    /// <param name="interaction">The event; without a time it happened now.</param>
    /// <returns>False when the catalog does not know the item; the event is then not kept, since nothing can be learnt from it.</returns>
    /// <exception cref="ArgumentException">The user id is empty, or the value is not finite.</exception>
    public bool Observe(Interaction interaction)
    {
        ArgumentNullException.ThrowIfNull(interaction);
        if (string.IsNullOrEmpty(interaction.User)) throw new ArgumentException("an event needs a user id", nameof(interaction));
        if (interaction.Value is { } v && !float.IsFinite(v))
            throw new ArgumentException($"the event of user '{interaction.User}' with item '{interaction.Item}' has the value {v}: give a finite number or none", nameof(interaction));
        DateTimeOffset time = interaction.Time ?? _options.TimeProvider.GetUtcNow();
        var user = new UserContext { Id = interaction.User, Time = time };
        RequestScratch scratch = _scratch.Rent();
        scratch.HasText = false;
        _lock.EnterWriteLock();
        try
        {
            int handle = _items.Catalog.HandleOf(interaction.Item);
            if (handle < 0) return false;
            long milliseconds = time.ToUnixTimeMilliseconds();
            // An event that comes late followed what was before it, not what has come since.
            UserProfile before = Resolve(user, scratch, until: milliseconds);
            _histories.Add(interaction.User, new HistoryStore.Event(milliseconds, handle, interaction.Value ?? float.NaN, interaction.Kind));
            _behaviour.Observe(before, handle, interaction.Kind, milliseconds);
            return true;
        }
        finally
        {
            _lock.ExitWriteLock();
            _scratch.Return(scratch);
        }
    }

    /// <summary>
    /// Moves the ranking head's weights one step (<see cref="LinearScoringHead.Learn"/>) towards what a user chose from a list that was
    /// shown. The counts and the history do not change: report the choice to <see cref="Observe"/> as well, after this.
    /// </summary>
    /// <param name="user">The user as when the list was shown.</param>
    /// <param name="shown">Ids of the items shown; those the catalog no longer knows are passed over.</param>
    /// <param name="chosen">Ids of those chosen, all among the shown ones; empty when nothing was.</param>
    /// <param name="options">The loss and the step; the default is a listwise step of 0.02.</param>
    /// <returns>The loss before the step; 0 when no shown item is known.</returns>
    /// <exception cref="ArgumentException">A chosen item was not shown.</exception>
    /// <exception cref="InvalidOperationException">The recommender ranks with something other than a <see cref="LinearScoringHead"/>.</exception>
    public double Learn(UserContext user, IReadOnlyCollection<string> shown, IReadOnlyCollection<string> chosen, LinearScoringOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(shown);
        ArgumentNullException.ThrowIfNull(chosen);
        if (chosen.FirstOrDefault(c => !shown.Contains(c)) is { } odd)
            throw new ArgumentException($"'{odd}' was chosen but is not among the {shown.Count} items shown", nameof(chosen));
        if (_ranker is not LinearScoringHead head)
            throw new InvalidOperationException($"the recommender ranks with {_ranker.GetType().Name}, which does not learn in this way; only a {nameof(LinearScoringHead)} does");
        RequestScratch scratch = _scratch.Rent();
        try
        {
            ValueTask encoding = EncodeTextAsync(user, scratch, CancellationToken.None);
            if (!encoding.IsCompletedSuccessfully) encoding.AsTask().GetAwaiter().GetResult();
            _lock.EnterReadLock();
            try
            {
                UserProfile profile = Resolve(user, scratch);
                Candidates candidates = scratch.Candidates;
                candidates.Reset(_items);
                var labels = new List<float>(shown.Count);
                foreach (string id in shown)
                {
                    if (_items.Catalog.HandleOf(id) is not (>= 0 and var handle)) continue;
                    candidates.Add(handle);
                    labels.Add(chosen.Contains(id) ? 1f : 0f);
                }
                return head.Learn(profile, candidates, labels.ToArray(), options);
            }
            finally
            {
                _lock.ExitReadLock();
            }
        }
        finally
        {
            _scratch.Return(scratch);
        }
    }

    /// <summary>Adds an item, or replaces the one of this id; from the next answer on it can be recommended, and what was learnt under its id stays.</summary>
    /// <exception cref="ArgumentException">The id is empty.</exception>
    /// <exception cref="InvalidOperationException">The item encoder gave a vector that is not finite; nothing was changed.</exception>
    public async ValueTask UpsertAsync(Item item, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (item.Id.Length == 0) throw new ArgumentException($"an item has no id (title: '{item.Title}')", nameof(item));
        float[] vector = new float[_itemEncoder.Dimensions];
        await _itemEncoder.EncodeAsync([item], vector, cancellationToken).ConfigureAwait(false);
        ItemVectors.Check(item, vector);
        _lock.EnterWriteLock();
        try
        {
            int handle = _items.Upsert(item, vector);
            _behaviour.Describe(handle, item);
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>Adds or replaces an item, waiting for the encoder.</summary>
    /// <inheritdoc cref="UpsertAsync"/>
    public void Upsert(Item item) => UpsertAsync(item).AsTask().GetAwaiter().GetResult();

    /// <summary>Removes an item: it is not recommended again, and its counts are forgotten. Histories keep their place for it should it return.</summary>
    /// <returns>False when there was no such item.</returns>
    public bool Remove(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        _lock.EnterWriteLock();
        try
        {
            int handle = _items.Remove(id);
            if (handle < 0) return false;
            _behaviour.Remove(handle);
            return true;
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }
}
