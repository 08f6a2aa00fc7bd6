using LlmRec.Kernels;
using LlmRec.Transformers;

namespace LlmRec;

// A saved model is a folder of safetensors and one JSON manifest: nothing in it runs when it is opened.
public sealed partial class Recommender
{
    private const string ExternalPart = "external", LinearRanker = "linear";

    /// <summary>Saves everything into a folder. A crash at any moment leaves the model that was there before, whole.</summary>
    /// <param name="folder">The folder; made when it is not there. Its files of an older model are cleared away at the end.</param>
    /// <param name="cancellationToken">Stops the work; the older model stays.</param>
    /// <remarks>Takes a snapshot: answers go on, and events that arrive while the files are written are not among them. LSA, word vectors and an embedding geometry are saved, of a transformer encoder where its model lies and its fingerprint; any other item encoder, a user encoder, a diversifier and features of the caller's own are code and are not saved; <see cref="LoadAsync"/> takes them again.</remarks>
    public async Task SaveAsync(string folder, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        await _saving.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await SaveAloneAsync(folder, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _saving.Release();
        }
    }

    private async Task SaveAloneAsync(string folder, CancellationToken cancellationToken)
    {
        SafeTensorsWriter catalog, vectors = new(), histories, behaviour = new();
        _lock.EnterReadLock();
        try
        {
            catalog = CatalogTensors.Write(_items.Catalog);
            int n = _items.HandleCount, d = _items.Dimensions;
            var rows = new float[n * (long)d];
            for (int h = 0; h < n; h++) _items.VectorOf(h).CopyTo(rows.AsSpan(checked(h * d)));
            vectors.Add("vectors", rows, n, d);
            histories = HistoryTensors.Write(_histories);
            _behaviour.Save(behaviour, "behaviour.");
            (_ranker as LinearScoringHead)?.Save(behaviour, "head.");
        }
        finally
        {
            _lock.ExitReadLock();
        }

        var model = new ModelFolder(folder);
        await model.AddAsync("catalog", catalog, cancellationToken).ConfigureAwait(false);
        await model.AddAsync("vectors", vectors, cancellationToken).ConfigureAwait(false);
        await model.AddAsync("histories", histories, cancellationToken).ConfigureAwait(false);
        await model.AddAsync("behaviour", behaviour, cancellationToken).ConfigureAwait(false);
        string kind = SavedEncoders.KindOf(_itemEncoder);
        if (kind != SavedEncoders.External)
        {
            var encoder = new SafeTensorsWriter();
            ((ISavedEncoder)_itemEncoder).Save(encoder, SavedEncoders.PrefixOf(kind));
            await model.AddAsync("encoder", encoder, cancellationToken).ConfigureAwait(false);
        }
        var manifest = new ModelManifest
        {
            Encoder = kind,
            Dimensions = _items.Dimensions,
            Ranker = _ranker is LinearScoringHead ? LinearRanker : ExternalPart,
            Features = _ranker is LinearScoringHead head
                ? [.. head.Parts.Select(f => new SavedFeature(f.Name, (f as IBuiltInFeature)?.Recipe))]
                : [],
            Options = _options,
            Report = Report,
            Files = model.Files,
        };
        await model.CommitAsync(manifest.Write, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a saved model.</summary>
    /// <param name="folder">The folder <see cref="SaveAsync"/> wrote.</param>
    /// <param name="options">What a file cannot hold: encoders, rankers and features of the caller's own, a clock.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">The folder is not a saved model, a file is missing or damaged, or it needs a part that the options do not bring; the message says which.</exception>
    public static async Task<Recommender> LoadAsync(string folder, LoadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new();
        ModelManifest manifest = await ModelManifest.ReadAsync(folder, cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => Open(new ModelFolder(folder), folder, manifest, options), cancellationToken).ConfigureAwait(false);
    }

    private static Recommender Open(ModelFolder model, string folder, ModelManifest manifest, LoadOptions options)
    {
        Catalog catalog;
        using (SafeTensorsFile file = model.Open(manifest, "catalog")) catalog = CatalogTensors.Read(file);
        IItemEncoder encoder = OpenEncoder(model, folder, manifest, options);
        ItemSpace items;
        using (SafeTensorsFile file = model.Open(manifest, "vectors"))
        {
            int d = manifest.Dimensions;
            ReadOnlySpan<float> rows = file.Get<float>("vectors", catalog.HandleCount, d);
            foreach (float x in rows)
                if (!float.IsFinite(x)) throw new InvalidDataException($"{file.Name} holds a vector with {x} in it");
            var matrix = new RowMatrix(Math.Max(1, catalog.HandleCount), d);
            for (int h = 0; h < catalog.HandleCount; h++) rows.Slice(h * d, d).CopyTo(matrix.Row(h));
            items = new ItemSpace(catalog, matrix);
        }
        HistoryStore histories;
        using (SafeTensorsFile file = model.Open(manifest, "histories")) histories = HistoryTensors.Read(file, catalog.HandleCount);
        IRanker ranker = OpenRanker(folder, manifest, options);
        using (SafeTensorsFile file = model.Open(manifest, "behaviour"))
        {
            items.Behaviour = BehaviourModel.Load(file, "behaviour.", catalog);
            (ranker as LinearScoringHead)?.Load(file, "head.");
        }
        return new Recommender(new RecommenderParts
        {
            ItemEncoder = encoder,
            UserEncoder = options.UserEncoder ?? RecommenderDefaults.UserEncoder(),
            Diversifier = options.Diversifier ?? RecommenderDefaults.Diversifier(),
            Options = manifest.Options with { TimeProvider = options.TimeProvider, MaxDegreeOfParallelism = options.MaxDegreeOfParallelism },
            Items = items,
            Histories = histories,
            Behaviour = items.Behaviour,
            Ranker = ranker,
            Report = manifest.Report,
        });
    }

    private static IItemEncoder OpenEncoder(ModelFolder model, string folder, ModelManifest manifest, LoadOptions options)
    {
        IItemEncoder? given = options.ItemEncoder;
        if (given is null && manifest.Encoder == SavedEncoders.External)
            throw new InvalidDataException($"the model '{folder}' was built with an item encoder that is code of the host's: give it again in {nameof(LoadOptions)}.{nameof(LoadOptions.ItemEncoder)}");
        IItemEncoder encoder;
        if (given is not null && manifest.Encoder != GeometryItemEncoder.SavedKind)
        {
            encoder = given;
        }
        else
        {
            using SafeTensorsFile file = model.Open(manifest, "encoder");
            encoder = SavedEncoders.Load(manifest.Encoder, file, SavedEncoders.PrefixOf(manifest.Encoder), given);
        }
        return encoder.Dimensions == manifest.Dimensions ? encoder
            : throw new InvalidDataException($"the model '{folder}' has vectors of {manifest.Dimensions} dimensions, the {(given is null ? "saved" : "given")} encoder makes {encoder.Dimensions}: give the encoder it was built with");
    }

    private static IRanker OpenRanker(string folder, ModelManifest manifest, LoadOptions options)
    {
        if (manifest.Ranker != LinearRanker)
            return options.Ranker ?? throw new InvalidDataException($"the model '{folder}' was built with a ranker that is code of the host's: give it again in {nameof(LoadOptions)}.{nameof(LoadOptions.Ranker)}");
        if (options.Ranker is not null)
            throw new ArgumentException($"the model '{folder}' brings its own fitted head; a ranker cannot be given on top", nameof(options));
        var own = options.Features.ToDictionary(f => f.Name, StringComparer.Ordinal);
        var features = new List<IFeature>();
        foreach (SavedFeature feature in manifest.Features)
        {
            if (feature.Recipe is null && !own.ContainsKey(feature.Name))
                throw new InvalidDataException($"the model '{folder}' ranks with the feature '{feature.Name}', which is code of the host's: give it again in {nameof(LoadOptions)}.{nameof(LoadOptions.Features)}");
            try
            {
                features.Add(feature.Recipe is null ? own[feature.Name] : FeatureRecipes.Read(feature.Recipe));
            }
            catch (FormatException e)
            {
                throw new InvalidDataException($"the model '{folder}': {e.Message}", e);
            }
        }
        return new LinearScoringHead(features);
    }
}
