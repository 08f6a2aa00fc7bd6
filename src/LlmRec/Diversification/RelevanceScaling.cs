using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>Turns scores into relevance.</summary>
internal static class RelevanceScaling
{
    /// <exception cref="ArgumentException">A score is not finite.</exception>
    public static void Apply(RelevanceScale scale, ReadOnlySpan<float> scores, Span<double> relevance, double deviationOffset = 0)
    {
        double min = double.PositiveInfinity, max = double.NegativeInfinity, sum = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            double s = scores[i];
            if (!double.IsFinite(s))
                throw new ArgumentException($"the score of candidate {i} is {scores[i]}: give finite scores, and leave out what must not be shown");
            relevance[i] = s;
            min = Math.Min(min, s);
            max = Math.Max(max, s);
            sum += s;
        }
        switch (scale)
        {
            case RelevanceScale.Range:
                Affine(relevance, min, max > min ? max - min : 1);
                break;
            case RelevanceScale.Standard:
                double mean = sum / scores.Length, squares = 0;
                foreach (double s in relevance)
                    squares += (s - mean) * (s - mean);
                double deviation = Math.Sqrt(squares / scores.Length);
                Affine(relevance, mean, max > min ? deviation + deviationOffset : 1);
                break;
            case RelevanceScale.Rank:
                Rank(scores, relevance);
                break;
        }
    }

    private static void Affine(Span<double> x, double offset, double unit)
    {
        TensorPrimitives.Subtract<double>(x, offset, x);
        TensorPrimitives.Divide<double>(x, unit, x);
    }

    private static void Rank(ReadOnlySpan<float> scores, Span<double> relevance)
    {
        int n = scores.Length;
        float[] keys = System.Buffers.ArrayPool<float>.Shared.Rent(n);
        int[] order = System.Buffers.ArrayPool<int>.Shared.Rent(n);
        scores.CopyTo(keys);
        for (int i = 0; i < n; i++)
            order[i] = i;
        keys.AsSpan(0, n).Sort(order.AsSpan(0, n));
        for (int start = 0, end; start < n; start = end)
        {
            for (end = start + 1; end < n && keys[end] == keys[start]; end++)
            {
            }
            double value = n == 1 ? 1 : (start + end - 1) / 2.0 / (n - 1);
            for (int i = start; i < end; i++)
                relevance[order[i]] = value;
        }
        System.Buffers.ArrayPool<float>.Shared.Return(keys);
        System.Buffers.ArrayPool<int>.Shared.Return(order);
    }
}
