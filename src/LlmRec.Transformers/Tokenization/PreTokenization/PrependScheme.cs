namespace LlmRec.Transformers;

/// <summary>Which pieces get a space mark put before them.</summary>
internal enum PrependScheme
{
    /// <summary>Every piece.</summary>
    Always,

    /// <summary>The one at the very beginning of the text.</summary>
    First,

    /// <summary>None.</summary>
    Never,
}
