using LlmRec.Kernels;

namespace LlmRec;

/// <summary>Scores of factor models: user vectors times item vectors, one matrix product for a batch.</summary>
internal static class FactorScores
{
    /// <summary>Item factors in float32 for scoring; they are finite and small, so nothing is lost that an order could show.</summary>
    public static float[] Narrow(ReadOnlySpan<double> factors)
    {
        float[] narrow = new float[factors.Length];
        for (int i = 0; i < narrow.Length; i++) narrow[i] = (float)factors[i];
        return narrow;
    }

    /// <summary>scores (n, m) ← U (n, k) · Vᵀ + bias.</summary>
    /// <param name="requests">n users.</param>
    /// <param name="items">V (m, k).</param>
    /// <param name="count">m, possibly 0.</param>
    /// <param name="factors">k, possibly 0.</param>
    /// <param name="bias">m values, or empty.</param>
    /// <param name="userVector">Writes the vector of a user: k values, cleared before.</param>
    /// <param name="scores">At least n × m values.</param>
    public static void Write(IReadOnlyList<TopNRequest> requests, float[] items, int count, int factors, float[] bias, Action<UserContext, double[]> userVector, Span<float> scores)
    {
        ArgumentNullException.ThrowIfNull(requests);
        int n = requests.Count;
        if (scores.Length < (long)n * count)
            throw new ArgumentException($"{n} users of {count} items need {(long)n * count} scores, but there is room for {scores.Length}", nameof(scores));
        scores = scores[..(n * count)];
        if (n == 0 || count == 0) return;
        if (factors == 0)
        {
            scores.Clear();
            return;
        }
        float[] users = new float[n * factors];
        double[] vector = new double[factors];
        for (int r = 0; r < n; r++)
        {
            vector.AsSpan().Clear();
            userVector(requests[r].User, vector);
            for (int k = 0; k < factors; k++) users[r * factors + k] = (float)vector[k];
        }
        MatrixProduct.MultiplyTransposedRight(new(users, n, factors), new(items, count, factors), new(scores, n, count), new ProductOptions { Bias = bias });
    }
}
