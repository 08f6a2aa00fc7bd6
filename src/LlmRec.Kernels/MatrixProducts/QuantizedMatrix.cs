namespace LlmRec.Kernels;

/// <summary>
/// The right side B (k, n) of a product as int8 with a scale per column, a quarter of float32's memory and more than twice the speed of a <see cref="PackedMatrix"/>.
/// The left side's rows are quantised to 8 unsigned bits, each with its own scale and zero point, as they are multiplied.
/// </summary>
/// <remarks>
/// <para>B(p, j) ≈ scale(j) · q(p, j). Products of a group of four are added in int16, so the scale of a column is the smallest for
/// which |q| ≤ 127 and neither the positive nor the negative q of any group add up to more than 128: 255 · 128 fits. For normally
/// distributed weights that is 1.8 times the scale of plain int8, a little more than 7 bits, while the left side keeps all its 8. Sums are exact int32, so the result has the same bits for every width,
/// tile and number of threads.</para>
/// <para>Immutable and thread-safe. Memory: k rounded up to 8 times n rounded up to 32 bytes, and 8 bytes a column.</para>
/// </remarks>
public sealed unsafe class QuantizedMatrix
{
    private const int PanelColumns = ByteTile.PanelColumns;

    /// <summary>Largest sum of the weights of one sign in a group that is added in int16.</summary>
    private const int GroupLimit = 128;

    private readonly AlignedBuffer<sbyte> _panels;
    private readonly AlignedBuffer<float> _scales;
    private readonly AlignedBuffer<float> _sums;

    private QuantizedMatrix(int rows, int columns, MatrixMemory? memory)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        // 255 · 127 · k must fit int32
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, 65_536);
        Rows = rows;
        Columns = columns;
        Steps = (rows + ByteTile.Step - 1) / ByteTile.Step;
        int panels = (columns + PanelColumns - 1) / PanelColumns;
        long size = (long)panels * Steps * ByteTile.StepBytes;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Array.MaxLength - AlignedBuffer<sbyte>.Alignment, nameof(columns));
        _panels = memory?.Take<sbyte>((int)size) ?? new AlignedBuffer<sbyte>((int)size);
        _scales = new AlignedBuffer<float>(panels * PanelColumns);
        _sums = new AlignedBuffer<float>(panels * PanelColumns);
    }

    /// <summary>Length k of the sums.</summary>
    public int Rows { get; }

    /// <summary>Columns n of the product.</summary>
    public int Columns { get; }

    /// <summary>scale(j) of every column, n values.</summary>
    public ReadOnlySpan<float> Scales => _scales.Span[..Columns];

    internal int Steps { get; }

    internal sbyte* Panels => _panels.Pointer;

    internal float* ScalePointer => _scales.Pointer;

    /// <summary>Σ over p of q(p, j), which the zero points of the left side multiply.</summary>
    internal float* SumPointer => _sums.Pointer;

    /// <summary>Quantises B as it stands: row p of <paramref name="b"/> is B's row p.</summary>
    /// <param name="b">B (k, n), finite, k at most 65,536.</param>
    /// <param name="memory">Where to put it; null, the default, for memory of its own.</param>
    /// <exception cref="ArgumentException">A size is out of range, or a value is NaN or infinite.</exception>
    public static QuantizedMatrix Pack(ReadOnlyMatrixSpan b, MatrixMemory? memory = null)
    {
        var packed = new QuantizedMatrix(b.Rows, b.Columns, memory);
        var column = new float[b.Rows];
        for (int j = 0; j < b.Columns; j++)
        {
            for (int p = 0; p < b.Rows; p++) column[p] = b.Values[p * b.Stride + j];
            packed.SetColumn(j, column);
        }

        return packed;
    }

    /// <summary>Quantises the transpose: row j of <paramref name="b"/> is B's column j, as in weights stored (outputs, inputs).</summary>
    /// <param name="b">Bᵀ (n, k), finite, k at most 65,536.</param>
    /// <param name="memory">Where to put it; null, the default, for memory of its own.</param>
    /// <exception cref="ArgumentException">A size is out of range, or a value is NaN or infinite.</exception>
    public static QuantizedMatrix PackTransposed(ReadOnlyMatrixSpan b, MatrixMemory? memory = null)
    {
        var packed = new QuantizedMatrix(b.Columns, b.Rows, memory);
        for (int j = 0; j < b.Rows; j++) packed.SetColumn(j, b.Row(j));
        return packed;
    }

    /// <summary>Writes scale · q, what the product really multiplies with, in row-major order.</summary>
    /// <param name="destination">Takes k × n values.</param>
    /// <exception cref="ArgumentException">The destination has another shape.</exception>
    public void CopyTo(MatrixSpan destination)
    {
        if (destination.Rows != Rows || destination.Columns != Columns)
            throw new ArgumentException($"B is {Rows} x {Columns}, the destination {destination.Rows} x {destination.Columns}", nameof(destination));
        for (int p = 0; p < Rows; p++)
        {
            Span<float> row = destination.Row(p);
            for (int j = 0; j < Columns; j++) row[j] = Scales[j] * _panels.Span[Place(p, j)];
        }
    }

    /// <summary>Step p / 8 of panel j / 32: first the k 0..3 of its columns, then the k 4..7, four bytes a column.</summary>
    private int Place(int p, int j) =>
        (j / PanelColumns * Steps + p / ByteTile.Step) * ByteTile.StepBytes + p % ByteTile.Step / 4 * (4 * PanelColumns) + j % PanelColumns * 4 + p % 4;

    private void SetColumn(int j, ReadOnlySpan<float> column)
    {
        float largest = 0;
        for (int p = 0; p < column.Length; p++)
        {
            if (!float.IsFinite(column[p])) throw new ArgumentException($"B({p}, {j}) is {column[p]}; weights must be finite");
            largest = Math.Max(largest, Math.Abs(column[p]));
        }

        if (largest == 0) return;
        double scale = Math.Max(largest / 127.0, LargestGroup(column, 0) / GroupLimit);
        // rounding may push a group over the limit: the scale then grows until it fits
        while (LargestGroup(column, scale) > GroupLimit) scale *= 1.005;
        int sum = 0;
        for (int p = 0; p < column.Length; p++)
        {
            int q = (int)Math.Round(column[p] / scale);
            _panels.Span[Place(p, j)] = (sbyte)q;
            sum += q;
        }

        _scales.Span[j] = (float)scale;
        _sums.Span[j] = sum;
    }

    /// <summary>The largest sum of one sign in a group {0, 1, 4, 5} or {2, 3, 6, 7} of eight successive k; with a scale, after rounding.</summary>
    private static double LargestGroup(ReadOnlySpan<float> column, double scale)
    {
        double most = 0;
        for (int step = 0; step < column.Length; step += ByteTile.Step)
        {
            for (int first = step; first < step + 4; first += 2)
            {
                double positive = 0, negative = 0;
                for (int e = 0; e < 4; e++)
                {
                    int p = first + e % 2 + e / 2 * 4;
                    if (p >= column.Length) continue;
                    double q = scale == 0 ? column[p] : Math.Round(column[p] / scale);
                    if (q > 0) positive += q;
                    else negative -= q;
                }

                most = Math.Max(most, Math.Max(positive, negative));
            }
        }

        return most;
    }
}
