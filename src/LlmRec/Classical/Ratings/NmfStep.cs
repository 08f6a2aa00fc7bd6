using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>
/// One multiplicative step of a non-negative vector p with the other side held: p ← p · Σ r q / (Σ r̂ q + λ n p), element by element, over its n ratings r, where
/// r̂ = base + q·p before the step. It is the gradient step whose length makes the negative part cancel, so p stays non-negative and never grows from 0.
/// </summary>
/// <remarks>Scratch of one thread.</remarks>
internal sealed class NmfStep(int factors, double penalty)
{
    private readonly double[] _above = new double[factors];
    private readonly double[] _below = new double[factors];
    private int _count;

    /// <summary>Forgets the ratings of the vector before.</summary>
    public void Clear()
    {
        _above.AsSpan().Clear();
        _below.AsSpan().Clear();
        _count = 0;
    }

    /// <summary>Counts a rating.</summary>
    /// <param name="q">The vector of the other side (f).</param>
    /// <param name="rating">r.</param>
    /// <param name="estimate">r̂.</param>
    public void Add(ReadOnlySpan<double> q, double rating, double estimate)
    {
        TensorPrimitives.MultiplyAdd(q, rating, _above, _above);
        TensorPrimitives.MultiplyAdd(q, estimate, _below, _below);
        _count++;
    }

    /// <summary>Writes the vector after the step.</summary>
    /// <param name="p">Before (f).</param>
    /// <param name="after">After (f), may be the same.</param>
    public void Take(ReadOnlySpan<double> p, Span<double> after)
    {
        for (int k = 0; k < p.Length; k++)
        {
            double below = _below[k] + penalty * _count * p[k];
            // baselines below the scale may bring an estimate, and so the denominator, to 0 or under it: there the step has no length
            after[k] = p[k] == 0 ? 0 : below > 0 ? p[k] * _above[k] / below : p[k];
        }
    }
}
