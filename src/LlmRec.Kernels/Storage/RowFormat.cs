namespace LlmRec.Kernels;

#pragma warning disable CA1720 // The formats are called by their types: float32, int8.

/// <summary>How the values of a row are kept. Fewer bytes are read faster, since a scan is bound by memory.</summary>
/// <remarks>
/// The errors are those of a score between unit vectors of d dimensions, as a standard deviation: about 0.0002 (bfloat16 0.002) / √d for
/// the halves, 0.01 / √d for int8, 0.1 / √d for 4 bits and 0.6 / √d for signs.
/// </remarks>
public enum RowFormat
{
    /// <summary>4 bytes a value, exact.</summary>
    Float32,

    /// <summary>2 bytes a value, 11 significant bits, magnitudes up to 65,504.</summary>
    Float16,

    /// <summary>2 bytes a value, 8 significant bits, float32's range.</summary>
    BFloat16,

    /// <summary>1 byte a value and a scale a row; the query is rounded to 8 bits as well, products and sums are exact integers.</summary>
    Int8,

    /// <summary>Half a byte a value and a scale a row; the query is rounded to 8 bits. Made for the coarse stage of a two-stage search.</summary>
    Int4,

    /// <summary>One bit a value, its sign; scores are 1 − 2h/d for h differing signs, so only directions count. Made for the coarse stage of a two-stage search.</summary>
    Sign,
}
