namespace LlmRec.Transformers;

#pragma warning disable CA1720 // The formats are called by their types: float32, int8.

/// <summary>How the weights of a model lie in memory, whatever its file holds.</summary>
public enum WeightFormat
{
    /// <summary>
    /// 32-bit floats: the reference's numbers, multiplied in the way that is fastest here. On AMD processors with vectors of 512 bits that is
    /// <see cref="LlmRec.Kernels.WinogradMatrix"/>, so that vectors differ from those of other processors by rounding: about 1e-7 at length 1.
    /// </summary>
    Float32,

    /// <summary>16-bit brain floats: half the memory, a little slower than float32, since they are widened on the way; exact for a checkpoint that holds them, else 8 bits of precision.</summary>
    BFloat16,

    /// <summary>8-bit integers with a scale a column: a quarter of the memory and half as fast again, or twice; activations are rounded to 8 bits on the way.</summary>
    Int8,
}
