namespace LlmRec;

/// <summary>What Wilcoxon's test does with differences of 0.</summary>
public enum ZeroDifferences
{
    /// <summary>They are left out (Wilcoxon).</summary>
    Dropped,

    /// <summary>They take part in the ranking and are then left out (Pratt).</summary>
    RankedThenDropped,

    /// <summary>Their ranks are shared between both sides.</summary>
    Shared,
}
