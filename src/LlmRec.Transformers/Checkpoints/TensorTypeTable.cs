namespace LlmRec.Transformers;

/// <summary>One row a type: its name in the file, its size, and the .NET type that holds it.</summary>
internal static class TensorTypeTable
{
    private static readonly (string Name, int Size)[] Rows =
    [
        ("F64", 8), ("F32", 4), ("F16", 2), ("BF16", 2), ("I64", 8), ("I32", 4), ("I16", 2), ("I8", 1),
        ("U64", 8), ("U32", 4), ("U16", 2), ("U8", 1), ("BOOL", 1),
    ];

    public static string NameOf(TensorType type) => Rows[(int)type].Name;

    public static int SizeOf(TensorType type) => Rows[(int)type].Size;

    public static bool TryParse(string name, out TensorType type)
    {
        int i = Array.FindIndex(Rows, r => r.Name == name);
        type = (TensorType)Math.Max(i, 0);
        return i >= 0;
    }

    /// <summary>The type that a .NET element is written as. A <see cref="ushort"/> is U16: bfloat16 is asked for by name.</summary>
    public static TensorType Of<T>() where T : unmanaged =>
        default(T) switch
        {
            double => TensorType.F64,
            float => TensorType.F32,
            Half => TensorType.F16,
            long => TensorType.I64,
            int => TensorType.I32,
            short => TensorType.I16,
            sbyte => TensorType.I8,
            ulong => TensorType.U64,
            uint => TensorType.U32,
            ushort => TensorType.U16,
            byte => TensorType.U8,
            bool => TensorType.Bool,
            _ => throw new ArgumentException($"a tensor cannot hold elements of type {typeof(T).Name}"),
        };

    public static bool Holds<T>(TensorType type) where T : unmanaged =>
        Of<T>() == type || (typeof(T) == typeof(ushort) && type == TensorType.BF16) || (typeof(T) == typeof(byte) && type == TensorType.Bool);
}
