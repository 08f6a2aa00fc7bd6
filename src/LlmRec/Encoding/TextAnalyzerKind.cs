namespace LlmRec;

/// <summary>What kind of piece a <see cref="TextAnalyzer"/> cuts text into.</summary>
public enum TextAnalyzerKind
{
    /// <summary>Words of at least two letters, digits or underscores, and sequences of neighbouring words.</summary>
    Words = 0,

    /// <summary>Sequences of characters inside words, punctuation included; a word is padded with one space on each side.</summary>
    CharactersInWords = 1,

    /// <summary>Sequences of characters inside runs of Chinese, Japanese, Korean, Thai, Lao, Khmer or Burmese letters.</summary>
    Cjk = 2,
}
