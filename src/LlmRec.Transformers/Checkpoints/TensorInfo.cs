namespace LlmRec.Transformers;

/// <summary>What a safetensors file says of one tensor.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes, outermost first; empty for a scalar.</param>
/// <param name="Offset">First byte, counted from the start of the data.</param>
/// <param name="Bytes">Number of bytes.</param>
public sealed record TensorInfo(string Name, TensorType Type, IReadOnlyList<long> Shape, long Offset, long Bytes)
{
    /// <summary>Number of elements.</summary>
    public long Count => Bytes / TensorTypeTable.SizeOf(Type);

    /// <summary>Such as <c>weight F32 [384, 1536]</c>.</summary>
    public override string ToString() => $"{Name} {TensorTypeTable.NameOf(Type)} [{string.Join(", ", Shape)}]";
}
