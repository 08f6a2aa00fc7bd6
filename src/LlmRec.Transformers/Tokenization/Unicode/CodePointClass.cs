namespace LlmRec.Transformers;

/// <summary>What the reference library takes a code point for; the sets come from different Unicode versions, as they do there.</summary>
[Flags]
internal enum CodePointClass : ushort
{
    None = 0,

    /// <summary>Dropped by BERT's text cleaning: controls, formats, private use, U+FFFD.</summary>
    BertRemoved = 1,

    /// <summary>Turned into a space by BERT's text cleaning.</summary>
    BertSpace = 2,

    /// <summary>Set apart by BERT as a Chinese character.</summary>
    Cjk = 4,

    /// <summary>Punctuation as BERT splits it: ASCII symbols included, Unicode 8 beyond.</summary>
    Punctuation = 8,

    /// <summary>Numeric in the sense of Rust's char::is_numeric.</summary>
    Numeric = 16,

    /// <summary>\p{L} of the regular expressions.</summary>
    Letter = 32,

    /// <summary>\p{N} of the regular expressions.</summary>
    Number = 64,

    /// <summary>Nonspacing mark as BERT strips it.</summary>
    BertMark = 128,

    /// <summary>Mark as the normaliser StripAccents strips it.</summary>
    CombiningMark = 256,

    /// <summary>White_Space.</summary>
    White = 512,
}
