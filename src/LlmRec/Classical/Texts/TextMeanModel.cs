using System.Numerics.Tensors;
using LlmRec.Kernels;

namespace LlmRec;

/// <summary>
/// Text alone, read by any encoder: an item scores by the cosine of its vector with the mean of the vectors of the history, newer items counting more.
/// Needs no events but the user's own, so it serves every item with a text from the first day, and says how much an encoder knows about new items.
/// </summary>
/// <remarks>
/// Fitting encodes the items once; scoring is a matrix product, O(m d) a user. Updating and forgetting change stored histories only and are exactly a new fit;
/// texts given by <see cref="FittedModelExtensions.WithItemsAsync"/> replace those of the fit. An item without a vector scores 0, and leaves its share of a history to the others.
/// See <see cref="ContentModel"/> for the same on words, and <see cref="FittedModel"/> for the rest.
/// </remarks>
public sealed class TextMeanModel : FittedModel
{
    internal const string KindName = "text-mean";

    private readonly TextMeanOptions _options;
    private readonly ItemTastes _tastes;
    private readonly PackedMatrix? _items;   // Vᵀ (d, m); null without items

    private TextMeanModel(Training training, TextMeanOptions options) : base("text alone", training)
    {
        _options = options;
        _tastes = new RecentTastes(new ItemSequences(training), options.Past, options.Decay);
        if (training.Dimensions > 0) _items = PackedMatrix.PackTransposed(new ReadOnlyMatrixSpan(training.Vectors, training.Items.Length, training.Dimensions));
    }

    /// <summary>Encodes the items and makes the model.</summary>
    /// <param name="catalog">The items that can be recommended.</param>
    /// <param name="log">Events: the histories behind the users' ids; nothing is learned from them.</param>
    /// <param name="encoder">Turns an item into a vector.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="InvalidOperationException">The encoder gave a vector with NaN or infinity.</exception>
    public static async Task<TextMeanModel> FitAsync(Catalog catalog, InteractionLog log, IItemEncoder encoder, TextMeanOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        options ??= new();
        options.Check();
        Training training = Training.From(catalog, log);
        float[] vectors = await FittedModelExtensions.VectorsAsync(training.Items, catalog, encoder, cancellationToken).ConfigureAwait(false);
        return new(training.WithVectors(training.Items, vectors, new()), options);
    }

    private protected override void ScoreTrained(IReadOnlyList<TopNRequest> requests, Span<float> scores)
    {
        if (_items is null || requests.Count == 0) return;
        var users = new RowMatrix(requests.Count, _items.Rows);
        for (int r = 0; r < users.Rows; r++) MeanOf(requests[r].User, users.Row(r));
        MatrixProduct.Multiply(users, _items, new MatrixSpan(scores, users.Rows, Items.Count));
    }

    private protected override void SimilarTo(int item, Span<float> similarities)
    {
        for (int j = 0; j < similarities.Length; j++) similarities[j] = TensorPrimitives.Dot(Training.VectorOf(item), Training.VectorOf(j));
    }

    private protected override IEnumerable<ModelReason> ReasonsOf(UserContext user, int item)
    {
        float length = MeanOf(user, new float[Training.Dimensions]);
        if (length == 0) return [];
        return _tastes.Of(user)
            .GroupBy(t => t.Item, t => (double)t.Share)
            .OrderBy(g => g.Key)
            .Select(g => ModelReason.Of(Items[g.Key], g.Sum() * TensorPrimitives.Dot(Training.VectorOf(g.Key), Training.VectorOf(item)) / length));
    }

    /// <summary>Writes the unit mean of a history into d zeros and returns the length it had; 0 and zeros when there is nothing to say.</summary>
    private float MeanOf(UserContext user, Span<float> mean)
    {
        foreach ((int item, float share) in _tastes.Of(user)) TensorPrimitives.MultiplyAdd(Training.VectorOf(item), share, mean, mean);
        return UserVectors.Normalise(mean);
    }

    internal override string Kind => KindName;

    internal override FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) => new TextMeanModel(training, _options);

    internal override void Save(SavedModel to) => _options.Save(to);

    internal static TextMeanModel Open(OpenedModel file) => file.Training.Vectors is null
        ? throw new InvalidDataException($"{file.Tensors.Name}: a model of texts without 'item.vectors'")
        : new(file.Training, TextMeanOptions.Open(file));
}
