using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LlmRec.Transformers;

/// <summary>Rows of a static encoder, float32 or int8 with a scale a row, and their weighted sum. Immutable and thread-safe.</summary>
internal sealed class StaticTable
{
    private readonly float[] _floats;   // (rows, d), or empty
    private readonly sbyte[] _bytes;    // (rows, d), or empty
    private readonly float[] _scales;   // (rows), or empty

    /// <summary>Rows of floats.</summary>
    /// <exception cref="InvalidDataException">A value is not finite.</exception>
    public StaticTable(float[] rows, int dimensions)
    {
        (_floats, _bytes, _scales, Dimensions) = (rows, [], [], dimensions);
        Rows = rows.Length / dimensions;
        CheckFinite(rows);
    }

    /// <summary>Rows of bytes.</summary>
    /// <exception cref="InvalidDataException">A scale is not finite.</exception>
    public StaticTable(sbyte[] rows, float[] scales, int dimensions)
    {
        (_floats, _bytes, _scales, Dimensions) = ([], rows, scales, dimensions);
        Rows = scales.Length;
        CheckFinite(scales);
    }

    public int Rows { get; }

    public int Dimensions { get; }

    public bool IsInt8 => _scales.Length > 0;

    public long Bytes => _floats.Length * 4L + _bytes.Length + _scales.Length * 4L;

    public ReadOnlyMemory<float> Floats => _floats;

    public ReadOnlyMemory<sbyte> Values => _bytes;

    public ReadOnlyMemory<float> Scales => _scales;

    /// <summary>Rows of doubles (n, d) as bytes: a row's largest magnitude becomes 127.</summary>
    public static StaticTable Quantize(double[] rows, int dimensions)
    {
        int n = rows.Length / dimensions;
        (sbyte[] bytes, float[] scales) = (new sbyte[rows.Length], new float[n]);
        for (int r = 0; r < n; r++)
        {
            ReadOnlySpan<double> row = rows.AsSpan(r * dimensions, dimensions);
            double most = 0;
            foreach (double x in row) most = Math.Max(most, Math.Abs(x));
            if (!(most > 0)) continue;
            scales[r] = (float)(most / 127);
            for (int k = 0; k < dimensions; k++) bytes[r * dimensions + k] = (sbyte)Math.Clamp(Math.Round(row[k] / most * 127), -127, 127);
        }
        return new(bytes, scales, dimensions);
    }

    /// <summary>The first dimensions of every row, and of all rows those named.</summary>
    public StaticTable Select(ReadOnlySpan<int> rows, int dimensions)
    {
        float[] floats = new float[IsInt8 ? 0 : rows.Length * dimensions], scales = new float[IsInt8 ? rows.Length : 0];
        var bytes = new sbyte[IsInt8 ? rows.Length * dimensions : 0];
        for (int i = 0; i < rows.Length; i++)
        {
            int from = rows[i] * Dimensions;
            if (IsInt8)
            {
                scales[i] = _scales[rows[i]];
                _bytes.AsSpan(from, dimensions).CopyTo(bytes.AsSpan(i * dimensions));
            }
            else
            {
                _floats.AsSpan(from, dimensions).CopyTo(floats.AsSpan(i * dimensions));
            }
        }
        return IsInt8 ? new(bytes, scales, dimensions) : new(floats, dimensions);
    }

    /// <summary>sum += weight · Σ row(r) over the rows named, in their order.</summary>
    /// <param name="rows">Indices of rows.</param>
    /// <param name="weight">Weight of all of them.</param>
    /// <param name="sum">(d)</param>
    public void Add(ReadOnlySpan<int> rows, float weight, Span<float> sum)
    {
        int k = 0;
        if (Vector256.IsHardwareAccelerated)
            for (; k + 32 <= Dimensions; k += 32) AddBlock(rows, weight, sum, k);
        AddScalar(rows, weight, sum, k);
    }

    /// <summary>The twin of the blocks, and their tail: the same operations in the same order, so the same bits.</summary>
    public void AddScalar(ReadOnlySpan<int> rows, float weight, Span<float> sum, int from = 0)
    {
        for (int k = from; k < Dimensions; k++)
        {
            float total = 0;
            foreach (int r in rows)
                total = IsInt8 ? MathF.FusedMultiplyAdd(_bytes[r * Dimensions + k], _scales[r], total) : total + _floats[r * Dimensions + k];
            sum[k] = MathF.FusedMultiplyAdd(total, weight, sum[k]);
        }
    }

    /// <summary>32 dimensions from k on: four accumulators of 8 lanes stay in registers over all rows.</summary>
    private void AddBlock(ReadOnlySpan<int> rows, float weight, Span<float> sum, int k)
    {
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default;
        if (IsInt8)
        {
            ref sbyte first = ref MemoryMarshal.GetArrayDataReference(_bytes);
            foreach (int r in rows)
            {
                ref sbyte at = ref Unsafe.Add(ref first, (nint)r * Dimensions + k);
                Vector256<float> scale = Vector256.Create(_scales[r]);
                (Vector128<short> s0, Vector128<short> s1) = Vector128.Widen(Vector128.LoadUnsafe(ref at));
                (Vector128<short> s2, Vector128<short> s3) = Vector128.Widen(Vector128.LoadUnsafe(ref at, 16));
                a0 = Vector256.FusedMultiplyAdd(Floats8(s0), scale, a0);
                a1 = Vector256.FusedMultiplyAdd(Floats8(s1), scale, a1);
                a2 = Vector256.FusedMultiplyAdd(Floats8(s2), scale, a2);
                a3 = Vector256.FusedMultiplyAdd(Floats8(s3), scale, a3);
            }
        }
        else
        {
            ref float first = ref MemoryMarshal.GetArrayDataReference(_floats);
            foreach (int r in rows)
            {
                ref float at = ref Unsafe.Add(ref first, (nint)r * Dimensions + k);
                a0 += Vector256.LoadUnsafe(ref at);
                a1 += Vector256.LoadUnsafe(ref at, 8);
                a2 += Vector256.LoadUnsafe(ref at, 16);
                a3 += Vector256.LoadUnsafe(ref at, 24);
            }
        }
        Vector256<float> w = Vector256.Create(weight);
        ref float to = ref MemoryMarshal.GetReference(sum[k..]);
        Vector256.FusedMultiplyAdd(a0, w, Vector256.LoadUnsafe(ref to)).StoreUnsafe(ref to);
        Vector256.FusedMultiplyAdd(a1, w, Vector256.LoadUnsafe(ref to, 8)).StoreUnsafe(ref to, 8);
        Vector256.FusedMultiplyAdd(a2, w, Vector256.LoadUnsafe(ref to, 16)).StoreUnsafe(ref to, 16);
        Vector256.FusedMultiplyAdd(a3, w, Vector256.LoadUnsafe(ref to, 24)).StoreUnsafe(ref to, 24);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Floats8(Vector128<short> s)
    {
        (Vector128<int> low, Vector128<int> high) = Vector128.Widen(s);
        return Vector256.ConvertToSingle(Vector256.Create(low, high));
    }

    private static void CheckFinite(ReadOnlySpan<float> values)
    {
        foreach (float x in values)
            if (!float.IsFinite(x)) throw new InvalidDataException("a static encoder's table holds NaN or infinity");
    }
}
