namespace LlmRec;

/// <summary>One finding of a leakage check.</summary>
/// <param name="Kind">What was found.</param>
/// <param name="IsSevere">True when figures of this split are not to be trusted: it breaks what it promises, or tests on what it trained on.</param>
/// <param name="Count">How many events are concerned.</param>
/// <param name="Message">What was found, what it does to the figures and what to do, in words.</param>
public sealed record LeakageWarning(LeakageKind Kind, bool IsSevere, int Count, string Message)
{
    /// <summary>The message, marked when it is severe.</summary>
    public override string ToString() => IsSevere ? "LEAK: " + Message : "Note: " + Message;
}
