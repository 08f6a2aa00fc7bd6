using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LlmRec.Kernels;

/// <summary>
/// The right side B (k, n) of a product by Winograd's inner product, a₁b₁ + a₂b₂ = (a₁ + b₂)(a₂ + b₁) − a₁a₂ − b₁b₂: for two thirds of k one
/// multiply-add and two additions take the place of two multiply-adds. Where a processor adds beside multiplying (<see cref="IsFaster"/>) a
/// product then takes less time than its multiply-adds alone would.
/// </summary>
/// <remarks>
/// Rounding errors are one to two times those of a plain product, relative to the length of A's row times that of a typical column (measured
/// on the layers of a sentence encoder: 1.0 to 1.8 times). For that, rows and weights are brought to one size by powers of two; the method
/// would lose digits otherwise (R. P. Brent, 1970). Every element is computed in one order: a row gives the same bits alone and in a batch,
/// with any number of threads and any width of vectors. A row of zeros gives zeros, a column of zeros numbers within the rounding; an infinity
/// in a row of A makes that row of the product NaN. Immutable and thread-safe. Memory: k × n rounded up to 32, float32. After S. Winograd, "A new algorithm for inner product", IEEE Transactions on Computers C-17 (1968);
/// for machine learning T. E. Pogue and N. Nicolici, "Fast inner-product algorithms and architectures for deep neural network accelerators", arXiv:2311.12224.
/// </remarks>
public sealed unsafe class WinogradMatrix
{
    private const int PanelColumns = TileKernel.PanelColumns;

    private readonly AlignedBuffer<float> _panels; // as in PackedMatrix, times the scale
    private readonly AlignedBuffer<float> _pairs;  // a value for each column of whole panels
    private float _scale = 1;

    private WinogradMatrix(int rows, int columns, MatrixMemory? memory)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        long size = Kernels.Panels.Size(rows, columns);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Array.MaxLength - AlignedBuffer<float>.Alignment, nameof(columns));
        Rows = rows;
        Columns = columns;
        _panels = memory?.Take<float>((int)size) ?? new AlignedBuffer<float>((int)size);
        _pairs = new AlignedBuffer<float>((int)Kernels.Panels.Size(1, columns));
    }

    /// <summary>Whether a product with this kind of matrix takes less time here than one with a <see cref="PackedMatrix"/>: on AMD processors with vectors of 512 bits, Zen 4 and later. Elsewhere additions compete with multiply-adds for the same units.</summary>
    public static bool IsFaster { get; } = Vector512.IsHardwareAccelerated && X86Base.IsSupported && IsAmd();

    /// <summary>Length k of the sums.</summary>
    public int Rows { get; }

    /// <summary>Columns n of the product.</summary>
    public int Columns { get; }

    internal WinogradPanels Panels => new() { Values = _panels.Pointer, Pairs = _pairs.Pointer, Scale = _scale };

    /// <summary>Packs B as it stands: row p of <paramref name="b"/> is B's row p.</summary>
    /// <param name="b">B (k, n), row-major.</param>
    /// <param name="memory">Where to put it; null, the default, for memory of its own.</param>
    public static WinogradMatrix Pack(ReadOnlyMatrixSpan b, MatrixMemory? memory = null)
    {
        var packed = new WinogradMatrix(b.Rows, b.Columns, memory);
        fixed (float* source = b.Values) Kernels.Panels.Pack(source, b.Stride, b.Rows, b.Columns, packed._panels.Pointer);
        packed.Prepare();
        return packed;
    }

    /// <summary>Packs the transpose: row j of <paramref name="b"/> is B's column j, as in weights stored (outputs, inputs).</summary>
    /// <param name="b">Bᵀ (n, k), row-major.</param>
    /// <param name="memory">Where to put it; null, the default, for memory of its own.</param>
    public static WinogradMatrix PackTransposed(ReadOnlyMatrixSpan b, MatrixMemory? memory = null)
    {
        var packed = new WinogradMatrix(b.Columns, b.Rows, memory);
        fixed (float* source = b.Values) Kernels.Panels.PackTransposed(source, b.Stride, b.Rows, b.Columns, packed._panels.Pointer);
        packed.Prepare();
        return packed;
    }

    /// <summary>Brings the weights to the level that rows of A are brought to, and sums over the pairs of every column.</summary>
    private void Prepare()
    {
        Span<float> panels = _panels.Span[..(int)Kernels.Panels.Size(Rows, Columns)];
        double squares = 0;
        foreach (float w in panels) squares += (double)w * w;
        // the zeros of the last panel count as weights; they are fewer than one panel
        _scale = WinogradRows.Scale(squares, panels.Length);
        TensorPrimitives.Multiply(panels, _scale, panels);
        for (int j = 0; j < Columns; j += PanelColumns) WinogradPanels.SumPairs(_panels.Pointer + (nint)j * Rows, Rows, _pairs.Pointer + j);
    }

    private static bool IsAmd()
    {
        // "AuthenticAMD" in EBX, EDX, ECX
        (_, int ebx, int ecx, int edx) = X86Base.CpuId(0, 0);
        return ebx == 0x68747541 && edx == 0x69746e65 && ecx == 0x444d4163;
    }
}
