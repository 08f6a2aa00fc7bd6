using System.Runtime.Intrinsics;

namespace LlmRec.Kernels;

/// <summary>
/// The block on the diagonal, at most 128 × 128, in a scratch of its own: U = Lᵀ row after row, rows padded to 128, so that every
/// inner loop runs over whole vectors. What stands left of the diagonal is never read.
/// </summary>
internal sealed unsafe class CholeskyBlock
{
    public const int Size = 128;

    [ThreadStatic]
    private static CholeskyBlock? t_block;

    private readonly AlignedBuffer<float> _upper = new(Size * Size);
    private readonly AlignedBuffer<float> _inverse = new(Size * Size);
    private int _n;

    public static CholeskyBlock OfThisThread() => t_block ??= new();

    /// <summary>U⁻¹ (n, n), upper triangular with zeros below, after <see cref="Invert"/> or <see cref="Load"/>.</summary>
    public ReadOnlyMatrixSpan Inverse => new(_inverse.Span, _n, _n, Size);

    /// <summary>Factors A (n, n) in place (lower triangle). Returns −1, or the pivot that is not above zero.</summary>
    public int Factor(MatrixSpan a)
    {
        Read(a);
        int bad = LaneWidths.Best switch
        {
            LaneWidth.V512 => Factor<Lanes512, Vector512<float>>(_upper.Pointer, _n),
            LaneWidth.V256 => Factor<Lanes256, Vector256<float>>(_upper.Pointer, _n),
            LaneWidth.V128 => Factor<Lanes128, Vector128<float>>(_upper.Pointer, _n),
            _ => Factor<LanesScalar, float>(_upper.Pointer, _n),
        };
        for (int i = 0; i < _n; i++)
        {
            Span<float> row = a.Row(i);
            for (int j = 0; j <= i; j++) row[j] = _upper.Span[j * Size + i];
        }

        return bad;
    }

    /// <summary>Takes a factored block L (n, n) and inverts it.</summary>
    public void Load(ReadOnlyMatrixSpan l)
    {
        Read(l);
        Invert();
    }

    /// <summary>Inverts the block that was factored last.</summary>
    public void Invert()
    {
        switch (LaneWidths.Best)
        {
            case LaneWidth.V512: Invert<Lanes512, Vector512<float>>(_upper.Pointer, _inverse.Pointer, _n); break;
            case LaneWidth.V256: Invert<Lanes256, Vector256<float>>(_upper.Pointer, _inverse.Pointer, _n); break;
            case LaneWidth.V128: Invert<Lanes128, Vector128<float>>(_upper.Pointer, _inverse.Pointer, _n); break;
            default: Invert<LanesScalar, float>(_upper.Pointer, _inverse.Pointer, _n); break;
        }
    }

    private void Read(ReadOnlyMatrixSpan lower)
    {
        _n = lower.Rows;
        // the padding and what stands left of the diagonal may hold anything: it only ever reaches itself
        for (int i = 0; i < _n; i++)
        {
            ReadOnlySpan<float> row = lower.Row(i);
            for (int j = 0; j <= i; j++) _upper.Span[j * Size + i] = row[j];
        }
    }

    /// <summary>Row by row: U(k, k:) = A(k, k:) / √A(k, k), then A(i, i:) −= U(k, i) · U(k, i:) for the rows below.</summary>
    internal static int Factor<TLanes, TVector>(float* u, int n)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        for (int k = 0; k < n; k++)
        {
            float* pivot = u + k * Size;
            float d = pivot[k];
            if (!(d > 0) || float.IsInfinity(d)) return k;
            float root = MathF.Sqrt(d), inverse = 1 / root;
            for (int j = k + 1; j < n; j++) pivot[j] *= inverse;
            pivot[k] = root;
            for (int i = k + 1; i < n; i++)
            {
                float* row = u + i * Size;
                TVector f = TLanes.Create(-pivot[i]);
                for (int j = i & -TLanes.Count; j < n; j += TLanes.Count)
                    TLanes.Store(TLanes.MultiplyAdd(f, TLanes.Load(pivot + j), TLanes.Load(row + j)), row + j);
            }
        }

        return -1;
    }

    /// <summary>Rows from the bottom: W(i, :) = (eᵢ − Σ over k > i of U(i, k) · W(k, :)) / U(i, i).</summary>
    internal static void Invert<TLanes, TVector>(float* u, float* w, int n)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        for (int i = n - 1; i >= 0; i--)
        {
            float* row = w + i * Size;
            new Span<float>(row, Size).Clear();
            row[i] = 1;
            for (int k = i + 1; k < n; k++)
            {
                float* other = w + k * Size;
                TVector f = TLanes.Create(-u[i * Size + k]);
                for (int j = k & -TLanes.Count; j < n; j += TLanes.Count)
                    TLanes.Store(TLanes.MultiplyAdd(f, TLanes.Load(other + j), TLanes.Load(row + j)), row + j);
            }

            float inverse = 1 / u[i * Size + i];
            for (int j = i; j < n; j++) row[j] *= inverse;
        }
    }
}
