using LlmRec.Transformers;

namespace LlmRec;

/// <summary>The prompts that models bring, by the names that are in use for them.</summary>
internal static class ModelPrompts
{
    private static readonly string[] Documents = ["document", "passage", "search_document", "Retrieval-document"];

    private static readonly string[] Queries = ["query", "search_query", "Retrieval-query"];

    public static string ForItems(SentenceEncoder encoder) => Find(encoder, Documents);

    public static string ForUsers(SentenceEncoder encoder) => Find(encoder, Queries);

    private static string Find(SentenceEncoder encoder, ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            if (encoder.Prompts.TryGetValue(name, out string? prompt)) return prompt;
        return encoder.DefaultPrompt is { } chosen ? encoder.Prompts[chosen] : "";
    }
}
