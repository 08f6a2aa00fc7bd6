using LlmRec.Kernels;

namespace LlmRec;

/// <summary>Writes the vector of a user: k values, cleared before.</summary>
internal delegate void UserVector(UserContext user, Span<float> vector);

/// <summary>Scores of factor models: inner products of user vectors and item vectors in float32, a bias being one more factor.</summary>
/// <remarks>Immutable and thread-safe; a user gets the same alone and in a batch.</remarks>
internal sealed class FactorScorer
{
    private readonly int _count, _factors;
    private readonly PackedMatrix? _items;     // Vᵀ (k, m), or (k + 1, m) with the biases; null without factors

    /// <summary>Rounds item vectors to float32 and packs them.</summary>
    /// <param name="count">m.</param>
    /// <param name="items">V (m, k), row after row.</param>
    /// <param name="factors">k, possibly 0.</param>
    /// <param name="bias">m values, or empty.</param>
    public FactorScorer(int count, ReadOnlySpan<double> items, int factors, ReadOnlySpan<double> bias = default)
    {
        _count = count;
        _factors = factors;
        int width = factors + (bias.IsEmpty ? 0 : 1);
        if (width == 0 || count == 0) return;
        var narrow = new RowMatrix(count, width);
        for (int i = 0; i < count; i++)
        {
            Span<float> row = narrow.Row(i);
            for (int k = 0; k < factors; k++) row[k] = (float)items[i * factors + k];
            if (width > factors) row[factors] = (float)bias[i];
        }
        _items = PackedMatrix.PackTransposed(narrow);
    }

    /// <summary>scores (n, m) ← U (n, k) · Vᵀ + bias.</summary>
    public void Score(IReadOnlyList<TopNRequest> requests, UserVector userVector, Span<float> scores)
    {
        ArgumentNullException.ThrowIfNull(requests);
        int n = requests.Count, m = _count;
        if (scores.Length < (long)n * m)
            throw new ArgumentException($"{n} users of {m} items need {(long)n * m} scores, but there is room for {scores.Length}", nameof(scores));
        scores = scores[..(n * m)];
        if (n == 0 || m == 0) return;
        if (_items is null) scores.Clear();
        else MatrixProduct.Multiply(Users(requests, _items.Rows, userVector), _items, new MatrixSpan(scores, n, m));
    }

    /// <summary>U (n, k), with 1 for the bias.</summary>
    private RowMatrix Users(IReadOnlyList<TopNRequest> requests, int width, UserVector userVector)
    {
        var users = new RowMatrix(requests.Count, width);
        for (int r = 0; r < users.Rows; r++)
        {
            Span<float> row = users.Row(r);
            if (_factors > 0) userVector(requests[r].User, row[.._factors]);
            if (width > _factors) row[_factors] = 1;
        }
        return users;
    }
}
