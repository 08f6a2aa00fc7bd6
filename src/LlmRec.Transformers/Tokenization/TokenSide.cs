namespace LlmRec.Transformers;

/// <summary>An end of a row of tokens.</summary>
public enum TokenSide
{
    /// <summary>After the last token.</summary>
    Right,

    /// <summary>Before the first token.</summary>
    Left,
}
