using System.Numerics.Tensors;

namespace LlmRec;

public sealed partial class LinearScoringHead
{
    private readonly Lock _learning = new();

    /// <summary>
    /// One online step (AdaGrad; Duchi et al., JMLR 2011) from one shown list: what was chosen should score above what was not.
    /// </summary>
    /// <param name="user">The user as known before the choice.</param>
    /// <param name="candidates">The n items shown.</param>
    /// <param name="labels">n labels: 1 chosen, 0 passed over; values for <see cref="LinearScoringLoss.Squared"/>. Finite.</param>
    /// <param name="options">The loss, the step and, for logistic loss, the weight of what was chosen.</param>
    /// <returns>The loss before the step.</returns>
    /// <exception cref="ArgumentException">The number of labels is not the number of candidates, or a label is not finite.</exception>
    /// <remarks>Steps are taken one after the other; the same steps in the same order give the same weights.</remarks>
    public double Learn(UserProfile user, Candidates candidates, ReadOnlySpan<float> labels, LinearScoringOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(candidates);
        options ??= new();
        options.Check();
        int n = candidates.Count, f = _features.Length;
        if (labels.Length != n) throw new ArgumentException($"{n} candidates need as many labels, not {labels.Length}", nameof(labels));
        foreach (float label in labels)
            if (!float.IsFinite(label)) throw new ArgumentException($"a label is {label}: give finite numbers", nameof(labels));
        if (n == 0) return 0;

        var values = new float[n * f];
        ComputeFeatures(user, candidates, values);
        float[] scores = new float[n], slopes = new float[n];
        lock (_learning)
        {
            Parameters before = _parameters;
            bool hasBias = options.Loss is LinearScoringLoss.Logistic or LinearScoringLoss.Squared;
            scores.AsSpan().Fill(before.Weights[f]);
            for (int k = 0; k < f; k++)
                TensorPrimitives.MultiplyAdd(values.AsSpan(k * n, n), before.Weights[k], scores, scores);
            double loss = ScoreLoss.Evaluate(options.Loss, scores, labels, [], options.PositiveWeight, slopes);

            float[] weights = [.. before.Weights], squares = [.. before.Squares];
            for (int k = 0; k <= f; k++)
            {
                if (k == f && !hasBias) break;
                float slope = k == f ? TensorPrimitives.Sum<float>(slopes) : TensorPrimitives.Dot<float>(values.AsSpan(k * n, n), slopes) * before.Scale[k];
                if (slope == 0 || !float.IsFinite(slope)) continue;
                squares[k] += slope * slope;
                // 1 in the root keeps the first steps from being as long as the slope is short
                weights[k] -= (float)options.LearningRate * slope / MathF.Sqrt(1f + squares[k]) * before.Scale[k];
            }
            _parameters = before with { Weights = weights, Squares = squares };
            return loss;
        }
    }
}
