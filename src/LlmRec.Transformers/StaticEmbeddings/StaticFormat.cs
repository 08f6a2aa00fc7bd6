namespace LlmRec.Transformers;

#pragma warning disable CA1720 // The formats are called by their types: float32, int8.

/// <summary>How the rows of a <see cref="StaticEncoder"/> lie in memory and in its file.</summary>
public enum StaticFormat
{
    /// <summary>A signed byte a value and a float32 scale a row: a quarter of the size, cosines within a few thousandths.</summary>
    Int8,

    /// <summary>Four bytes a value.</summary>
    Float32,
}
