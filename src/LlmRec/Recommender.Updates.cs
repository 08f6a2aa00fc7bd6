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
            UserProfile before = Resolve(user, scratch);
            long milliseconds = time.ToUnixTimeMilliseconds();
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
