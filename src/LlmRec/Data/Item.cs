namespace LlmRec;

/// <summary>Something that can be recommended. Immutable; an unseen item is known by its text.</summary>
/// <remarks>Thread-safe. Two items are compared by reference; the <see cref="Id"/> identifies an item within a <see cref="Catalog"/>.</remarks>
public sealed record Item
{
    /// <summary>The host's own id, any non-empty string; ids are compared ordinally, and nothing of the library's own numbering is ever shown.</summary>
    public required string Id { get; init; }

    /// <summary>A short name for people, possibly empty.</summary>
    public string Title { get; init; } = "";

    /// <summary>A description of any length and in any language, possibly empty.</summary>
    public string Text { get; init; } = "";

    /// <summary>Categories, tags or genres, in the host's order; possibly empty.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Named attributes such as brand, author, price or language.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = EmptyAttributes;

    /// <summary>Vectors made elsewhere (an image encoder, a service), by name; each of any length, finite.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<float>> Vectors { get; init; } = EmptyVectors;

    /// <summary>When the item appeared; <see langword="null"/> when unknown.</summary>
    public DateTimeOffset? Time { get; init; }

    private static readonly IReadOnlyDictionary<string, string> EmptyAttributes = new Dictionary<string, string>();
    private static readonly IReadOnlyDictionary<string, ReadOnlyMemory<float>> EmptyVectors = new Dictionary<string, ReadOnlyMemory<float>>();

    /// <summary>Compares by reference: items carry collections, whose contents a value comparison would not see.</summary>
    public bool Equals(Item? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode(StringComparison.Ordinal);

    /// <summary>The id, and the title when there is one.</summary>
    public override string ToString() => Title.Length == 0 ? Id : $"{Title} ({Id})";
}
