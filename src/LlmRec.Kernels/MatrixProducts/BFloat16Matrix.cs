using System.Runtime.CompilerServices;

namespace LlmRec.Kernels;

/// <summary>
/// The right side B (k, n) of a product kept as bfloat16, the upper half of float32: half the memory of <see cref="PackedMatrix"/>. Panels
/// are widened as they are needed, so a product is the same, bit for bit, as with the rounded values in a <see cref="WinogradMatrix"/> where
/// that is faster and else in a <see cref="PackedMatrix"/>.
/// </summary>
/// <remarks>Immutable and thread-safe. Memory: k × n rounded up to 32, 2 bytes each.</remarks>
public sealed unsafe class BFloat16Matrix
{
    private const int PanelColumns = TileKernel.PanelColumns;

    private readonly AlignedBuffer<ushort> _panels; // as in PackedMatrix

    private BFloat16Matrix(int rows, int columns, MatrixMemory? memory)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        long size = Kernels.Panels.Size(rows, columns);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Array.MaxLength - AlignedBuffer<ushort>.Alignment, nameof(columns));
        Rows = rows;
        Columns = columns;
        _panels = memory?.Take<ushort>((int)size) ?? new AlignedBuffer<ushort>((int)size);
    }

    /// <summary>Length k of the sums.</summary>
    public int Rows { get; }

    /// <summary>Columns n of the product.</summary>
    public int Columns { get; }

    internal ushort* Panels => _panels.Pointer;

    /// <summary>As in <see cref="WinogradPanels"/>; null where that way is not taken.</summary>
    internal AlignedBuffer<float>? Pairs { get; private set; }

    /// <summary>As in <see cref="WinogradPanels"/>.</summary>
    internal float Scale { get; private set; } = 1;

    /// <summary>Rounds B as it stands: row p of <paramref name="b"/> is B's row p.</summary>
    /// <param name="b">B (k, n), row-major; what is too large for bfloat16 becomes infinite.</param>
    /// <param name="memory">Where to put it; null, the default, for memory of its own.</param>
    public static BFloat16Matrix Pack(ReadOnlyMatrixSpan b, MatrixMemory? memory = null)
    {
        var packed = new BFloat16Matrix(b.Rows, b.Columns, memory);
        for (int p = 0; p < b.Rows; p++)
            for (int j = 0; j < b.Columns; j++) packed[p, j] = Round(b.Values[p * b.Stride + j]);
        packed.Prepare();
        return packed;
    }

    /// <summary>Rounds the transpose: row j of <paramref name="b"/> is B's column j, as in weights stored (outputs, inputs).</summary>
    /// <param name="b">Bᵀ (n, k), row-major; what is too large for bfloat16 becomes infinite.</param>
    /// <param name="memory">Where to put it; null, the default, for memory of its own.</param>
    public static BFloat16Matrix PackTransposed(ReadOnlyMatrixSpan b, MatrixMemory? memory = null)
    {
        var packed = new BFloat16Matrix(b.Columns, b.Rows, memory);
        for (int j = 0; j < b.Rows; j++)
            for (int p = 0; p < b.Columns; p++) packed[p, j] = Round(b.Values[j * b.Stride + p]);
        packed.Prepare();
        return packed;
    }

    /// <summary>Writes B (k, n) back as float32 in row-major order.</summary>
    /// <param name="destination">Takes k × n values.</param>
    /// <exception cref="ArgumentException">The destination has another shape.</exception>
    public void CopyTo(MatrixSpan destination)
    {
        if (destination.Rows != Rows || destination.Columns != Columns)
            throw new ArgumentException($"B is {Rows} x {Columns}, the destination {destination.Rows} x {destination.Columns}", nameof(destination));
        for (int p = 0; p < Rows; p++)
            for (int j = 0; j < Columns; j++) destination.Values[p * destination.Stride + j] = Widen(_panels.Span[Place(p, j)]);
    }

    /// <summary>The nearest bfloat16, halves to even; NaN stays NaN.</summary>
    internal static ushort Round(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)(bits >> 16 | 0x40) : (ushort)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
    }

    internal static float Widen(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);

    /// <summary>What Winograd's inner product needs to know: the size of the weights, and the sums over the pairs of every column.</summary>
    private void Prepare()
    {
        if (!WinogradMatrix.IsFaster) return;
        int size = Rows * PanelColumns;
        var panel = new AlignedBuffer<float>(size);
        double squares = 0;
        for (int j = 0; j < Columns; j += PanelColumns)
        {
            BFloat16Driver.Widen(Panels + (nint)j * Rows, panel.Pointer, size);
            foreach (float w in panel.Span[..size]) squares += (double)w * w;
        }

        Scale = WinogradRows.Scale(squares, Kernels.Panels.Size(Rows, Columns));
        Pairs = new AlignedBuffer<float>((int)Kernels.Panels.Size(1, Columns));
        for (int j = 0; j < Columns; j += PanelColumns)
        {
            BFloat16Driver.Widen(Panels + (nint)j * Rows, panel.Pointer, size, Scale);
            WinogradPanels.SumPairs(panel.Pointer, Rows, Pairs.Pointer + j);
        }

        GC.KeepAlive(panel);
    }

    private ushort this[int p, int j]
    {
        set => _panels.Span[Place(p, j)] = value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Place(int p, int j) => (j / PanelColumns * Rows + p) * PanelColumns + j % PanelColumns;
}
