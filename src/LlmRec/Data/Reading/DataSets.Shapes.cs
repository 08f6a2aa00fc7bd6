using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LlmRec;

public static partial class DataSets
{
    private static async Task<NamedDataset> MovieLensAsync(string name, string folder, ReadOptions options, CancellationToken cancellationToken)
    {
        Dataset data = await MovieLens.ReadAsync(folder, options, cancellationToken).ConfigureAwait(false);
        return new(name, data.Catalog, data.Log, () => Folds(folder, data));
    }

    /// <summary>The five folds u1 to u5: the test files name the events, which occur once each.</summary>
    private static DataSplit[] Folds(string folder, Dataset data)
    {
        var splits = new List<DataSplit>();
        for (int n = 1; n <= 5; n++)
        {
            string file = Path.Combine(folder, $"u{n}.test");
            if (!File.Exists(file)) continue;
            var test = new HashSet<(string, string)>();
            foreach (string line in File.ReadLines(file))
            {
                string[] fields = line.Split('\t');
                if (fields.Length != 4) throw new InvalidDataException($"'{file}' has a line of {fields.Length} fields, where user, item, rating and time are expected");
                test.Add((fields[0], fields[1]));
            }
            int met = data.Log.Count(e => test.Contains((e.User, e.Item)));
            if (met != test.Count) throw new InvalidDataException($"'{file}' has {test.Count} ratings, of which u.data has {met}");
            splits.Add(DataSplit.FromRoles($"u{n}", data.Log, (_, e) => test.Contains((e.User, e.Item)) ? EventRole.Test : EventRole.Train, catalog: data.Catalog));
        }
        return [.. splits];
    }

    /// <summary>Sequences, with the titles of <c>NAME_items.tsv</c> and the attributes of <c>NAME_item2attributes.json</c> as categories when they lie beside.</summary>
    private static async Task<NamedDataset> SequencesAsync(string name, string file, ReadOptions options, CancellationToken cancellationToken)
    {
        Dataset data = await MovieLens.ReadAsync(file, options, cancellationToken).ConfigureAwait(false);
        string attributes = file[..^Path.GetExtension(file).Length] + "_item2attributes.json";
        Dictionary<string, string[]> of = [];
        if (File.Exists(attributes))
        {
            try
            {
                using JsonDocument json = JsonDocument.Parse(await File.ReadAllBytesAsync(attributes, cancellationToken).ConfigureAwait(false));
                of = json.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.EnumerateArray().Select(a => a.ToString()).ToArray(), StringComparer.Ordinal);
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
            {
                throw new InvalidDataException($"'{attributes}' is not an object of items with an array of attributes each: {e.Message}", e);
            }
        }
        Catalog catalog = Ordered(data.Catalog, i => i.Categories.Count == 0 && of.TryGetValue(i.Id, out string[]? list) ? i with { Categories = list } : i);
        return new(name, catalog, data.Log);
    }

