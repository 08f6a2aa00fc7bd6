namespace LlmRec.Transformers;

#pragma warning disable CA1720 // The formats are called by their types: float32, int8.

/// <summary>How the weights of a model lie in memory, whatever its file holds.</summary>
public enum WeightFormat
{
    /// <summary>32-bit floats: the reference's numbers, the fastest at full precision.</summary>
    Float32,

    /// <summary>16-bit brain floats: half the memory, nearly float32's speed; exact for a checkpoint that holds them, else 8 bits of precision.</summary>
    BFloat16,

    /// <summary>8-bit integers with a scale a column: a quarter of the memory and about twice the speed; activations are rounded to 8 bits on the way.</summary>
    Int8,
}
