using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LlmRec.Kernels;

/// <summary>
/// Copies into the layouts that tiles read. Right panels: B(p, j) at (j / 32) · k · 32 + p · 32 + j % 32. Left tiles of a transposed
/// left side: A(i, p) at (i / 8) · k · 8 + p · 8 + i % 8.
/// </summary>
internal static unsafe class Panels
{
    private const int Width = TileKernel.PanelColumns;

    /// <summary>Elements of the panels of B (rows, columns).</summary>
    public static long Size(int rows, int columns) => (long)rows * ((columns + Width - 1) / Width * Width);

    /// <summary>Packs B (k, n) as it stands.</summary>
    public static void Pack(float* b, nint bRow, int k, int n, float* panels)
    {
        for (int j = 0; j < n; j += Width)
        {
            int columns = Math.Min(Width, n - j);
            float* source = b + j;
            if (columns == Width && Vector512.IsHardwareAccelerated)
            {
                for (int p = 0; p < k; p++, source += bRow, panels += Width)
                {
                    Vector512.Load(source).Store(panels);
                    Vector512.Load(source + 16).Store(panels + 16);
                }
            }
            else
            {
                for (int p = 0; p < k; p++, source += bRow, panels += Width)
                {
                    new ReadOnlySpan<float>(source, columns).CopyTo(new Span<float>(panels, Width));
                    new Span<float>(panels + columns, Width - columns).Clear();
                }
            }
        }
    }

    /// <summary>Packs B (k, n) from Bᵀ (n, k): blocks of 8 × 8 or 4 × 4 are turned in registers.</summary>
    public static void PackTransposed(float* b, nint bRow, int n, int k, float* panels)
    {
        for (int j = 0; j < n; j += Width)
        {
            int columns = Math.Min(Width, n - j);
            float* panel = panels + (nint)j * k;
            Transpose(b + j * bRow, bRow, columns, k, panel, Width);
            for (int p = 0; columns < Width && p < k; p++)
                new Span<float>(panel + (nint)p * Width + columns, Width - columns).Clear();
        }
    }

    /// <summary>target(p, i) = source(i, p) for i &lt; rows, p &lt; columns.</summary>
    public static void Transpose(float* source, nint sourceRow, int rows, int columns, float* target, nint targetRow)
    {
        int i = 0;
        if (Avx.IsSupported)
        {
            int whole = columns & ~7;
            for (; i + 8 <= rows; i += 8)
            {
                for (int p = 0; p < whole; p += 8)
                    Transpose8(source + i * sourceRow + p, sourceRow, target + p * targetRow + i, targetRow);
                for (int p = whole; p < columns; p++)
                    for (int r = i; r < i + 8; r++) target[p * targetRow + r] = source[r * sourceRow + p];
            }
        }

        if (Vector128.IsHardwareAccelerated)
        {
            for (; i + 4 <= rows; i += 4)
            {
                float* s0 = source + i * sourceRow, s1 = s0 + sourceRow, s2 = s1 + sourceRow, s3 = s2 + sourceRow;
                float* t = target + i;
                int p = 0;
                for (; p + 4 <= columns; p += 4, t += 4 * targetRow)
                {
                    Transpose4(Vector128.Load(s0 + p), Vector128.Load(s1 + p), Vector128.Load(s2 + p), Vector128.Load(s3 + p),
                        out Vector128<float> t0, out Vector128<float> t1, out Vector128<float> t2, out Vector128<float> t3);
                    t0.Store(t);
                    t1.Store(t + targetRow);
                    t2.Store(t + 2 * targetRow);
                    t3.Store(t + 3 * targetRow);
                }

                for (; p < columns; p++, t += targetRow)
                    (t[0], t[1], t[2], t[3]) = (s0[p], s1[p], s2[p], s3[p]);
            }
        }

        for (; i < rows; i++)
            for (int p = 0; p < columns; p++)
                target[p * targetRow + i] = source[i * sourceRow + p];
    }

    /// <summary>Eight rows of eight. Lanes after each stage, a to h being rows: a0 b0 a1 b1 | a4 b4 a5 b5, then a0 b0 c0 d0 | a4 b4 c4 d4, then a0 .. h0.</summary>
    private static void Transpose8(float* s, nint sourceRow, float* t, nint targetRow)
    {
        Vector256<float> a = Vector256.Load(s), b = Vector256.Load(s + sourceRow), c = Vector256.Load(s + 2 * sourceRow), d = Vector256.Load(s + 3 * sourceRow);
        s += 4 * sourceRow;
        Vector256<float> e = Vector256.Load(s), f = Vector256.Load(s + sourceRow), g = Vector256.Load(s + 2 * sourceRow), h = Vector256.Load(s + 3 * sourceRow);

        Vector256<float> ab = Avx.UnpackLow(a, b), cd = Avx.UnpackLow(c, d), ef = Avx.UnpackLow(e, f), gh = Avx.UnpackLow(g, h);
        Vector256<float> even = Avx.Shuffle(ab, cd, 0x44), odd = Avx.Shuffle(ab, cd, 0xEE), even2 = Avx.Shuffle(ef, gh, 0x44), odd2 = Avx.Shuffle(ef, gh, 0xEE);
        Avx.Permute2x128(even, even2, 0x20).Store(t);
        Avx.Permute2x128(odd, odd2, 0x20).Store(t + targetRow);
        Avx.Permute2x128(even, even2, 0x31).Store(t + 4 * targetRow);
        Avx.Permute2x128(odd, odd2, 0x31).Store(t + 5 * targetRow);

        (ab, cd, ef, gh) = (Avx.UnpackHigh(a, b), Avx.UnpackHigh(c, d), Avx.UnpackHigh(e, f), Avx.UnpackHigh(g, h));
        (even, odd, even2, odd2) = (Avx.Shuffle(ab, cd, 0x44), Avx.Shuffle(ab, cd, 0xEE), Avx.Shuffle(ef, gh, 0x44), Avx.Shuffle(ef, gh, 0xEE));
        Avx.Permute2x128(even, even2, 0x20).Store(t + 2 * targetRow);
        Avx.Permute2x128(odd, odd2, 0x20).Store(t + 3 * targetRow);
        Avx.Permute2x128(even, even2, 0x31).Store(t + 6 * targetRow);
        Avx.Permute2x128(odd, odd2, 0x31).Store(t + 7 * targetRow);
    }

    private static void Transpose4(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d,
        out Vector128<float> t0, out Vector128<float> t1, out Vector128<float> t2, out Vector128<float> t3)
    {
        if (Sse.IsSupported)
        {
            // ab = a0 b0 a1 b1, AB = a2 b2 a3 b3
            Vector128<float> ab = Sse.UnpackLow(a, b), AB = Sse.UnpackHigh(a, b);
            Vector128<float> cd = Sse.UnpackLow(c, d), CD = Sse.UnpackHigh(c, d);
            t0 = Sse.MoveLowToHigh(ab, cd);
            t1 = Sse.MoveHighToLow(cd, ab);
            t2 = Sse.MoveLowToHigh(AB, CD);
            t3 = Sse.MoveHighToLow(CD, AB);
        }
        else
        {
            t0 = Vector128.Create(a[0], b[0], c[0], d[0]);
            t1 = Vector128.Create(a[1], b[1], c[1], d[1]);
            t2 = Vector128.Create(a[2], b[2], c[2], d[2]);
            t3 = Vector128.Create(a[3], b[3], c[3], d[3]);
        }
    }
}