    /// <summary>Sets of items a user, apart for training, validation (when there is one) and test.</summary>
    private static async Task<NamedDataset> LightGcnAsync(string name, string folder, CancellationToken cancellationToken)
    {
        var log = new InteractionLog();
        var ends = new Dictionary<EventRole, int>();
        foreach ((string file, EventRole role) in ((string, EventRole)[])[("train.txt", EventRole.Train), ("valid.txt", EventRole.Validation), ("test.txt", EventRole.Test)])
        {
            string path = Path.Combine(folder, file);
            if (File.Exists(path))
            {
                int line = 0;
                await foreach (string text in File.ReadLinesAsync(path, cancellationToken).ConfigureAwait(false))
                {
                    line++;
                    string[] ids = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                    foreach (string id in ids)
                        if (!int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                            throw new InvalidDataException($"'{path}', line {line}: '{Excerpt.Of(id)}' is no number; a line is a user's number and then those of the items");
                    foreach (string item in ids.AsSpan(Math.Min(1, ids.Length))) log.Add(ids[0], item);
                }
            }
            ends[role] = log.Count;
        }
        var catalog = new Catalog();
        catalog.AddMissing(log);
        catalog = Ordered(catalog, i => i);
        int trained = ends[EventRole.Train], validated = ends[EventRole.Validation];
        return new(name, catalog, log, () =>
            [DataSplit.FromRoles("LightGCN", log, (p, _) => p < trained ? EventRole.Train : p < validated ? EventRole.Validation : EventRole.Test, catalog: catalog)]);
    }

    /// <summary>HetRec 2011: how often users played artists, and the tags artists were given, the most frequent first. I. Cantador, P. Brusilovsky and T. Kuflik, RecSys 2011.</summary>
    private static async Task<NamedDataset> LastFmAsync(string name, string folder, ReadOptions options, CancellationToken cancellationToken)
    {
        InteractionLog log = await InteractionLog.ReadAsync(Path.Combine(folder, "user_artists.dat"), new()
        {
            OnError = options.OnError, Report = options.Report, Progress = options.Progress, Encoding = options.Encoding,
            Delimiter = "\t", UserColumn = "userID", ItemColumn = "artistID", ValueColumn = "weight", Kind = InteractionKind.Play,
        }, cancellationToken).ConfigureAwait(false);
        Dictionary<string, string> names = Rows(folder, "artists.dat", "id", "name").GroupBy(r => r[0]).ToDictionary(g => g.Key, g => g.First()[1], StringComparer.Ordinal);
        Dictionary<string, string> tags = Rows(folder, "tags.dat", "tagID", "tagValue").GroupBy(r => r[0]).ToDictionary(g => g.Key, g => g.First()[1], StringComparer.Ordinal);
        Dictionary<string, string[]> tagsOf = Rows(folder, "user_taggedartists.dat", "artistID", "tagID").Where(r => tags.ContainsKey(r[1])).GroupBy(r => r[0]).ToDictionary(g => g.Key,
            g => g.GroupBy(r => tags[r[1]]).OrderByDescending(t => t.Count()).ThenBy(t => t.Key, StringComparer.Ordinal).Take(5).Select(t => t.Key).ToArray(), StringComparer.Ordinal);
        var catalog = new Catalog();
        catalog.AddMissing(log);
        return new(name, Ordered(catalog, i => i with { Title = names.GetValueOrDefault(i.Id, ""), Categories = tagsOf.GetValueOrDefault(i.Id, []) }), log);
    }

    /// <summary>Two columns of a table with a header and tabs; nothing when there is no such file. Files that are not UTF-8 are Latin-1.</summary>
    private static IEnumerable<string[]> Rows(string folder, string file, string first, string second)
    {
        string path = Path.Combine(folder, file);
        if (!File.Exists(path)) yield break;
        byte[] bytes = File.ReadAllBytes(path);
        string[] lines = (System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8 : Encoding.Latin1).GetString(bytes).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string[] header = lines.Length == 0 ? [] : lines[0].Split('\t');
        int a = Array.IndexOf(header, first), b = Array.IndexOf(header, second);
        if (a < 0 || b < 0) throw new InvalidDataException($"'{path}' has the columns {string.Join(", ", header)}, where {first} and {second} are expected");
        for (int line = 1; line < lines.Length; line++)
        {
            string[] fields = lines[line].Split('\t');
            if (fields.Length <= Math.Max(a, b)) throw new InvalidDataException($"'{path}', row {line}: {fields.Length} fields, where {header.Length} are expected");
            yield return [fields[a], fields[b]];
        }
    }

    /// <summary>Tables of one's own: events, and items when there are any.</summary>
    private static async Task<NamedDataset> TablesAsync(string name, string folder, ReadOptions options, CancellationToken cancellationToken)
    {
        Catalog catalog = Table(folder, s_items) is { } items
            ? await Catalog.ReadAsync(items, new() { OnError = options.OnError, Report = options.Report, Progress = options.Progress, Encoding = options.Encoding }, cancellationToken).ConfigureAwait(false)
            : new();
        InteractionLog log = await InteractionLog.ReadAsync(Table(folder, s_events)!,
            new() { OnError = options.OnError, Report = options.Report, Progress = options.Progress, Encoding = options.Encoding }, cancellationToken).ConfigureAwait(false);
        catalog.AddMissing(log);
        return new(name, catalog, log);
    }

    /// <summary>Items in the order of their numbers, when all ids are numbers.</summary>
    private static Catalog Ordered(Catalog catalog, Func<Item, Item> change)
    {
        bool numbers = catalog.All(i => long.TryParse(i.Id, NumberStyles.None, CultureInfo.InvariantCulture, out _));
        return new((numbers ? catalog.OrderBy(i => long.Parse(i.Id, CultureInfo.InvariantCulture)) : catalog.AsEnumerable()).Select(change));
    }
}
