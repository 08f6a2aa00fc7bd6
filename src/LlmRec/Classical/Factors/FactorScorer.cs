using LlmRec.Kernels;

namespace LlmRec;

/// <summary>Writes the vector of a user: k values, cleared before.</summary>
internal delegate void UserVector(UserContext user, Span<float> vector);

/// <summary>Scores of factor models: inner products of user vectors and item vectors in float32, a bias being one more factor.</summary>
/// <remarks>Immutable and thread-safe; a user gets the same alone and in a batch.</remarks>
internal sealed class FactorScorer
{
    private readonly int _count, _factors, _width;
    private readonly double[] _vectors;
    private readonly double[]? _bias;
    private readonly Lazy<PackedMatrix> _all;      // Vᵀ (width, m); a model that only makes lists does without
    private readonly Lazy<FactorSearch> _search;   // and one that only scores does without this

    /// <summary>Rounds item vectors to float32 when they are first needed.</summary>
    /// <param name="count">m.</param>
    /// <param name="items">V (m, k), row after row; not to be changed later.</param>
    /// <param name="factors">k, possibly 0.</param>
    /// <param name="bias">m values, or null.</param>
    public FactorScorer(int count, double[] items, int factors, double[]? bias = null)
    {
        _count = count;
        _factors = factors;
        _width = factors + (bias is null ? 0 : 1);
        _vectors = items;
        _bias = bias;
        _all = new(() => PackedMatrix.PackTransposed(Narrow()));
        _search = new(() => new(Narrow()));
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
        if (_width == 0) scores.Clear();
        else MatrixProduct.Multiply(Users(requests, userVector), _all.Value, new MatrixSpan(scores, n, m));
    }

    /// <summary>The best items of each user, the lists that <see cref="Score"/> and a sort would give.</summary>
    /// <param name="requests">n users.</param>
    /// <param name="userVector">Their vectors.</param>
    /// <param name="best">n empty lists, which know what they may not take.</param>
    public void Best(IReadOnlyList<TopNRequest> requests, UserVector userVector, BestItems[] best)
    {
        if (_count == 0) return;
        if (_width > 0)
        {
            _search.Value.Run(Users(requests, userVector), best);
            return;
        }
        int[] items = [.. Enumerable.Range(0, _count)];
        float[] zeros = new float[_count];
        foreach (BestItems b in best) b.Offer(items, zeros);
    }

    /// <summary>V (m, k), or (m, k + 1) with the bias.</summary>
    private RowMatrix Narrow()
    {
        var narrow = new RowMatrix(_count, _width);
        for (int i = 0; i < _count; i++)
        {
            Span<float> row = narrow.Row(i);
            for (int k = 0; k < _factors; k++) row[k] = (float)_vectors[i * _factors + k];
            if (_bias is not null) row[_factors] = (float)_bias[i];
        }
        return narrow;
    }

    /// <summary>U (n, k), with 1 for the bias.</summary>
    private RowMatrix Users(IReadOnlyList<TopNRequest> requests, UserVector userVector)
    {
        var users = new RowMatrix(requests.Count, _width);
        for (int r = 0; r < users.Rows; r++)
        {
            Span<float> row = users.Row(r);
            if (_factors > 0) userVector(requests[r].User, row[.._factors]);
            if (_bias is not null) row[_factors] = 1;
        }
        return users;
    }
}
