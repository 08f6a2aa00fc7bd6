namespace LlmRec;

/// <summary>For each category the set of items that have it, kept as items come and go.</summary>
internal sealed class CategoryIndex
{
    private readonly Dictionary<string, ulong[]> _members = new(StringComparer.OrdinalIgnoreCase);

    public void Add(int handle, IReadOnlyList<string> categories)
    {
        foreach (string category in categories)
        {
            _members.TryGetValue(category, out ulong[]? bits);
            int words = Bits.Words(handle + 1);
            if (bits is null || bits.Length < words)
            {
                Array.Resize(ref bits, Math.Max(words, (bits?.Length ?? 0) * 2));
                _members[category] = bits;
            }
            Bits.Set(bits, handle);
        }
    }

    public void Remove(int handle, IReadOnlyList<string> categories)
    {
        foreach (string category in categories)
            if (_members.TryGetValue(category, out ulong[]? bits) && handle >> 6 < bits.Length)
                Bits.Clear(bits, handle);
    }

    /// <summary>Adds the members of a category to a set; an unknown category has none.</summary>
    public void Union(string category, Span<ulong> set)
    {
        if (!_members.TryGetValue(category, out ulong[]? bits)) return;
        int n = Math.Min(bits.Length, set.Length);
        Bits.Or(set[..n], bits.AsSpan(0, n));
    }
}
