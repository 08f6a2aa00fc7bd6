using System.Buffers;

namespace LlmRec;

/// <summary>
/// Says which items may be recommended. A filter applies before the best are chosen: when fewer items remain than were asked for,
/// fewer come back, and none that it forbids.
/// </summary>
/// <remarks>Immutable and thread-safe. Filters combine with <c>&amp;</c>, <c>|</c> and <c>!</c>.</remarks>
public abstract class Filter
{
    private protected Filter()
    {
    }

    /// <summary>Items of at least one of the categories, compared ordinally without regard to case.</summary>
    public static Filter Category(params string[] categories) => new CategoryFilter(categories ?? throw new ArgumentNullException(nameof(categories)));

    /// <summary>Items whose attribute has exactly this value.</summary>
    public static Filter Attribute(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(value);
        return Where(item => item.Attributes.TryGetValue(name, out string? v) && v == value);
    }

    /// <summary>Only these items. Ids the catalog does not know are allowed nothing.</summary>
    public static Filter Allow(params IEnumerable<string> ids) => new IdFilter(ids, allow: true);

    /// <summary>All but these items.</summary>
    public static Filter Deny(params IEnumerable<string> ids) => new IdFilter(ids, allow: false);

    /// <summary>Items for which the predicate holds. It is asked about every item that the filters before it left, so it should be quick; it must be thread-safe.</summary>
    public static Filter Where(Func<Item, bool> predicate) => new PredicateFilter(predicate ?? throw new ArgumentNullException(nameof(predicate)));

    /// <summary>Items that pass both.</summary>
    public static Filter operator &(Filter left, Filter right) => new AndFilter(Checked(left), Checked(right));

    /// <summary>Items that pass at least one.</summary>
    public static Filter operator |(Filter left, Filter right) => new OrFilter(Checked(left), Checked(right));

    /// <summary>Items that do not pass.</summary>
    public static Filter operator !(Filter filter) => new NotFilter(Checked(filter));

    /// <summary>The same as <c>&amp;</c>, for languages without operators.</summary>
    public Filter And(Filter other) => this & other;

    /// <summary>The same as <c>|</c>, for languages without operators.</summary>
    public Filter Or(Filter other) => this | other;

    /// <summary>The same as <c>!</c>, for languages without operators.</summary>
    public Filter Not() => !this;

    /// <summary>Clears the bits of the items that do not pass; bit h belongs to handle h.</summary>
    internal abstract void Restrict(ItemSpace space, Span<ulong> bits);

    private static Filter Checked(Filter filter) => filter ?? throw new ArgumentNullException(nameof(filter));

    private sealed class CategoryFilter(string[] categories) : Filter
    {
        internal override void Restrict(ItemSpace space, Span<ulong> bits)
        {
            ulong[] any = ArrayPool<ulong>.Shared.Rent(bits.Length);
            Span<ulong> union = any.AsSpan(0, bits.Length);
            union.Clear();
            foreach (string category in categories) space.Categories.Union(category, union);
            Bits.And(bits, union);
            ArrayPool<ulong>.Shared.Return(any);
        }
    }

    private sealed class IdFilter(IEnumerable<string> ids, bool allow) : Filter
    {
        private readonly string[] _ids = [.. ids ?? throw new ArgumentNullException(nameof(ids))];

        internal override void Restrict(ItemSpace space, Span<ulong> bits)
        {
            if (!allow)
            {
                foreach (string id in _ids)
                    if (space.Catalog.HandleOf(id) is >= 0 and int handle) Bits.Clear(bits, handle);
                return;
            }
            ulong[] listed = ArrayPool<ulong>.Shared.Rent(bits.Length);
            Span<ulong> set = listed.AsSpan(0, bits.Length);
            set.Clear();
            foreach (string id in _ids)
                if (space.Catalog.HandleOf(id) is >= 0 and int handle) Bits.Set(set, handle);
            Bits.And(bits, set);
            ArrayPool<ulong>.Shared.Return(listed);
        }
    }

    private sealed class PredicateFilter(Func<Item, bool> predicate) : Filter
    {
        internal override void Restrict(ItemSpace space, Span<ulong> bits)
        {
            for (int w = 0; w < bits.Length; w++)
                for (ulong word = bits[w]; word != 0; word &= word - 1)
                {
                    int handle = (w << 6) + System.Numerics.BitOperations.TrailingZeroCount(word);
                    if (!predicate(space.Catalog.ItemAt(handle)!)) Bits.Clear(bits, handle);
                }
        }
    }

    private sealed class AndFilter(Filter left, Filter right) : Filter
    {
        internal override void Restrict(ItemSpace space, Span<ulong> bits)
        {
            left.Restrict(space, bits);
            right.Restrict(space, bits);
        }
    }

    private sealed class OrFilter(Filter left, Filter right) : Filter
    {
        internal override void Restrict(ItemSpace space, Span<ulong> bits)
        {
            ulong[] other = ArrayPool<ulong>.Shared.Rent(bits.Length);
            Span<ulong> second = other.AsSpan(0, bits.Length);
            bits.CopyTo(second);
            left.Restrict(space, bits);
            right.Restrict(space, second);
            Bits.Or(bits, second);
            ArrayPool<ulong>.Shared.Return(other);
        }
    }

    private sealed class NotFilter(Filter inner) : Filter
    {
        internal override void Restrict(ItemSpace space, Span<ulong> bits)
        {
            ulong[] passing = ArrayPool<ulong>.Shared.Rent(bits.Length);
            Span<ulong> passed = passing.AsSpan(0, bits.Length);
            bits.CopyTo(passed);
            inner.Restrict(space, passed);
            Bits.AndNot(bits, passed);
            ArrayPool<ulong>.Shared.Return(passing);
        }
    }
}
