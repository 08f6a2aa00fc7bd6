namespace LlmRec;

/// <summary>How a file of word vectors is written.</summary>
public enum WordVectorFormat
{
    /// <summary>Found out from the first bytes.</summary>
    Auto,

    /// <summary>A line <c>count dimensions</c>, then a line <c>word x1 … xd</c> for each word; fastText's <c>.vec</c> is the same.</summary>
    Word2VecText,

    /// <summary>A line <c>count dimensions</c>, then for each word its UTF-8 bytes, a space and d little-endian float32, with or without a newline after them.</summary>
    Word2VecBinary,

    /// <summary>Lines <c>word x1 … xd</c> without a first line of counts.</summary>
    GloVe,
}
