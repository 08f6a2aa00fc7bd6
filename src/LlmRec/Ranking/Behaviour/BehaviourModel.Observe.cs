namespace LlmRec;

internal sealed partial class BehaviourModel
{
    /// <summary>Counts one more event. A few dozen additions, some microseconds.</summary>
    /// <param name="before">The user as known before the event.</param>
    /// <param name="handle">The item.</param>
    /// <param name="kind">What was done; signs against the item change nothing here.</param>
    /// <param name="timeMs">Unix milliseconds, or <see cref="InteractionLog.NoTime"/>.</param>
    public void Observe(UserProfile before, int handle, InteractionKind kind, long timeMs)
    {
        if (kind.IsNegative()) return;
        GrowTo(handle + 1);
        ReadOnlySpan<int> history = before.Handles;
        CountEvent(handle, timeMs);
        RisePopular(handle);
        for (int k = 0; k < history.Length && k < Options.Window; k++)
        {
            if (history[k] == handle) continue;
            Followers.Add(history[k], handle, 1f / (k + 1));
            Predecessors.Add(handle, history[k], 1f / (k + 1));
        }
        if (history.Contains(handle)) return;   // one user says once that two items go together
        float weight = UserWeight(history.Length + 1);
        _mass[handle] += weight;
        // The nearest places are enough here: the whole neighbour window would make an event a hundred times dearer.
        int reach = Math.Min(history.Length, Math.Min(Options.NeighbourWindow, 64));
        for (int k = 0; k < reach; k++)
        {
            if (history[..k].Contains(history[k])) continue;
            Companions.Add(history[k], handle, weight);
            Companions.Add(handle, history[k], weight);
        }
    }

    /// <summary>Makes room for new items, which have no counts yet.</summary>
    public void GrowTo(int handleCount)
    {
        int old = HandleCount;
        if (handleCount <= old) return;
        Array.Resize(ref _popularity, handleCount);
        Array.Resize(ref _recent, handleCount);
        Array.Resize(ref _mass, handleCount);
        Array.Resize(ref _recentAt, handleCount);
        Array.Resize(ref _firstSeen, handleCount);
        _recentAt.AsSpan(old).Fill(InteractionLog.NoTime);
        _firstSeen.AsSpan(old).Fill(InteractionLog.NoTime);
        Followers.GrowTo(handleCount);
        Predecessors.GrowTo(handleCount);
        Companions.GrowTo(handleCount);
    }

    /// <summary>Takes the categories, attributes and time of an item over; call it for each new or changed item.</summary>
    public void Describe(int handle, Item item)
    {
        GrowTo(handle + 1);
        Categories.Set(handle, item.Categories);
        Attributes.Set(handle, item.Attributes.Select(a => Attribute(a.Key, a.Value)));
        if (item.Time is { } time) _firstSeen[handle] = time.ToUnixTimeMilliseconds();
    }

    /// <summary>Forgets all about an item. Reads every row once: milliseconds.</summary>
    public void Remove(int handle)
    {
        if (handle >= HandleCount) return;
        _popular = null;
        if (_popularity[handle] > 0) _items--;
        Events -= _popularity[handle];
        (_popularity[handle], _recent[handle], _mass[handle]) = (0, 0, 0);
        (_recentAt[handle], _firstSeen[handle]) = (InteractionLog.NoTime, InteractionLog.NoTime);
        Followers.Remove(handle);
        Predecessors.Remove(handle);
        Companions.Remove(handle);
        Categories.Set(handle, []);
        Attributes.Set(handle, []);
    }

    /// <summary>How an attribute is written as one token.</summary>
    public static string Attribute(string name, string value) => $"{name}={value}";

    private void CountEvent(int handle, long time)
    {
        if (_popularity[handle]++ == 0) _items++;
        Events++;
        if (time == InteractionLog.NoTime) return;
        if (_firstSeen[handle] == InteractionLog.NoTime || time < _firstSeen[handle]) _firstSeen[handle] = time;
        long at = _recentAt[handle];
        if (at == InteractionLog.NoTime)
            (_recent[handle], _recentAt[handle]) = (1, time);
        else if (time >= at)   // an event that comes late counts as faded as it would be by now
            (_recent[handle], _recentAt[handle]) = (_recent[handle] * Fade(time - at) + 1, time);
        else
            _recent[handle] += Fade(at - time);
    }
}
