using System.Runtime.Intrinsics;

namespace LlmRec.Kernels;

/// <content>Nearly, without building the system.</content>
public sealed unsafe partial class RidgeRows
{
    /// <summary>
    /// Brings x nearer to the solution by a few steps of conjugate gradients from where it stands: 4·|S|·f + 2·f² operations a step, and as many before the first.
    /// G. Takács, I. Pilászy and D. Tikk, Applications of the conjugate gradient method for implicit feedback collaborative filtering, RecSys 2011.
    /// </summary>
    /// <param name="rows">Numbers of rows of Y; one that occurs twice counts twice.</param>
    /// <param name="penalty">λ.</param>
    /// <param name="steps">Most steps, at least 0.</param>
    /// <param name="x">f values, the start on the way in; all 0 for an empty set.</param>
    /// <exception cref="ArgumentException"><paramref name="x"/> has another length than f, or a row does not exist.</exception>
    public void Improve(ReadOnlySpan<int> rows, float penalty, int steps, Span<float> x)
    {
        Check(rows, x);
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        if (rows.IsEmpty)
        {
            x.Clear();
            return;
        }
        switch (Width)
        {
            case LaneWidth.V512: Improve<Lanes512, Vector512<float>>(rows, penalty, steps, x); break;
            case LaneWidth.V256: Improve<Lanes256, Vector256<float>>(rows, penalty, steps, x); break;
            case LaneWidth.V128: Improve<Lanes128, Vector128<float>>(rows, penalty, steps, x); break;
            default: Improve<LanesScalar, float>(rows, penalty, steps, x); break;
        }
        GC.KeepAlive(_y);
    }

    private void Improve<TLanes, TVector>(ReadOnlySpan<int> rows, float penalty, int steps, Span<float> start)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        int s = _s;
        float* x = RidgeScratch.OfThisThread(s).Right, residual = x + s, direction = residual + s, product = direction + s;
        var whole = new Span<float>(x, s);
        whole.Clear();
        start.CopyTo(whole);

        // residual = t·Σ y − A·x, the first product and the right side in one pass over the rows
        RidgeGradient.Gram<TLanes, TVector>(_negatedGram.Pointer, s, x, -penalty, 1, residual);
        RidgeGradient.AddRows<TLanes, TVector>(_y.Pointer, _y.Stride, rows, x, _target, -_weight, residual);
        new ReadOnlySpan<float>(residual, s).CopyTo(new Span<float>(direction, s));
        float old = RidgeGradient.Dot<TLanes, TVector>(residual, residual, s);
        for (int step = 0; step < steps && old >= 1e-20f; step++)
        {
            RidgeGradient.Gram<TLanes, TVector>(_negatedGram.Pointer, s, direction, penalty, -1, product);
            RidgeGradient.AddRows<TLanes, TVector>(_y.Pointer, _y.Stride, rows, direction, 0, _weight, product);
            float curvature = RidgeGradient.Dot<TLanes, TVector>(direction, product, s);
            if (!(curvature > 0)) break;
            float length = old / curvature;
            RidgeGradient.AddScaled<TLanes, TVector>(x, direction, length, s);
            RidgeGradient.AddScaled<TLanes, TVector>(residual, product, -length, s);
            float now = RidgeGradient.Dot<TLanes, TVector>(residual, residual, s);
            RidgeGradient.ScaleAndAdd<TLanes, TVector>(direction, now / old, residual, s);
            old = now;
        }
        whole[..start.Length].CopyTo(start);
    }
}

