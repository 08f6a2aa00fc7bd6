namespace LlmRec;

/// <summary>What a diversifier has to say about a list as a whole.</summary>
/// <remarks>Not thread-safe; may be reused, each call clears it.</remarks>
public sealed class DiversityNotes
{
    private readonly List<string> _unmet = [];

    /// <summary>One sentence for each rule the list does not meet, with the rule's name and how far it fell short; empty when every rule is met.</summary>
    public IReadOnlyList<string> Unmet => _unmet;

    internal void Clear() => _unmet.Clear();

    internal void Add(string sentence) => _unmet.Add(sentence);
}
