using Microsoft.Extensions.AI;

namespace LlmRec;

/// <summary>How an embedding generator is asked.</summary>
public sealed record GeneratorEncoderOptions
{
    /// <summary>Which words of an item are sent, and in what shape (<see cref="ItemText.Template"/>).</summary>
    public ItemText Text { get; init; } = new();

    /// <summary>What the model wants before an item's text, such as <c>passage: </c>; default nothing.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>What the model wants before a query, such as <c>query: </c>: used for a user's words, which come as an item that has only <see cref="Item.Text"/>. <see langword="null"/> (the default) takes <see cref="Prompt"/>.</summary>
    public string? QueryPrompt { get; init; }

    /// <summary>Dimensions asked for, at least 1, of models that can give fewer; <see langword="null"/> (the default) takes what the generator says of itself or, when it says nothing, what it gives.</summary>
    public int? Dimensions { get; init; }

    /// <summary>Most texts a request, at least 1, default 64.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Most requests at a time, at least 1, default 1.</summary>
    public int MaxParallelRequests { get; init; } = 1;

    /// <summary>Further wishes of each request; copied each time.</summary>
    public EmbeddingGenerationOptions? Request { get; init; }

    internal void Check()
    {
        ArgumentNullException.ThrowIfNull(Text);
        ArgumentNullException.ThrowIfNull(Prompt);
        Text.Check();
        if (Dimensions is < 1) throw new ArgumentOutOfRangeException(nameof(Dimensions), Dimensions, "ask for at least one dimension, or null for the model's own");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BatchSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxParallelRequests);
    }

    internal EmbeddingGenerationOptions? NewRequest()
    {
        if (Request is null && Dimensions is null) return null;
        EmbeddingGenerationOptions request = Request?.Clone() ?? new();
        request.Dimensions ??= Dimensions;
        return request;
    }
}
