using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>
/// Gradient descent for r ≈ μ + bᵤ + bᵢ + qᵢ·(pᵤ + s), where s = |N|^−½ Σ yⱼ over what the user rated (SVD++), or 0 (SVD). One pass over a
/// user is O(ratings · f) also for SVD++: a rating changes all yⱼ of the user alike, y ← d·y + a·q/√|N|, so it is enough to carry
/// s ← d·s + a·q along and to write the yⱼ back once at the end. The iterates are those of the O(ratings²) loop. Without biases μ, bᵤ and bᵢ are 0 and stay so.
/// </summary>
internal sealed class RatingDescent(SvdRatingOptions options, double mean)
{
    private readonly int _f = options.Factors;
    private readonly double _mean = options.Biased ? mean : 0, _biasRate = options.Biased ? options.LearningRate : 0;
    private readonly double _rate = options.LearningRate, _penalty = options.Regularisation, _decay = 1 - options.LearningRate * options.Regularisation;
    private readonly double[] _sum = new double[options.Factors];        // s (f)
    private readonly double[] _first = new double[options.Factors];      // s before the user's pass
    private readonly double[] _old = new double[options.Factors];
    private readonly double[] _whole = new double[options.Factors];      // p + s

    /// <summary>s of a user who rated these items.</summary>
    public static void Feedback(ReadOnlySpan<int> items, double[] y, Span<double> s)
    {
        int f = s.Length;
        s.Clear();
        foreach (int j in items) TensorPrimitives.Add(s, y.AsSpan(j * f, f), s);
        if (!items.IsEmpty) TensorPrimitives.Multiply(s, 1 / Math.Sqrt(items.Length), s);
    }

    /// <summary>One pass over a user's ratings that moves everything.</summary>
    /// <param name="items">The user's items, n of them.</param>
    /// <param name="values">Their ratings.</param>
    /// <param name="bu">bᵤ.</param>
    /// <param name="p">pᵤ (f).</param>
    /// <param name="bi">bᵢ of all items.</param>
    /// <param name="q">Q (items, f).</param>
    /// <param name="y">Y (items, f), or null for SVD.</param>
    public void Pass(ReadOnlySpan<int> items, ReadOnlySpan<float> values, ref double bu, Span<double> p, double[] bi, double[] q, double[]? y)
    {
        double shrunk = 1;
        if (y is not null)
        {
            Feedback(items, y, _sum);
            _sum.CopyTo(_first, 0);
        }
        for (int k = 0; k < items.Length; k++)
        {
            int i = items[k];
            Span<double> qi = q.AsSpan(i * _f, _f);
            TensorPrimitives.Add(p, _sum, _whole);
            double error = values[k] - (_mean + bu + bi[i] + TensorPrimitives.Dot<double>(qi, _whole)), a = _rate * error;
            bu += _biasRate * (error - _penalty * bu);
            bi[i] += _biasRate * (error - _penalty * bi[i]);
            qi.CopyTo(_old);
            Step(p, _old, a);
            Step(qi, _whole, a);
            if (y is null) continue;
            Step(_sum, _old, a);
            shrunk *= _decay;
        }
        if (y is null) return;

        // y ← dⁿ·y + (s − dⁿ·s₀) / √n, for each of the n items
        TensorPrimitives.MultiplyAdd(_first, -shrunk, _sum, _sum);
        TensorPrimitives.Multiply(_sum, 1 / Math.Sqrt(items.Length), _sum);
        foreach (int j in items) TensorPrimitives.MultiplyAdd(y.AsSpan(j * _f, _f), shrunk, _sum, y.AsSpan(j * _f, _f));
    }

    /// <summary>All passes for a user outside the training, who starts at 0 while the items stand still.</summary>
    /// <param name="ratings">What the user rated.</param>
    /// <param name="bi">bᵢ of all items.</param>
    /// <param name="q">Q (items, f).</param>
    /// <param name="y">Y (items, f), or null for SVD.</param>
    /// <param name="p">Receives p + s.</param>
    /// <param name="parts">Receives, for each rating, what it did to p + s; they sum to it.</param>
    /// <returns>bᵤ.</returns>
    public double FoldIn(List<(int Item, float Value)> ratings, double[] bi, double[] q, double[]? y, Span<double> p, List<(int Item, double[] Part)>? parts = null)
    {
        double bu = 0;
        p.Clear();
        _sum.AsSpan().Clear();
        if (y is not null) Feedback([.. ratings.Select(r => r.Item)], y, _sum);
        foreach ((int i, _) in ratings) parts?.Add((i, new double[_f]));
        for (int e = 0; e < options.Epochs; e++)
        {
            for (int k = 0; k < ratings.Count; k++)
            {
                (int i, float value) = ratings[k];
                ReadOnlySpan<double> qi = q.AsSpan(i * _f, _f);
                TensorPrimitives.Add(p, _sum, _whole);
                double error = value - (_mean + bu + bi[i] + TensorPrimitives.Dot(qi, _whole));
                bu += _biasRate * (error - _penalty * bu);
                Step(p, qi, _rate * error);
                if (parts is null) continue;
                foreach ((_, double[] part) in parts) TensorPrimitives.Multiply(part, _decay, part);
                TensorPrimitives.MultiplyAdd(qi, _rate * error, parts[k].Part, parts[k].Part);
            }
        }
        TensorPrimitives.Add(p, _sum, p);
        if (parts is not null && y is not null)
            foreach ((int i, double[] part) in parts) TensorPrimitives.MultiplyAdd(y.AsSpan(i * _f, _f), 1 / Math.Sqrt(ratings.Count), part, part);
        return bu;
    }

    /// <summary>v ← d·v + a·w.</summary>
    private void Step(Span<double> v, ReadOnlySpan<double> w, double a)
    {
        TensorPrimitives.Multiply(v, _decay, v);
        TensorPrimitives.MultiplyAdd(w, a, v, v);
    }
}
