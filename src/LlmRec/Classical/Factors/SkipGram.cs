using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>One step of skip-gram with negative sampling: −ln σ(u_c·v_o) − Σ ln σ(−u_c·v_n) falls along both gradients, taken at the old values.</summary>
/// <remarks>Scratch of one thread.</remarks>
internal sealed class SkipGram(int dimensions)
{
    private readonly double[] _gradient = new double[dimensions];
    private readonly double[] _old = new double[dimensions];
    private readonly int[] _targets = new int[64];
    private readonly double[] _slopes = new double[64];

    /// <summary>−∂loss/∂u_c of the last step.</summary>
    public ReadOnlySpan<double> Ascent => _gradient;

    /// <summary>Takes the step and returns the loss before it, or 0 where nobody asks for it.</summary>
    /// <param name="centre">U (items, d).</param>
    /// <param name="context">V (items, d).</param>
    /// <param name="c">The item whose surroundings are predicted.</param>
    /// <param name="o">An item beside it.</param>
    /// <param name="noise">At most 63 drawn items; those equal to <paramref name="o"/> are passed over, a repeated one counts each time.</param>
    /// <param name="rate">Step length.</param>
    /// <param name="measure">Whether the loss is wanted: its logarithms cost as much as the rest.</param>
    public double Step(double[] centre, double[] context, int c, int o, ReadOnlySpan<int> noise, double rate, bool measure)
    {
        int d = _gradient.Length, n = 0;
        Span<double> u = centre.AsSpan(c * d, d);
        double loss = 0;
        _gradient.AsSpan().Clear();
        for (int k = -1; k < noise.Length; k++)
        {
            int target = k < 0 ? o : noise[k];
            if (k >= 0 && target == o) continue;
            ReadOnlySpan<double> v = context.AsSpan(target * d, d);
            double s = TensorPrimitives.Dot(u, v), q = 1 / (1 + Math.Exp(-s)), slope = (k < 0 ? 1 : 0) - q;
            // ln(1 + e^x) without overflow
            double x = k < 0 ? -s : s;
            if (measure) loss += Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));
            TensorPrimitives.MultiplyAdd(v, slope, _gradient, _gradient);
            _targets[n] = target;
            _slopes[n++] = slope;
        }
        u.CopyTo(_old);
        TensorPrimitives.MultiplyAdd(_gradient, rate, u, u);
        for (int k = 0; k < n; k++)
        {
            Span<double> v = context.AsSpan(_targets[k] * d, d);
            TensorPrimitives.MultiplyAdd(_old, rate * _slopes[k], v, v);
        }
        return loss;
    }
}
