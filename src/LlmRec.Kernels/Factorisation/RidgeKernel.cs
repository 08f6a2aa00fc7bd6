using System.Runtime.CompilerServices;

namespace LlmRec.Kernels;

/// <summary>The loops of <see cref="RidgeRows"/>, written once for all widths. Matrices are (s, s), s a multiple of 32, upper triangle.</summary>
internal static unsafe class RidgeKernel
{
    /// <summary>Order of the blocks on the diagonal: one vector of 512 bits, two of 256.</summary>
    public const int Block = 16;

    /// <summary>P (n, s) ← the rows of Y, padded with zeros; sum (s) += their sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather<TLanes, TVector>(float* y, nint stride, ReadOnlySpan<int> rows, float* panel, int s, float* sum)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        for (int i = 0; i < rows.Length; i++)
        {
            float* from = y + rows[i] * stride, to = panel + (nint)i * s;
            nint c = 0;
            for (; c < stride; c += TLanes.Count)
            {
                TVector v = TLanes.Load(from + c);
                TLanes.Store(v, to + c);
                TLanes.Store(TLanes.Add(TLanes.Load(sum + c), v), sum + c);
            }
            for (; c < s; c += TLanes.Count) TLanes.Store(default, to + c);
        }
    }

    /// <summary>
    /// M ← −(G + w·M + λI), in blocks from the diagonal on, with 1 on the diagonal beyond f, where all else is zero; right ← t·right.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Negate<TLanes, TVector>(float* m, float* negatedGram, int s, int f, float weight, float penalty, float* right, float target)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        TVector w = TLanes.Create(-weight), t = TLanes.Create(target);
        for (int i = 0; i < s; i++)
        {
            float* row = m + (nint)i * s, gram = negatedGram + (nint)i * s;
            for (nint j = i & -Block; j < s; j += TLanes.Count)
                TLanes.Store(TLanes.MultiplyAdd(w, TLanes.Load(row + j), TLanes.Load(gram + j)), row + j);
            if (i < f) row[i] -= penalty;
            else row[i] = -1;
        }
        for (nint j = 0; j < s; j += TLanes.Count) TLanes.Store(TLanes.Multiply(t, TLanes.Load(right + j)), right + j);
    }

    /// <summary>
    /// Cholesky of one block: A = −M (16, 16) = UᵀU. Gauss on the rows of [A | −I] side by side leaves [U | −U⁻ᵀ], and b ← U⁻ᵀ b on the way.
    /// </summary>
    /// <param name="m">M, s values from row to row, both triangles.</param>
    /// <param name="s">Elements from row to row of M.</param>
    /// <param name="work">16 × 32.</param>
    /// <param name="inverse">Receives −U⁻ᵀ (16, 16), lower triangle, zeros above.</param>
    /// <param name="b">16 values.</param>
    /// <returns>False when a pivot is not above zero.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Eliminate<TLanes, TVector>(float* m, nint s, float* work, float* inverse, float* b)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        const int wide = 2 * Block;
        TVector zero = default;
        for (int r = 0; r < Block; r++)
        {
            float* row = work + r * wide;
            for (int c = 0; c < Block; c += TLanes.Count)
            {
                TLanes.Store(TLanes.Subtract(zero, TLanes.Load(m + r * s + c)), row + c);
                TLanes.Store(zero, row + Block + c);
            }
            row[Block + r] = -1;
        }
        for (int k = 0; k < Block; k++)
        {
            float* pivot = work + k * wide;
            float d = pivot[k];
            if (!(d > 0) || float.IsInfinity(d)) return false;
            float inv = 1 / MathF.Sqrt(d), z = b[k] * inv;
            TVector scale = TLanes.Create(inv), minus = TLanes.Create(-z);
            // left of the pivot stand zeros, right of the k-th unit vector too
            int from = k & -TLanes.Count, to = Block + (k & -TLanes.Count) + TLanes.Count;
            for (int c = from; c < to; c += TLanes.Count) TLanes.Store(TLanes.Multiply(scale, TLanes.Load(pivot + c)), pivot + c);
            for (int c = from; c < Block; c += TLanes.Count) TLanes.Store(TLanes.MultiplyAdd(minus, TLanes.Load(pivot + c), TLanes.Load(b + c)), b + c);
            b[k] = z;
            for (int r = k + 1; r < Block; r++)
            {
                float* row = work + r * wide;
                TVector f = TLanes.Create(-pivot[r]);
                for (int c = from; c < to; c += TLanes.Count)
                    TLanes.Store(TLanes.MultiplyAdd(f, TLanes.Load(pivot + c), TLanes.Load(row + c)), row + c);
            }
        }
        for (int r = 0; r < Block; r++)
            for (int c = 0; c < Block; c += TLanes.Count)
                TLanes.Store(TLanes.Load(work + r * wide + Block + c), inverse + r * Block + c);
        return true;
    }

    /// <summary>b(j) −= Σ over the 16 rows of z(r) · U(i + r, j), for j beyond the block at i, where z = b(i..).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TakeAway<TLanes, TVector>(float* b, float* u, nint s, int i)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        float* z = b + i;
        for (nint j = i + Block; j < s; j += TLanes.Count)
        {
            TVector even = default, odd = default;
            for (int r = 0; r < Block; r += 2)
            {
                even = TLanes.MultiplyAdd(TLanes.Create(z[r]), TLanes.Load(u + r * s + j), even);
                odd = TLanes.MultiplyAdd(TLanes.Create(z[r + 1]), TLanes.Load(u + (r + 1) * s + j), odd);
            }
            TLanes.Store(TLanes.Subtract(TLanes.Load(b + j), TLanes.Add(even, odd)), b + j);
        }
    }

    /// <summary>x(i..) = U(i, i)⁻¹ · (z(i..) − Σ over j beyond the block of U(i.., j) · x(j)), in place; <paramref name="inverse"/> is −U(i, i)⁻ᵀ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void BackSubstitute<TLanes, TVector>(float* x, float* u, nint s, int i, float* inverse)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        float* t = stackalloc float[Block];
        for (int r = 0; r < Block; r++)
        {
            float* row = u + r * s;
            TVector sum = default;
            for (nint j = i + Block; j < s; j += TLanes.Count) sum = TLanes.MultiplyAdd(TLanes.Load(row + j), TLanes.Load(x + j), sum);
            t[r] = TLanes.Sum(sum) - x[i + r];
        }
        for (int c = 0; c < Block; c += TLanes.Count)
        {
            TVector sum = default;
            for (int r = 0; r < Block; r++) sum = TLanes.MultiplyAdd(TLanes.Create(t[r]), TLanes.Load(inverse + r * Block + c), sum);
            TLanes.Store(sum, x + i + c);
        }
    }
}
