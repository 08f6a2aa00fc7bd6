using System.Text;

namespace LlmRec;

/// <summary>
/// Which words of an item an encoder reads: title, categories, text and chosen attributes, in this order. Encoders that count terms
/// weigh the parts; encoders that read a sentence get them as one (<see cref="Compose"/>).
/// </summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed partial record ItemText
{
    /// <summary>How many times the title counts, at least 0 (0 leaves it out), default 2.</summary>
    public float TitleWeight { get; init; } = 2;

    /// <summary>How many times each category counts, at least 0, default 1.</summary>
    public float CategoryWeight { get; init; } = 1;

    /// <summary>How many times the text counts, at least 0, default 1.</summary>
    public float TextWeight { get; init; } = 1;

    /// <summary>How many times each chosen attribute counts, at least 0, default 1.</summary>
    public float AttributeWeight { get; init; } = 1;

    /// <summary>Names of the attributes whose values are read, such as <c>brand</c> or <c>author</c>; default none. An item may lack any of them.</summary>
    public IReadOnlyList<string> Attributes { get; init; } = [];

    /// <summary>Most chars of a part, at least 1, default 20,000; the rest of a longer one is ignored. A surrogate pair is never cut.</summary>
    public int MaxLength { get; init; } = 20_000;

    /// <summary>
    /// How <see cref="Compose"/> puts the parts together, for encoders that read a sentence: <c>{title}</c>, <c>{categories}</c>, <c>{text}</c>, and any other name
    /// for the attribute of that name. What stands in square brackets is left out when its fields are all empty: <c>[{title}. ][Genres: {categories}. ]{text}</c>.
    /// Double a bracket to mean the bracket itself. <see langword="null"/> (the default) takes title, categories, text and <see cref="Attributes"/> one after the other.
    /// </summary>
    /// <exception cref="ArgumentException">Brackets do not match, or there is no field.</exception>
    public string? Template
    {
        get => _template?.Source;
        init => _template = value is null ? null : ItemTemplate.Parse(value);
    }

    private readonly ItemTemplate? _template;

    /// <summary>The item's words as one text: by the <see cref="Template"/>, or <c>title. category, category. text. attribute: value.</c> Empty parts leave nothing behind; an item without any gives an empty text.</summary>
    public string Compose(Item item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (_template is not null) return _template.Render(name => Field(item, name));
        var text = new StringBuilder();
        if (TitleWeight > 0) Append(item.Title);
        if (CategoryWeight > 0) Append(string.Join(", ", item.Categories.Where(c => !string.IsNullOrWhiteSpace(c)).Select(Cut)));
        if (TextWeight > 0) Append(item.Text);
        if (AttributeWeight > 0)
            foreach (string name in Attributes)
                if (item.Attributes.TryGetValue(name, out string? value) && !string.IsNullOrWhiteSpace(value))
                    Append($"{name}: {Cut(value)}");
        return text.ToString();

        void Append(string part)
        {
            if (string.IsNullOrWhiteSpace(part)) return;
            if (text.Length > 0) text.Append(EndsSentence(text[^1]) ? " " : ". ");
            text.Append(Cut(part).AsSpan().Trim());
        }
    }

    private string Field(Item item, string name) => name switch
    {
        "title" => Cut(item.Title),
        "text" => Cut(item.Text),
        "categories" => string.Join(", ", item.Categories.Where(c => !string.IsNullOrWhiteSpace(c)).Select(Cut)),
        _ => item.Attributes.TryGetValue(name, out string? value) && value is not null ? Cut(value) : "",
    };

    internal void Check()
    {
        foreach (float weight in (ReadOnlySpan<float>)[TitleWeight, CategoryWeight, TextWeight, AttributeWeight])
            if (!(weight >= 0 && float.IsFinite(weight)))
                throw new ArgumentException($"the weights of {nameof(ItemText)} must be at least 0 and finite, got {weight}", nameof(TitleWeight));
        ArgumentNullException.ThrowIfNull(Attributes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxLength);
    }

    /// <summary>The parts that count, with their weights.</summary>
    internal void AddParts(Item item, List<TextPart> parts)
    {
        Add(item.Title, TitleWeight);
        for (int i = 0; i < item.Categories.Count; i++) Add(item.Categories[i], CategoryWeight);
        Add(item.Text, TextWeight);
        for (int i = 0; i < Attributes.Count; i++)
            if (item.Attributes.TryGetValue(Attributes[i], out string? value))
                Add(value, AttributeWeight);

        void Add(string? text, float weight)
        {
            if (weight > 0 && !string.IsNullOrEmpty(text)) parts.Add(new(Cut(text), weight));
        }
    }

    private string Cut(string text)
    {
        if (text.Length <= MaxLength) return text;
        int end = char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength;
        return text[..end];
    }

    private static bool EndsSentence(char c) => c is '.' or '!' or '?' or '。' or '！' or '？';
}
