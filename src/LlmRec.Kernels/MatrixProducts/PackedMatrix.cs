namespace LlmRec.Kernels;

/// <summary>
/// The right side B (k, n) of a product, copied once into panels of 32 columns: panel after panel, row after row, the last panel
/// filled up with zeros. A weight is packed at load and multiplied ever after; a value that changes is packed again in place.
/// </summary>
/// <remarks>Reading (multiplying) from several threads is safe; packing is the owner's to order. Memory: k × n rounded up to 32, float32.</remarks>
public sealed unsafe class PackedMatrix
{
    private AlignedBuffer<float> _buffer;

    /// <summary>Allocates B = 0.</summary>
    /// <param name="rows">Length k of the sums, at least 1.</param>
    /// <param name="columns">Columns n of the product, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the panels do not fit one array (2³¹ elements).</exception>
    public PackedMatrix(int rows, int columns) : this(rows, columns, null)
    {
    }

    private PackedMatrix(int rows, int columns, MatrixMemory? memory)
    {
        _buffer = new AlignedBuffer<float>(0);
        Resize(rows, columns, memory);
    }

    /// <summary>Length k of the sums.</summary>
    public int Rows { get; private set; }

    /// <summary>Columns n of the product.</summary>
    public int Columns { get; private set; }

    /// <summary>Packs B as it stands: row p of <paramref name="b"/> is B's row p.</summary>
    /// <param name="b">B (k, n), row-major.</param>
    /// <param name="memory">Where to put it; null, the default, for memory of its own.</param>
    public static PackedMatrix Pack(ReadOnlyMatrixSpan b, MatrixMemory? memory = null)
    {
        var packed = new PackedMatrix(b.Rows, b.Columns, memory);
        packed.Load(b);
        return packed;
    }

    /// <summary>Packs the transpose: row j of <paramref name="b"/> is B's column j, as in weights stored (outputs, inputs).</summary>
    /// <param name="b">Bᵀ (n, k), row-major.</param>
    /// <param name="memory">Where to put it; null, the default, for memory of its own.</param>
    public static PackedMatrix PackTransposed(ReadOnlyMatrixSpan b, MatrixMemory? memory = null)
    {
        var packed = new PackedMatrix(b.Columns, b.Rows, memory);
        packed.LoadTransposed(b);
        return packed;
    }

    /// <summary>Packs B (k, n) into this object's memory, which grows when it must and is otherwise reused.</summary>
    public void Load(ReadOnlyMatrixSpan b)
    {
        Resize(b.Rows, b.Columns);
        fixed (float* source = b.Values)
            Panels.Pack(source, b.Stride, b.Rows, b.Columns, _buffer.Pointer);
    }

    /// <summary>Packs from Bᵀ (n, k) into this object's memory, which grows when it must and is otherwise reused.</summary>
    public void LoadTransposed(ReadOnlyMatrixSpan b)
    {
        Resize(b.Columns, b.Rows);
        fixed (float* source = b.Values)
            Panels.PackTransposed(source, b.Stride, b.Rows, b.Columns, _buffer.Pointer);
    }

    /// <summary>Writes B (k, n) back in row-major order.</summary>
    /// <param name="destination">Takes k × n values.</param>
    /// <exception cref="ArgumentException">The destination has another shape.</exception>
    public void CopyTo(MatrixSpan destination)
    {
        if (destination.Rows != Rows || destination.Columns != Columns)
            throw new ArgumentException($"B is {Rows} x {Columns}, the destination {destination.Rows} x {destination.Columns}", nameof(destination));
        for (int j = 0; j < Columns; j += TileKernel.PanelColumns)
        {
            int columns = Math.Min(TileKernel.PanelColumns, Columns - j);
            ReadOnlySpan<float> panel = _buffer.Span.Slice(j * Rows, Rows * TileKernel.PanelColumns);
            for (int p = 0; p < Rows; p++)
                panel.Slice(p * TileKernel.PanelColumns, columns).CopyTo(destination.Row(p)[j..]);
        }
    }

    internal float* Pointer => _buffer.Pointer;

    private void Resize(int rows, int columns, MatrixMemory? memory = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        long size = Panels.Size(rows, columns);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Array.MaxLength - AlignedBuffer<float>.Alignment, nameof(columns));
        if (size > _buffer.Length) _buffer = memory?.Take<float>((int)size) ?? new AlignedBuffer<float>((int)size);
        Rows = rows;
        Columns = columns;
    }
}
