using System.Numerics.Tensors;
using System.Runtime.Intrinsics.X86;
using LlmRec.Kernels;

namespace LlmRec.Transformers;

/// <summary>Rows that are looked up: words, positions or token types, kept as float32, bfloat16 or int8 with a scale for every 32 values of a row.</summary>
internal sealed class EmbeddingTable
{
    /// <summary>Values that share a scale: the fewer, the less an outlier costs the others.</summary>
    private const int Block = 32;

    private readonly AlignedBuffer<float>? _single;   // on huge pages, when it is large: rows are met in no order
    private readonly ushort[]? _narrow;
    private readonly sbyte[]? _bytes;
    private readonly float[] _scales = []; // (rows, blocks)
    private readonly int _blocks;

    /// <param name="values">(rows, columns); kept when the format is float32.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Width of a row.</param>
    /// <param name="format">Format to keep.</param>
    public EmbeddingTable(AlignedBuffer<float> values, int rows, int columns, WeightFormat format)
    {
        Rows = rows;
        Columns = columns;
        _blocks = (columns + Block - 1) / Block;
        switch (format)
        {
            case WeightFormat.BFloat16:
                _narrow = new ushort[values.Length];
                for (int i = 0; i < _narrow.Length; i++) _narrow[i] = BFloat16.Round(values.Span[i]);
                break;
            case WeightFormat.Int8:
                _bytes = new sbyte[values.Length];
                _scales = new float[checked(rows * _blocks)];
                for (int i = 0; i < rows; i++) Quantize(values.Span.Slice(i * columns, columns), i);
                break;
            default:
                _single = values;
                break;
        }
    }

    public int Rows { get; }

    public int Columns { get; }

    public long Bytes => (long)Rows * Columns * (_single is not null ? 4 : _narrow is not null ? 2 : 1) + 4L * _scales.Length;

    /// <summary>to = factor · row i.</summary>
    public void CopyTo(int i, Span<float> to, float factor = 1)
    {
        if (_single is not null)
        {
            ReadOnlySpan<float> row = _single.Span.Slice(i * Columns, Columns);
            if (factor == 1) row.CopyTo(to);
            else TensorPrimitives.Multiply(row, factor, to);
            return;
        }

        to.Clear();
        AddTo(i, to, factor);
    }

    /// <summary>Sets row i on its way to the cache.</summary>
    public unsafe void Prefetch(int i)
    {
        if (_single is null || !Sse.IsSupported) return;
        fixed (float* row = _single.Span.Slice(i * Columns, Columns))
        {
            for (int j = 0; j < Columns; j += 16) Sse.Prefetch0(row + j);
        }
    }

    /// <summary>to += factor · row i.</summary>
    public void AddTo(int i, Span<float> to, float factor = 1)
    {
        int at = i * Columns;
        if (_single is not null)
        {
            if (factor == 1) TensorPrimitives.Add(_single.Span.Slice(at, Columns), to, to);
            else TensorPrimitives.MultiplyAdd(_single.Span.Slice(at, Columns), factor, to, to);
        }
        else if (_narrow is not null)
        {
            ReadOnlySpan<ushort> row = _narrow.AsSpan(at, Columns);
            for (int j = 0; j < row.Length; j++) to[j] += BFloat16.Widen(row[j]) * factor;
        }
        else
        {
            ReadOnlySpan<sbyte> row = _bytes.AsSpan(at, Columns);
            for (int b = 0; b < _blocks; b++)
            {
                float scale = factor * _scales[i * _blocks + b];
                int end = Math.Min(Columns, (b + 1) * Block);
                for (int j = b * Block; j < end; j++) to[j] += row[j] * scale;
            }
        }
    }

    private void Quantize(ReadOnlySpan<float> row, int i)
    {
        for (int b = 0; b < _blocks; b++)
        {
            int from = b * Block, count = Math.Min(Block, Columns - from);
            float scale = _scales[i * _blocks + b] = Math.Abs(TensorPrimitives.MaxMagnitude(row.Slice(from, count))) / 127;
            if (scale == 0) continue;
            for (int j = from; j < from + count; j++) _bytes![i * Columns + j] = (sbyte)MathF.Round(row[j] / scale);
        }
    }
}
