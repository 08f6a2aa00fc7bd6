namespace LlmRec;

/// <summary>Which of a split's targets an evaluation asks for.</summary>
public enum EvaluationPhase
{
    /// <summary>The validation events, after the training history: for choosing parameters.</summary>
    Validation,

    /// <summary>The test events: for the figures one reports.</summary>
    Test,
}
