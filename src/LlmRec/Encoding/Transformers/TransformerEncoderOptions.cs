namespace LlmRec;

/// <summary>How a <see cref="TransformerItemEncoder"/> reads items and what users say.</summary>
public sealed record TransformerEncoderOptions
{
    /// <summary>Which words of an item become its text; see <see cref="ItemText.Template"/>. Default: title, categories and text one after the other.</summary>
    public ItemText Text { get; init; } = new();

    /// <summary>Put before an item's text as it is. <see langword="null"/> (the default) takes the model's own prompt for documents where it has one, else its default prompt.</summary>
    public string? Prompt { get; init; }

    /// <summary>Put before what a user says. <see langword="null"/> (the default) takes the model's own prompt for queries where it has one, else its default prompt.</summary>
    public string? QueryPrompt { get; init; }
}
