using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>A model that gives every item a vector y, possibly a bias b, and scores an item as x·y + b with a vector x made of the user's history.</summary>
/// <remarks>
/// Likeness of items is the cosine of their vectors, where the class of the model says nothing else. With texts (<see cref="FittedModelExtensions.WithItemsAsync"/>) items without training events have the
/// vector that a ridge regression finds for their text, so they are recommended and count in a history as any other. See <see cref="FittedModel"/> for the rest.
/// </remarks>
public abstract class FactorModel : FittedModel
{
    private readonly FactorScorer _scorer;

    /// <param name="name">Name for tables.</param>
    /// <param name="pairs">The training.</param>
    /// <param name="factors">f.</param>
    /// <param name="items">Y (m, f), as trained.</param>
    /// <param name="biases">b (m), or null.</param>
    private protected FactorModel(string name, PositivePairs pairs, int factors, double[] items, double[]? biases = null) : base(name, pairs.Training)
    {
        Pairs = pairs;
        Factors = factors;
        Trained = items;
        (Y, B) = TextFactors.Fill(pairs.Training, pairs.Occurs, items, factors, biases);
        _scorer = new(pairs.Items.Length, Y, factors, B);
    }

    /// <summary>Number of factors f.</summary>
    public int Factors { get; }

    /// <summary>Y: items × <see cref="Factors"/> values, row after row in the order of <see cref="FittedModel.Items"/>; cold items have theirs from their text when the model knows it.</summary>
    public ReadOnlySpan<double> ItemFactors => Y;

    private protected PositivePairs Pairs { get; }

    /// <summary>Y without what came from texts.</summary>
    private protected double[] Trained { get; }

    private protected double[] Y { get; }

    private protected double[]? B { get; }

    private protected ReadOnlySpan<double> VectorOf(int item) => Y.AsSpan(item * Factors, Factors);

    /// <summary>The vector whose cosine with others' says how like they are.</summary>
    private protected virtual ReadOnlySpan<double> LikenessOf(int item) => VectorOf(item);

    /// <summary>Writes the vector of a user into f zeros.</summary>
    private protected abstract void UserVector(UserContext user, double[] x);

    /// <summary>The same in float32, for scores.</summary>
    private protected virtual void NarrowVector(UserContext user, Span<float> x)
    {
        double[] wide = new double[x.Length];
        UserVector(user, wide);
        for (int k = 0; k < x.Length; k++) x[k] = (float)wide[k];
    }

    private protected sealed override void ScoreTrained(IReadOnlyList<TopNRequest> requests, Span<float> scores) =>
        _scorer.Score(requests, NarrowVector, scores);

    private protected sealed override IReadOnlyList<IReadOnlyList<ScoredItem>> Lists(IReadOnlyList<TopNRequest> requests, int count)
    {
        var lists = new IReadOnlyList<ScoredItem>[requests.Count];
        for (int from = 0; from < lists.Length; from += FactorSearch.Batch)
        {
            TopNRequest[] batch = [.. Enumerable.Range(from, Math.Min(FactorSearch.Batch, lists.Length - from)).Select(r => requests[r])];
            BestItems[] best = [.. batch.Select(r => Wanted(r, count))];
            _scorer.Best(batch, NarrowVector, best);
            for (int r = 0; r < best.Length; r++) lists[from + r] = best[r].ToList(Items);
        }
        return lists;
    }

    /// <summary>An empty list that keeps out what the request excludes.</summary>
    private BestItems Wanted(TopNRequest request, int count)
    {
        var best = new BestItems(Math.Min(count, Items.Count), Items.Count);
        foreach (string id in request.Exclude)
            if (Training.IndexOf(id) is >= 0 and int i) best.Exclude(i);
        return best;
    }

    private protected sealed override void SimilarTo(int item, Span<float> similarities)
    {
        ReadOnlySpan<double> y = LikenessOf(item);
        double norm = TensorPrimitives.Norm(y);
        for (int j = 0; j < similarities.Length; j++)
        {
            double product = norm * TensorPrimitives.Norm(LikenessOf(j));
            similarities[j] = product > 0 ? (float)(TensorPrimitives.Dot(y, LikenessOf(j)) / product) : 0;
        }
    }

    /// <summary>Rows for more items, the new ones zero.</summary>
    private protected static double[] Padded(double[] values, int length)
    {
        if (values.Length == length) return values;
        double[] padded = new double[length];
        values.CopyTo(padded, 0);
        return padded;
    }
}
