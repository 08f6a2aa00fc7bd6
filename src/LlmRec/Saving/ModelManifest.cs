using System.Text.Json;

namespace LlmRec;

/// <summary>The table of contents of a saved model, in JSON that a person can read.</summary>
internal sealed record ModelManifest
{
    public const string FileName = "manifest.json";

    private const string Format = "llmrec.model";
    private const int CurrentVersion = 1;

    /// <summary>The kind of encoder that is saved with the model, such as <c>lsa</c>; <c>external</c> when the caller brings it again.</summary>
    public required string Encoder { get; init; }

    public required int Dimensions { get; init; }

    /// <summary><c>linear</c> for a <see cref="LinearScoringHead"/>, <c>external</c> when the caller brings the ranker again.</summary>
    public required string Ranker { get; init; }

    public required IReadOnlyList<SavedFeature> Features { get; init; }

    public required RecommenderOptions Options { get; init; }

    public required BuildReport Report { get; init; }

    public required IReadOnlyList<SavedFile> Files { get; init; }

    public void Write(Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteNumber("version", CurrentVersion);
        json.WriteString("encoder", Encoder);
        json.WriteNumber("dimensions", Dimensions);
        json.WriteString("ranker", Ranker);
        json.WriteStartArray("features");
        foreach (SavedFeature feature in Features)
        {
            json.WriteStartObject();
            json.WriteString("name", feature.Name);
            if (feature.Recipe is not null) json.WriteString("recipe", feature.Recipe);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("options");
        json.WriteNumber("seed", Options.Seed);
        json.WriteNumber("rankAllUpTo", Options.RankAllUpTo);
        json.WriteNumber("candidatesPerSource", Options.CandidatesPerSource);
        json.WriteNumber("diversityPool", Options.DiversityPool);
        json.WriteNumber("historyLimit", Options.HistoryLimit);
        json.WriteEndObject();
        json.WriteStartObject("report");
        json.WriteNumber("items", Report.Items);
        json.WriteNumber("itemsWithoutVector", Report.ItemsWithoutVector);
        json.WriteNumber("users", Report.Users);
        json.WriteNumber("events", Report.Events);
        json.WriteNumber("unknownItemEvents", Report.UnknownItemEvents);
        json.WriteNumber("fittedUsers", Report.FittedUsers);
        json.WriteEndObject();
        json.WriteStartArray("files");
        foreach (SavedFile file in Files)
        {
            json.WriteStartObject();
            json.WriteString("part", file.Part);
            json.WriteString("name", file.Name);
            json.WriteString("sha256", file.Sha256);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Reads the manifest of a folder.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">There is no manifest, or it cannot be understood.</exception>
    public static async Task<ModelManifest> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"there is no saved model '{folder}'");
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) throw new InvalidDataException($"'{folder}' holds no {FileName}, so it is not a saved model, or saving it never came to an end");
        try
        {
            using JsonDocument document = JsonDocument.Parse(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false));
            JsonElement root = document.RootElement;
            if (root.GetProperty("format").GetString() != Format) throw new InvalidDataException($"'{path}' is not the manifest of a saved model (format '{root.GetProperty("format")}')");
            int version = root.GetProperty("version").GetInt32();
            if (version is < 1 or > CurrentVersion)
                throw new InvalidDataException($"'{path}' has version {version}; this library reads versions 1 to {CurrentVersion}: update the library");
            JsonElement options = root.GetProperty("options"), report = root.GetProperty("report");
            return new ModelManifest
            {
                Encoder = Text(root, "encoder"),
                Dimensions = root.GetProperty("dimensions").GetInt32() is > 0 and var d ? d : throw new FormatException("'dimensions' is not above 0"),
                Ranker = Text(root, "ranker"),
                Features = [.. root.GetProperty("features").EnumerateArray().Select(f => new SavedFeature(Text(f, "name"), f.TryGetProperty("recipe", out JsonElement r) ? r.GetString() : null))],
                Options = Checked(new RecommenderOptions
                {
                    Seed = options.GetProperty("seed").GetInt32(),
                    RankAllUpTo = options.GetProperty("rankAllUpTo").GetInt32(),
                    CandidatesPerSource = options.GetProperty("candidatesPerSource").GetInt32(),
                    DiversityPool = options.GetProperty("diversityPool").GetInt32(),
                    HistoryLimit = options.GetProperty("historyLimit").GetInt32(),
                }),
                Report = new BuildReport
                {
                    Items = report.GetProperty("items").GetInt32(),
                    ItemsWithoutVector = report.GetProperty("itemsWithoutVector").GetInt32(),
                    Users = report.GetProperty("users").GetInt32(),
                    Events = report.GetProperty("events").GetInt64(),
                    UnknownItemEvents = report.GetProperty("unknownItemEvents").GetInt32(),
                    FittedUsers = report.GetProperty("fittedUsers").GetInt32(),
                },
                Files = [.. root.GetProperty("files").EnumerateArray().Select(f => Checked(path, new SavedFile(Text(f, "part"), Text(f, "name"), Text(f, "sha256"))))],
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"'{path}' cannot be understood: {e.Message}", e);
        }
    }

    private static string Text(JsonElement element, string property) =>
        element.GetProperty(property).GetString() ?? throw new FormatException($"'{property}' is null");

    private static RecommenderOptions Checked(RecommenderOptions options)
    {
        options.Validate();
        return options;
    }

    internal static SavedFile Checked(string path, SavedFile file) =>
        file.Name == Path.GetFileName(file.Name) && file.Name.Length > 0 ? file
            : throw new InvalidDataException($"'{path}' names the file '{file.Name}', which is outside of the model's folder");
}
