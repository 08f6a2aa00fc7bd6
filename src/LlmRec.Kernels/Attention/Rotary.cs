using System.Runtime.Intrinsics;

namespace LlmRec.Kernels;

/// <summary>Rotary position embedding (J. Su et al., arXiv:2104.09864) in the layout of halves: element i of a head turns together with element i + d/2.</summary>
public static unsafe class Rotary
{
    /// <summary>(xᵢ, xᵢ₊ᵈᐟ²) ← (xᵢ cᵢ − xᵢ₊ᵈᐟ² sᵢ, xᵢ₊ᵈᐟ² cᵢ + xᵢ sᵢ) for every head of every row, in place.</summary>
    /// <param name="x">Rows (t, heads · d), a position each.</param>
    /// <param name="heads">Number of heads; d must be even.</param>
    /// <param name="cosines">The cosines of the t positions' angles, (t, d/2).</param>
    /// <param name="sines">Their sines, (t, d/2).</param>
    /// <exception cref="ArgumentException">The shapes do not fit each other.</exception>
    public static void Apply(MatrixSpan x, int heads, ReadOnlySpan<float> cosines, ReadOnlySpan<float> sines)
    {
        int d = MatrixShape.HeadColumns(x.Columns, heads), half = d / 2;
        if (d % 2 != 0) throw new ArgumentException($"a head of {d} values has no halves", nameof(x));
        if (cosines.Length < (long)x.Rows * half || sines.Length < (long)x.Rows * half)
            throw new ArgumentException($"{x.Rows} rows of {half} angles are needed, there are {cosines.Length} cosines and {sines.Length} sines");
        fixed (float* px = x.Values, pc = cosines, ps = sines)
        {
            for (int t = 0; t < x.Rows; t++)
            {
                float* row = px + (nint)t * x.Stride, c = pc + (nint)t * half, s = ps + (nint)t * half;
                for (int h = 0; h < heads; h++, row += d) Turn(row, row + half, c, s, half);
            }
        }
    }

    private static void Turn(float* a, float* b, float* c, float* s, int n)
    {
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i + 8 <= n; i += 8)
            {
                Vector256<float> x = Vector256.Load(a + i), y = Vector256.Load(b + i), cos = Vector256.Load(c + i), sin = Vector256.Load(s + i);
                (x * cos - y * sin).Store(a + i);
                (y * cos + x * sin).Store(b + i);
            }
        }

        for (; i < n; i++) (a[i], b[i]) = (a[i] * c[i] - b[i] * s[i], b[i] * c[i] + a[i] * s[i]);
    }
}
