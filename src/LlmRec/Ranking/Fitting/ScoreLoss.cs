using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>The loss of one example's scores and its slope by each score.</summary>
internal static class ScoreLoss
{
    /// <summary>Computes a loss.</summary>
    /// <param name="loss">Which.</param>
    /// <param name="scores">n scores; overwritten by listwise loss.</param>
    /// <param name="labels">n labels: above 0 wanted (or the value itself for squared loss).</param>
    /// <param name="logWeights">n logarithms of how many items each stands for, or empty when each stands for itself.</param>
    /// <param name="positiveWeight">Weight of wanted items in logistic loss.</param>
    /// <param name="slopes">Receives n derivatives.</param>
    public static double Evaluate(LinearScoringLoss loss, Span<float> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> logWeights,
        double positiveWeight, Span<float> slopes) => loss switch
    {
        LinearScoringLoss.Listwise => Listwise(scores, labels, logWeights, slopes),
        LinearScoringLoss.Logistic => Logistic(scores, labels, logWeights, positiveWeight, slopes),
        LinearScoringLoss.Squared => Squared(scores, labels, logWeights, slopes),
        _ => Pairwise(loss, scores, labels, logWeights, slopes),
    };

    // p = softmax(s + ln w); loss = −Σ y ln p over the wanted, slope = p − y
    private static double Listwise(Span<float> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> logWeights, Span<float> slopes)
    {
        if (!logWeights.IsEmpty) TensorPrimitives.Add(scores, logWeights, scores);
        float max = TensorPrimitives.Max<float>(scores);
        TensorPrimitives.Subtract(scores, max, slopes);
        TensorPrimitives.Exp(slopes, slopes);
        float sum = TensorPrimitives.Sum<float>(slopes);
        TensorPrimitives.Divide(slopes, sum, slopes);
        float wanted = TotalWanted(labels);
        if (wanted == 0)
        {
            slopes.Clear();
            return 0;
        }
        double result = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] <= 0) continue;
            float share = labels[i] / wanted;
            result += share * (Math.Log(sum) + max - scores[i]);
            slopes[i] -= share;
        }
        return result;
    }

    private static double Logistic(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> logWeights, double positiveWeight, Span<float> slopes)
    {
        double result = 0, total = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            bool wanted = labels[i] > 0;
            double weight = WeightAt(logWeights, i) * (wanted ? positiveWeight : 1);
            double margin = wanted ? scores[i] : -scores[i];
            result += weight * SoftPlus(-margin);
            slopes[i] = (float)(weight * (wanted ? -Sigmoid(-margin) : Sigmoid(-margin)));
            total += weight;
        }
        TensorPrimitives.Divide(slopes, (float)total, slopes);
        return result / total;
    }

    private static double Squared(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> logWeights, Span<float> slopes)
    {
        double result = 0, total = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            double weight = WeightAt(logWeights, i), error = scores[i] - labels[i];
            result += 0.5 * weight * error * error;
            slopes[i] = (float)(weight * error);
            total += weight;
        }
        TensorPrimitives.Divide(slopes, (float)total, slopes);
        return result / total;
    }

    private static double Pairwise(LinearScoringLoss loss, ReadOnlySpan<float> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> logWeights, Span<float> slopes)
    {
        slopes.Clear();
        double result = 0, total = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (labels[i] <= 0) continue;
            for (int j = 0; j < scores.Length; j++)
            {
                if (labels[j] > 0) continue;
                double weight = WeightAt(logWeights, j), margin = scores[i] - scores[j];
                double short_ = Math.Max(0, 1 - margin);
                (double value, double slope) = loss == LinearScoringLoss.PairwiseHinge
                    ? (0.5 * short_ * short_, -short_)
                    : (SoftPlus(-margin), -Sigmoid(-margin));
                result += weight * value;
                slopes[i] += (float)(weight * slope);
                slopes[j] -= (float)(weight * slope);
                total += weight;
            }
        }
        if (total == 0) return 0;
        TensorPrimitives.Divide(slopes, (float)total, slopes);
        return result / total;
    }

    private static float TotalWanted(ReadOnlySpan<float> labels)
    {
        float wanted = 0;
        foreach (float label in labels) wanted += Math.Max(0, label);
        return wanted;
    }

    private static double WeightAt(ReadOnlySpan<float> logWeights, int i) => logWeights.IsEmpty ? 1 : Math.Exp(logWeights[i]);

    private static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    private static double SoftPlus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));
}
