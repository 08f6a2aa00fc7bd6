namespace LlmRec.Kernels;

/// <summary>The rows of an index in either format. A row is written once, before anything links to it.</summary>
internal sealed unsafe class HnswRows
{
    private readonly ChunkedRows<float>? _floats;
    private readonly ChunkedRows<sbyte>? _bytes;
    private readonly AlignedBuffer<float>? _scales;

    public HnswRows(RowFormat format, int columns, int capacity)
    {
        Columns = columns;
        Capacity = capacity;
        Format = format;
        if (format == RowFormat.Float32)
            _floats = new(columns, capacity);
        else
            (_bytes, _scales) = (new(columns, capacity), new(capacity));
    }

    private HnswRows(HnswRows old, int capacity)
    {
        Columns = old.Columns;
        Capacity = capacity;
        Format = old.Format;
        _floats = old._floats?.Resized(capacity);
        _bytes = old._bytes?.Resized(capacity);
        if (old._scales is null)
            return;
        _scales = new(capacity);
        int both = Math.Min(old.Capacity, capacity);
        old._scales.Span[..both].CopyTo(_scales.Span);
    }

    public RowFormat Format { get; }

    public int Columns { get; }

    public int Capacity { get; }

    /// <summary>The rows as float32, when that is their format.</summary>
    public ChunkedRows<float> Floats => _floats!;

    /// <summary>The rows as int8, when that is their format.</summary>
    public ChunkedRows<sbyte> Bytes => _bytes!;

    /// <summary>What one unit of an int8 row is worth, by row.</summary>
    public AlignedBuffer<float> Scales => _scales!;

    public Float32Space Float32Space => new(_floats!.Table);

    public Int8Space Int8Space => new(_bytes!.Table, _scales!.Pointer);

    public HnswRows Resized(int capacity) => new(this, capacity);

    /// <summary>Stores a row, rounding it when the format asks for it.</summary>
    public void Write(int i, ReadOnlySpan<float> row)
    {
        if (_floats is not null)
        {
            row.CopyTo(_floats.Row(i));
            return;
        }
        float most = 0;
        foreach (float x in row)
            most = Math.Max(most, Math.Abs(x));
        float scale = most / 127, inverse = scale > 0 ? 1 / scale : 0;
        Span<sbyte> bytes = _bytes!.Row(i);
        // A maximum among the subnormal numbers has no finite inverse: such a row is stored as zeros.
        if (!float.IsFinite(inverse))
            (scale, inverse) = (0, 0);
        for (int j = 0; j < row.Length; j++)
            bytes[j] = (sbyte)Math.Clamp(MathF.Round(row[j] * inverse), -127, 127);
        _scales!.Span[i] = scale;
    }

    /// <summary>The row as float32.</summary>
    public void Read(int i, Span<float> row)
    {
        if (_floats is not null)
        {
            _floats.Row(i).CopyTo(row);
            return;
        }
        ReadOnlySpan<sbyte> bytes = _bytes!.Row(i);
        float scale = _scales!.Span[i];
        for (int j = 0; j < bytes.Length; j++)
            row[j] = bytes[j] * scale;
    }

    /// <summary>Rows of this one in another order and of another capacity: row i of the result is row <c>order[i]</c>.</summary>
    public HnswRows Reordered(ReadOnlySpan<int> order, int capacity)
    {
        var rows = new HnswRows(Format, Columns, capacity);
        for (int i = 0; i < order.Length; i++)
        {
            if (_floats is not null)
            {
                _floats.Row(order[i]).CopyTo(rows._floats!.Row(i));
            }
            else
            {
                _bytes!.Row(order[i]).CopyTo(rows._bytes!.Row(i));
                rows._scales!.Span[i] = _scales!.Span[order[i]];
            }
        }
        return rows;
    }
}
