namespace LlmRec;

/// <summary>What a rule demands.</summary>
internal enum RuleKind
{
    AtMost,
    AtLeast,
    Apart,
}
