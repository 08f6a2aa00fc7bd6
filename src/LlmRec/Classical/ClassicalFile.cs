using System.Text.Json;
using LlmRec.Transformers;

namespace LlmRec;

/// <summary>Folders of saved classical models: <c>manifest.json</c> with the class, its options and a hash, and one safetensors file.</summary>
internal static class ClassicalFile
{
    private const string Format = "llmrec.classical";
    private const int CurrentVersion = 1;

    private static readonly Dictionary<string, Func<OpenedModel, FittedModel>> s_kinds = new(StringComparer.Ordinal)
    {
        [PopularModel.KindName] = PopularModel.Open,
        [PopularInCategoryModel.KindName] = PopularInCategoryModel.Open,
        [RandomModel.KindName] = RandomModel.Open,
        [ItemKnnModel.KindName] = ItemKnnModel.Open,
        [ItemGraphModel.KindName] = ItemGraphModel.Open,
        [TextKnnModel.KindName] = TextKnnModel.Open,
        [TextMeanModel.KindName] = TextMeanModel.Open,
        [UserKnnModel.KindName] = UserKnnModel.Open,
        [EaseModel.KindName] = EaseModel.Open,
        [SlimModel.KindName] = SlimModel.Open,
        [ItemTransitionModel.KindName] = ItemTransitionModel.Open,
        [AssociationModel.KindName] = AssociationModel.Open,
        [ContentModel.KindName] = ContentModel.Open,
        [Item2VecModel.KindName] = Item2VecModel.Open,
        [PureSvdModel.KindName] = PureSvdModel.Open,
        [ImplicitAlsModel.KindName] = ImplicitAlsModel.Open,
        [BprModel.KindName] = BprModel.Open,
        [BaselineRatingModel.KindName] = BaselineRatingModel.Open,
        [SvdRatingModel.KindName] = SvdRatingModel.Open,
        [NmfRatingModel.KindName] = NmfRatingModel.Open,
        [RatingKnnModel.KindName] = RatingKnnModel.Open,
        [SlopeOneModel.KindName] = SlopeOneModel.Open,
        [RatingAlsModel.KindName] = RatingAlsModel.Open,
        [UtilityModel.KindName] = UtilityModel.Open,
    };

    public static async Task SaveAsync(FittedModel model, string path, CancellationToken cancellationToken)
    {
        var folder = new ModelFolder(path);
        Entry entry = await AddAsync(folder, model, "model", cancellationToken).ConfigureAwait(false);
        await folder.CommitAsync(stream =>
        {
            using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteNumber("version", CurrentVersion);
            entry.Write(json);
            json.WriteEndObject();
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the files of a model and of those it is made of.</summary>
    private static async Task<Entry> AddAsync(ModelFolder folder, FittedModel model, string part, CancellationToken cancellationToken)
    {
        var inner = new Entry[model.Inner.Count];
        for (int k = 0; k < inner.Length; k++) inner[k] = await AddAsync(folder, model.Inner[k], $"{part}.{k}", cancellationToken).ConfigureAwait(false);
        var saved = new SavedModel();
        saved.Set("cold.neighbours", model.Training.Cold.Neighbours);
        model.Training.Save(saved.Tensors);
        model.Save(saved);
        await folder.AddAsync(part, saved.Tensors, cancellationToken).ConfigureAwait(false);
        return new(model, saved, folder.Files[^1], inner);
    }

    /// <summary>What the manifest says of a model.</summary>
    private sealed record Entry(FittedModel Model, SavedModel Saved, SavedFile File, Entry[] Inner)
    {
        public void Write(Utf8JsonWriter json)
        {
            json.WriteString("model", Model.Kind);
            json.WriteString("name", Model.Name);
            json.WritePropertyName("options");
            Saved.WriteOptions(json);
            json.WriteStartObject("file");
            json.WriteString("name", File.Name);
            json.WriteString("sha256", File.Sha256);
            json.WriteEndObject();
            if (Inner.Length == 0) return;
            json.WriteStartArray("inner");
            foreach (Entry entry in Inner)
            {
                json.WriteStartObject();
                entry.Write(json);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
    }

    public static async Task<FittedModel> LoadAsync(string folder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"there is no saved model '{folder}'");
        string path = Path.Combine(folder, ModelManifest.FileName);
        if (!File.Exists(path)) throw new InvalidDataException($"'{folder}' holds no {ModelManifest.FileName}, so it is not a saved model, or saving it never came to an end");
        byte[] bytes = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => Open(folder, path, bytes), cancellationToken).ConfigureAwait(false);
    }

    private static FittedModel Open(string folder, string path, byte[] bytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            JsonElement root = document.RootElement;
            if (root.GetProperty("format").GetString() != Format)
                throw new InvalidDataException($"'{path}' is not the manifest of a classical model (format '{root.GetProperty("format")}'); open a whole recommender with {nameof(Recommender)}.{nameof(Recommender.LoadAsync)}");
            int version = root.GetProperty("version").GetInt32();
            if (version is < 1 or > CurrentVersion) throw new InvalidDataException($"'{path}' has version {version}; this library reads versions 1 to {CurrentVersion}: update the library");
            return Open(folder, path, root);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"'{path}' cannot be understood: {e.Message}", e);
        }
    }

    private static FittedModel Open(string folder, string path, JsonElement entry)
    {
        string kind = entry.GetProperty("model").GetString() ?? "";
        if (!s_kinds.TryGetValue(kind, out Func<OpenedModel, FittedModel>? open)) throw new InvalidDataException($"'{path}' holds a model of the kind '{kind}', which this library does not know: update the library");
        FittedModel[] inner = entry.TryGetProperty("inner", out JsonElement parts) ? [.. parts.EnumerateArray().Select(p => Open(folder, path, p))] : [];
        JsonElement file = entry.GetProperty("file");
        using SafeTensorsFile tensors = new ModelFolder(folder).Open(ModelManifest.Checked(path, new SavedFile("model", file.GetProperty("name").GetString() ?? "", file.GetProperty("sha256").GetString() ?? "")));
        return open(new OpenedModel(tensors, entry.GetProperty("options"), inner));
    }
}
