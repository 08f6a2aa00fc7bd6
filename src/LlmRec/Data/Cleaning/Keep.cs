namespace LlmRec;

/// <summary>Which of several equal events stays.</summary>
public enum Keep
{
    /// <summary>The oldest: by time, and by order of arrival where times are equal or missing.</summary>
    First = 0,

    /// <summary>The newest.</summary>
    Last = 1,
}
