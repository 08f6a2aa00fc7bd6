namespace LlmRec;

/// <summary>What changes a <see cref="FittedModel"/>: each returns a new model and leaves the old one as it is, so that a host swaps one reference while answers go on.</summary>
public static class FittedModelExtensions
{
    /// <summary>The model after new events, without a whole fit where the model allows it (see the class of the model).</summary>
    /// <param name="model">The model.</param>
    /// <param name="events">New events, in the order of arrival; those of items the model does not know are left out.</param>
    /// <param name="progress">Receives how far the work has come.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">An event is impossible; the message names its position.</exception>
    public static T Update<T>(this T model, IEnumerable<Interaction> events, IProgress<BuildProgress>? progress = null, CancellationToken cancellationToken = default) where T : FittedModel
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(events);
        var log = new InteractionLog(events);
        Training training = model.Training.With(log);
        if (training.Events.Count == model.Training.Events.Count) return model;
        int[] changed = [.. log.Where(e => model.Training.IndexOf(e.Item) >= 0).Select(e => training.Events.UserTable.Find(e.User)).Distinct().Order()];
        return (T)model.Updated(training, changed, progress, cancellationToken);
    }

    /// <summary>
    /// The model as if a user had never been: it recommends what a fit without the user would, exactly, or within the tolerance that the class of the
    /// model states.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="user">The user's id; an unknown one changes nothing.</param>
    /// <param name="progress">Receives how far the work has come.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static T Forget<T>(this T model, string user, IProgress<BuildProgress>? progress = null, CancellationToken cancellationToken = default) where T : FittedModel
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(user);
        Training training = model.Training.Without(user);
        return training == model.Training ? model : (T)model.Forgotten(training, user, progress, cancellationToken);
    }

    /// <summary>The model fitted anew, with its own options on all events it has.</summary>
    /// <param name="model">The model.</param>
    /// <param name="progress">Receives how far the fit has come.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    public static T Refit<T>(this T model, IProgress<BuildProgress>? progress = null, CancellationToken cancellationToken = default) where T : FittedModel
    {
        ArgumentNullException.ThrowIfNull(model);
        return (T)model.Fitted(model.Training, progress, cancellationToken);
    }

    /// <summary>
    /// The model with texts: items without training events, those of the catalog that the model does not know yet among them, are recommended, found and
    /// explained by what they say. In models with factors a ridge regression from text to factors, whose penalty is chosen by leaving each item out, gives a cold item
    /// its vector; elsewhere it scores as the mean of the items most like it, weighted by likeness.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="catalog">The items' texts; new items are appended to <see cref="FittedModel.Items"/> in their order. Items of the model that the catalog lacks have no text.</param>
    /// <param name="encoder">Turns an item into a vector.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="InvalidOperationException">The encoder gave a vector with NaN or infinity.</exception>
    public static async Task<T> WithItemsAsync<T>(this T model, Catalog catalog, IItemEncoder encoder, ColdItemOptions? options = null, CancellationToken cancellationToken = default) where T : FittedModel
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(encoder);
        options ??= new();
        options.Check();
        string[] items = [.. model.Items, .. catalog.Select(i => i.Id).Where(id => model.Training.IndexOf(id) < 0)];
        float[] vectors = await VectorsAsync(items, catalog, encoder, cancellationToken).ConfigureAwait(false);
        return (T)model.Grown(model.Training.WithVectors(items, vectors, options));
    }

    /// <summary>Text vectors (items, d), of items that the catalog lacks zeros.</summary>
    internal static async Task<float[]> VectorsAsync(string[] items, Catalog catalog, IItemEncoder encoder, CancellationToken cancellationToken)
    {
        Catalog all = new(items.Select(id => catalog.TryGet(id, out Item? item) ? item : new Item { Id = id }));
        Kernels.RowMatrix rows = await ItemVectors.EncodeAsync(all, encoder, null, cancellationToken).ConfigureAwait(false);
        int d = encoder.Dimensions;
        float[] vectors = new float[checked(items.Length * d)];
        for (int i = 0; i < items.Length; i++) rows.Row(i)[..d].CopyTo(vectors.AsSpan(i * d, d));
        return vectors;
    }
}
