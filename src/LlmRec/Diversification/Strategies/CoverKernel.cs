using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace LlmRec;

/// <summary>The inner loops of COVER, on tiles of 32 × 32 similarities.</summary>
/// <remarks>A panel is (d, 32): one column of 32 rows' elements after the other, so that lanes are rows. All buffers lie on 64-byte boundaries.</remarks>
internal static unsafe class CoverKernel
{
    public const int Side = 32;

    /// <summary>to (32, 32) = aᵀ b for two panels.</summary>
    public static void Products(float* a, float* b, int d, float* to)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            for (int row = 0; row < Side; row += 8)
                Eight512(a + row, b, d, to + row * Side);
        }
        else
        {
            for (int row = 0; row < Side; row += 4)
                for (int column = 0; column < Side; column += 16)
                    Four256(a + row, b + column, d, to + row * Side + column);
        }
    }

    /// <summary>8 rows × 32 columns in 16 accumulators; each step broadcasts 8 elements of a against two vectors of b.</summary>
    private static void Eight512(float* a, float* b, int d, float* to)
    {
        Vector512<float> p0 = default, p1 = default, p2 = default, p3 = default, p4 = default, p5 = default, p6 = default, p7 = default;
        Vector512<float> q0 = default, q1 = default, q2 = default, q3 = default, q4 = default, q5 = default, q6 = default, q7 = default;
        for (int j = 0; j < d; j++, a += Side, b += Side)
        {
            Vector512<float> x = Vector512.LoadAligned(b), y = Vector512.LoadAligned(b + 16);
            Vector512<float> f = Vector512.Create(a[0]);
            p0 = Vector512.FusedMultiplyAdd(f, x, p0);
            q0 = Vector512.FusedMultiplyAdd(f, y, q0);
            f = Vector512.Create(a[1]);
            p1 = Vector512.FusedMultiplyAdd(f, x, p1);
            q1 = Vector512.FusedMultiplyAdd(f, y, q1);
            f = Vector512.Create(a[2]);
            p2 = Vector512.FusedMultiplyAdd(f, x, p2);
            q2 = Vector512.FusedMultiplyAdd(f, y, q2);
            f = Vector512.Create(a[3]);
            p3 = Vector512.FusedMultiplyAdd(f, x, p3);
            q3 = Vector512.FusedMultiplyAdd(f, y, q3);
            f = Vector512.Create(a[4]);
            p4 = Vector512.FusedMultiplyAdd(f, x, p4);
            q4 = Vector512.FusedMultiplyAdd(f, y, q4);
            f = Vector512.Create(a[5]);
            p5 = Vector512.FusedMultiplyAdd(f, x, p5);
            q5 = Vector512.FusedMultiplyAdd(f, y, q5);
            f = Vector512.Create(a[6]);
            p6 = Vector512.FusedMultiplyAdd(f, x, p6);
            q6 = Vector512.FusedMultiplyAdd(f, y, q6);
            f = Vector512.Create(a[7]);
            p7 = Vector512.FusedMultiplyAdd(f, x, p7);
            q7 = Vector512.FusedMultiplyAdd(f, y, q7);
        }
        p0.StoreAligned(to);
        q0.StoreAligned(to + 16);
        p1.StoreAligned(to + 32);
        q1.StoreAligned(to + 48);
        p2.StoreAligned(to + 64);
        q2.StoreAligned(to + 80);
        p3.StoreAligned(to + 96);
        q3.StoreAligned(to + 112);
        p4.StoreAligned(to + 128);
        q4.StoreAligned(to + 144);
        p5.StoreAligned(to + 160);
        q5.StoreAligned(to + 176);
        p6.StoreAligned(to + 192);
        q6.StoreAligned(to + 208);
        p7.StoreAligned(to + 224);
        q7.StoreAligned(to + 240);
    }

    /// <summary>4 rows × 16 columns in 8 accumulators, for machines with 256-bit or narrower vectors.</summary>
    private static void Four256(float* a, float* b, int d, float* to)
    {
        Vector256<float> p0 = default, p1 = default, p2 = default, p3 = default, q0 = default, q1 = default, q2 = default, q3 = default;
        for (int j = 0; j < d; j++, a += Side, b += Side)
        {
            Vector256<float> x = Vector256.Load(b), y = Vector256.Load(b + 8);
            Vector256<float> f = Vector256.Create(a[0]);
            p0 = Vector256.MultiplyAddEstimate(f, x, p0);
            q0 = Vector256.MultiplyAddEstimate(f, y, q0);
            f = Vector256.Create(a[1]);
            p1 = Vector256.MultiplyAddEstimate(f, x, p1);
            q1 = Vector256.MultiplyAddEstimate(f, y, q1);
            f = Vector256.Create(a[2]);
            p2 = Vector256.MultiplyAddEstimate(f, x, p2);
            q2 = Vector256.MultiplyAddEstimate(f, y, q2);
            f = Vector256.Create(a[3]);
            p3 = Vector256.MultiplyAddEstimate(f, x, p3);
            q3 = Vector256.MultiplyAddEstimate(f, y, q3);
        }
        p0.Store(to);
        q0.Store(to + 8);
        p1.Store(to + 32);
        q1.Store(to + 40);
        p2.Store(to + 64);
        q2.Store(to + 72);
        p3.Store(to + 96);
        q3.Store(to + 104);
    }

    /// <summary>sums (32) = panelᵀ · column.</summary>
    public static void PanelTimesColumn(float* panel, float* column, int d, float* sums)
    {
        Vector256<float> a = default, b = default, c = default, e = default;
        for (int j = 0; j < d; j++, panel += Side)
        {
            Vector256<float> f = Vector256.Create(column[j]);
            a = Vector256.MultiplyAddEstimate(f, Vector256.Load(panel), a);
            b = Vector256.MultiplyAddEstimate(f, Vector256.Load(panel + 8), b);
            c = Vector256.MultiplyAddEstimate(f, Vector256.Load(panel + 16), c);
            e = Vector256.MultiplyAddEstimate(f, Vector256.Load(panel + 24), e);
        }
        a.Store(sums);
        b.Store(sums + 8);
        c.Store(sums + 16);
        e.Store(sums + 24);
    }

    /// <summary>Clips a tile to 0..limit.</summary>
    public static void Clip(float* tile, float limit)
    {
        Vector512<float> most = Vector512.Create(limit);
        for (int j = 0; j < Side * Side; j += 16)
            Vector512.Min(Vector512.Max(Vector512.Load(tile + j), Vector512<float>.Zero), most).Store(tile + j);
    }

    /// <summary>gain[column] += Σ over rows of (covered[row] + s)^γ − root[row].</summary>
    /// <remarks>Bound by the square roots, two vectors of them a row; as <see cref="AddToRows"/>.</remarks>
    public static void AddToColumns(float* tile, float* covered, float* roots, float* gain, double gamma)
    {
        if (gamma != 0.5)
        {
            float* work = stackalloc float[Side];
            for (int row = 0; row < Side; row++, tile += Side)
            {
                Raise(tile, new(covered + row, 1), work, gamma);
                for (int column = 0; column < Side; column++)
                    gain[column] += work[column] - roots[row];
            }
            return;
        }
        Vector512<float> left = Vector512<float>.Zero, right = Vector512<float>.Zero;
        float sum = 0;
        for (int row = 0; row < Side; row++, tile += Side)
        {
            Vector512<float> c = Vector512.Create(covered[row]);
            left += Vector512.Sqrt(Vector512.Load(tile) + c);
            right += Vector512.Sqrt(Vector512.Load(tile + 16) + c);
            sum += roots[row];
        }
        (Vector512.Load(gain) + (left - Vector512.Create(sum))).Store(gain);
        (Vector512.Load(gain + 16) + (right - Vector512.Create(sum))).Store(gain + 16);
    }

    /// <summary>rowSums (32, 16) += the parts, lane by lane, of Σ over columns of (covered[column] + s)^γ − root[column].</summary>
    public static void AddToRows(float* tile, float* covered, float* roots, float* rowSums, double gamma)
    {
        if (gamma != 0.5)
        {
            float* work = stackalloc float[Side];
            for (int row = 0; row < Side; row++, tile += Side)
            {
                Raise(tile, new(covered, Side), work, gamma);
                for (int column = 0; column < Side; column++)
                    rowSums[row * 16 + column % 16] += work[column] - roots[column];
            }
            return;
        }
        Vector512<float> c0 = Vector512.Load(covered), c1 = Vector512.Load(covered + 16), root = Vector512.Load(roots) + Vector512.Load(roots + 16);
        for (int row = 0; row < Side; row++, tile += Side, rowSums += 16)
            (Vector512.Load(rowSums) + (Vector512.Sqrt(Vector512.Load(tile) + c0) + Vector512.Sqrt(Vector512.Load(tile + 16) + c1) - root)).Store(rowSums);
    }

    /// <summary>Both of the above while nothing is covered and γ = ½: √s serves rows and columns alike. Without <paramref name="rowSums"/>, columns only.</summary>
    public static void AddFirstRoots(float* tile, float* gain, float* rowSums)
    {
        Vector512<float> left = Vector512<float>.Zero, right = Vector512<float>.Zero;
        for (int row = 0; row < Side; row++, tile += Side)
        {
            Vector512<float> s0 = Vector512.Sqrt(Vector512.Load(tile)), s1 = Vector512.Sqrt(Vector512.Load(tile + 16));
            left += s0;
            right += s1;
            if (rowSums != null)
            {
                float* to = rowSums + row * 16;
                (Vector512.Load(to) + (s0 + s1)).Store(to);
            }
        }
        (Vector512.Load(gain) + left).Store(gain);
        (Vector512.Load(gain + 16) + right).Store(gain + 16);
    }

    private static void Raise(float* tile, ReadOnlySpan<float> covered, float* work, double gamma)
    {
        var to = new Span<float>(work, Side);
        if (covered.Length == 1)
            TensorPrimitives.Add(new ReadOnlySpan<float>(tile, Side), covered[0], to);
        else
            TensorPrimitives.Add(new ReadOnlySpan<float>(tile, Side), covered, to);
        if (gamma != 1)
            TensorPrimitives.Pow(to, (float)gamma, to);
    }
}
