using System.Numerics.Tensors;

namespace LlmRec.Transformers;

/// <summary>Rows that are looked up: words, positions or token types, kept as float32, bfloat16 or int8 with a scale a row.</summary>
internal sealed class EmbeddingTable
{
    private readonly float[]? _single;
    private readonly ushort[]? _narrow;
    private readonly sbyte[]? _bytes;
    private readonly float[] _scales = [];

    /// <param name="values">(rows, columns); kept when the format is float32.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Width of a row.</param>
    /// <param name="format">Format to keep.</param>
    public EmbeddingTable(float[] values, int rows, int columns, WeightFormat format)
    {
        Rows = rows;
        Columns = columns;
        switch (format)
        {
            case WeightFormat.BFloat16:
                _narrow = Array.ConvertAll(values, BFloat16.Round);
                break;
            case WeightFormat.Int8:
                _bytes = new sbyte[values.Length];
                _scales = new float[rows];
                for (int i = 0; i < rows; i++) Quantize(values.AsSpan(i * columns, columns), i);
                break;
            default:
                _single = values;
                break;
        }
    }

    public int Rows { get; }

    public int Columns { get; }

    public long Bytes => (long)Rows * Columns * (_single is not null ? 4 : _narrow is not null ? 2 : 1) + 4L * _scales.Length;

    /// <summary>to += factor · row i.</summary>
    public void AddTo(int i, Span<float> to, float factor = 1)
    {
        int at = i * Columns;
        if (_single is not null)
        {
            if (factor == 1) TensorPrimitives.Add(_single.AsSpan(at, Columns), to, to);
            else TensorPrimitives.MultiplyAdd(_single.AsSpan(at, Columns), factor, to, to);
        }
        else if (_narrow is not null)
        {
            ReadOnlySpan<ushort> row = _narrow.AsSpan(at, Columns);
            for (int j = 0; j < row.Length; j++) to[j] += BFloat16.Widen(row[j]) * factor;
        }
        else
        {
            ReadOnlySpan<sbyte> row = _bytes.AsSpan(at, Columns);
            factor *= _scales[i];
            for (int j = 0; j < row.Length; j++) to[j] += row[j] * factor;
        }
    }

    private void Quantize(ReadOnlySpan<float> row, int i)
    {
        float largest = TensorPrimitives.MaxMagnitude(row);
        float scale = _scales[i] = Math.Abs(largest) / 127;
        if (scale == 0) return;
        for (int j = 0; j < row.Length; j++) _bytes![i * Columns + j] = (sbyte)MathF.Round(row[j] / scale);
    }
}
