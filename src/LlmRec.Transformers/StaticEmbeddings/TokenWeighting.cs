namespace LlmRec.Transformers;

/// <summary>Where the frequencies come from by which a static encoder weighs its pieces.</summary>
public enum TokenWeighting
{
    /// <summary>From the order of the vocabulary, which in most tokenizers is by frequency: p ∝ 1 / (rank + 2), Zipf's law.</summary>
    Rank,

    /// <summary>Counted in the caller's own texts, one added to each so that what they lack is rare and not impossible.</summary>
    Counts,

    /// <summary>None: all pieces weigh the same.</summary>
    None,
}
