using System.Numerics.Tensors;
using LlmRec.Kernels;
using LlmRec.Transformers;

namespace LlmRec.Quality;

/// <summary>
/// What the titles say: a sentence encoder's vectors, mean removed and whitened, of unit length; a history is the decayed mean of its items, newest first,
/// and the score is the inner product. No event is learned from.
/// </summary>
internal sealed class TitleModel : IScoringModel
{
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly RowMatrix _vectors;     // (m, d)
    private readonly PackedMatrix _packed;
    private readonly double _decay;

    private TitleModel(string[] items, RowMatrix vectors, PackedMatrix packed, double decay)
    {
        Items = items;
        for (int i = 0; i < items.Length; i++) _index.Add(items[i], i);
        (_vectors, _packed, _decay) = (vectors, packed, decay);
        Name = FormattableString.Invariant($"titles {decay}");
    }

    public string Name { get; }

    public IReadOnlyList<string> Items { get; }

    /// <summary>Models of different decay over the same vectors.</summary>
    /// <param name="catalog">The items; those without a title have no vector.</param>
    /// <param name="encoder">A folder of sentence-transformers.</param>
    /// <param name="dimensions">Dimensions kept by the whitening.</param>
    /// <param name="threads">Most threads.</param>
    /// <param name="decays">The weights of the r-th newest item are decay^r.</param>
    public static IReadOnlyList<TitleModel> Of(Catalog catalog, string encoder, int dimensions, int threads, params ReadOnlySpan<double> decays)
    {
        Item[] items = [.. catalog];
        SentenceEncoder sentences = SentenceEncoder.Load(encoder, new() { Threads = threads });
        float[] raw = new float[items.Length * sentences.Dimensions];
        sentences.Encode([.. items.Select(i => i.Title)], raw);
        RowMatrix rows = RowMatrix.From(raw, sentences.Dimensions);
        for (int i = 0; i < items.Length; i++)
            if (items[i].Title.Length == 0) rows.Row(i).Clear();
        EmbeddingGeometry geometry = EmbeddingGeometry.Fit(rows, new() { Dimensions = dimensions, MaxThreads = threads });
        var vectors = new RowMatrix(items.Length, geometry.Dimensions);
        for (int i = 0; i < items.Length; i++)
        {
            geometry.Apply(rows.Row(i), vectors.Row(i));
            Similarity.Normalize(vectors.Row(i), vectors.Row(i));
        }
        PackedMatrix packed = PackedMatrix.PackTransposed(vectors);
        var models = new List<TitleModel>();
        foreach (double decay in decays) models.Add(new([.. items.Select(i => i.Id)], vectors, packed, decay));
        return models;
    }

    public void Score(IReadOnlyList<TopNRequest> requests, Span<float> scores)
    {
        var users = new RowMatrix(requests.Count, _vectors.Columns);
        for (int u = 0; u < requests.Count; u++)
        {
            IReadOnlyList<Interaction> history = requests[u].User.History;
            Span<float> user = users.Row(u);
            double weight = 1, sum = 0;
            for (int r = history.Count - 1; r >= 0 && weight > 1e-3; r--)
            {
                if (_index.TryGetValue(history[r].Item, out int i)) TensorPrimitives.MultiplyAdd(_vectors.Row(i), (float)weight, user, user);
                sum += weight;
                weight *= _decay;
            }
            if (sum > 0) TensorPrimitives.Divide(user, (float)sum, user);
        }
        MatrixProduct.Multiply(users, _packed, new MatrixSpan(scores[..(requests.Count * Items.Count)], requests.Count, Items.Count));
    }
}
