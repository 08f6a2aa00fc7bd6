using System.Globalization;

namespace LlmRec;

/// <summary>A way to sort items into kinds: their categories, an attribute such as brand or author, bands of a price, or anything of the host's.</summary>
/// <remarks>Immutable and thread-safe, as far as a function given by the host is.</remarks>
public sealed class Facet
{
    private readonly Func<Item, IEnumerable<string>> _valuesOf;

    private Facet(string name, Func<Item, IEnumerable<string>> valuesOf)
    {
        Name = name;
        _valuesOf = valuesOf;
    }

    /// <summary>What it is called in sentences about rules.</summary>
    public string Name { get; }

    /// <summary>All categories of an item; an item may have several, and counts for each.</summary>
    public static Facet Category { get; } = new("category", item => item.Categories);

    /// <summary>The value of an attribute; an item without it has no kind and is never held back.</summary>
    public static Facet Attribute(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new(name, item => item.Attributes.TryGetValue(name, out string? value) && value.Length > 0 ? [value] : []);
    }

    /// <summary>Bands of a numeric attribute such as a price: "below 10", "10 to 50", "50 and more" for the bounds 10 and 50.</summary>
    /// <param name="name">The attribute; a value that is no number (decimal point, no separators) gives the item no band.</param>
    /// <param name="bounds">At least one bound, ascending; a band includes its lower bound.</param>
    /// <exception cref="ArgumentException">There is no bound, or they do not ascend.</exception>
    public static Facet Bands(string name, params double[] bounds)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(bounds);
        if (bounds.Length == 0)
            throw new ArgumentException("bands need at least one bound", nameof(bounds));
        for (int i = 0; i < bounds.Length; i++)
            if (!double.IsFinite(bounds[i]) || (i > 0 && bounds[i] <= bounds[i - 1]))
                throw new ArgumentException($"bound {i} is {bounds[i]}: bounds are finite and ascend", nameof(bounds));
        double[] copy = [.. bounds];
        string[] names = [.. Enumerable.Range(0, copy.Length + 1).Select(i => i == 0 ? string.Create(CultureInfo.InvariantCulture, $"below {copy[0]}")
            : i == copy.Length ? string.Create(CultureInfo.InvariantCulture, $"{copy[^1]} and more") : string.Create(CultureInfo.InvariantCulture, $"{copy[i - 1]} to {copy[i]}"))];
        return new(name, item => item.Attributes.TryGetValue(name, out string? text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double x) && !double.IsNaN(x)
            ? [names[copy.Count(bound => x >= bound)]] : []);
    }

    /// <summary>Kinds as the host sees them.</summary>
    /// <param name="name">What it is called in sentences about rules.</param>
    /// <param name="valuesOf">The kinds of an item, possibly none; must always give the same for the same item.</param>
    public static Facet Of(string name, Func<Item, IEnumerable<string>> valuesOf)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(valuesOf);
        return new(name, valuesOf);
    }

    internal IEnumerable<string> ValuesOf(Item item) => _valuesOf(item);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
