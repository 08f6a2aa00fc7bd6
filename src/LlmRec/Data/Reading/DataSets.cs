namespace LlmRec;

/// <summary>
/// Public data sets by name from a folder in which they lie unpacked, each in a folder or file of its name. The name only finds the place; the shape of the files says how to read them:
/// MovieLens of any edition (<see cref="MovieLens"/>), one-line-a-user sequences as published for Amazon 5-core sets and Yelp (<c>Beauty.txt</c>),
/// the train and test files of LightGCN (Gowalla, Yelp 2018, Amazon-Book), LastFM (HetRec 2011), and tables of events and items of your own.
/// </summary>
public static partial class DataSets
{
    /// <summary>Reads a data set.</summary>
    /// <param name="name">Its name, whatever the case, such as <c>ml-100k</c>, <c>ml-1m</c>, <c>beauty</c>, <c>gowalla</c>, <c>lastfm</c>.</param>
    /// <param name="folder">The folder that holds it: its own folder, the one above, or the one above that.</param>
    /// <param name="options">What to do with malformed rows of tables.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The folder holds no data set of this name; the message names those it holds.</exception>
    /// <exception cref="InvalidDataException">A file is malformed.</exception>
    public static async Task<NamedDataset> ReadAsync(string name, string folder, ReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"there is no folder '{folder}'");
        (string Name, string Path, Shape Shape)[] all = [.. Find(folder)];
        // "lastfm" also finds hetrec2011-lastfm-2k, but only when nothing has the very name
        var found = all.FirstOrDefault(d => string.Equals(d.Name, name, StringComparison.OrdinalIgnoreCase));
        if (found.Path is null) found = all.FirstOrDefault(d => d.Name.Contains(name, StringComparison.OrdinalIgnoreCase));
        if (found.Path is null)
        {
            string held = all.Length == 0 ? "no data set whose files are known" : string.Join(", ", all.Select(d => d.Name));
            throw new FileNotFoundException($"the folder '{folder}' holds no data set '{name}'; it holds {held}", folder);
        }
        options ??= new();
        return found.Shape switch
        {
            Shape.MovieLens => await MovieLensAsync(found.Name, found.Path, options, cancellationToken).ConfigureAwait(false),
            Shape.Sequences => await SequencesAsync(found.Name, found.Path, options, cancellationToken).ConfigureAwait(false),
            Shape.LightGcn => await LightGcnAsync(found.Name, found.Path, cancellationToken).ConfigureAwait(false),
            Shape.LastFm => await LastFmAsync(found.Name, found.Path, options, cancellationToken).ConfigureAwait(false),
            _ => await TablesAsync(found.Name, found.Path, options, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>The names of the data sets in a folder, in its folders and in theirs, in ordinal order.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IReadOnlyList<string> In(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"there is no folder '{folder}'");
        return [.. Find(folder).Select(d => d.Name).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];
    }

    private enum Shape
    {
        MovieLens,
        Sequences,
        LightGcn,
        LastFm,
        Tables,
    }

    private static readonly string[] s_events = ["interactions", "events", "ratings", "clicks", "purchases", "orders"];
    private static readonly string[] s_items = ["items", "products", "catalog", "articles", "movies", "books"];
    private static readonly string[] s_endings = [".csv", ".tsv", ".jsonl", ".json", ".csv.gz", ".tsv.gz", ".jsonl.gz"];

    private static IEnumerable<(string Name, string Path, Shape Shape)> Find(string folder, int depth = 0)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        bool Has(params ReadOnlySpan<string> files)
        {
            foreach (string file in files)
                if (!File.Exists(Path.Combine(folder, file)) && !File.Exists(Path.Combine(folder, file + ".gz"))) return false;
            return true;
        }

        if (Has("train.txt", "test.txt")) yield return (name, folder, Shape.LightGcn);
        else if (Has("user_artists.dat")) yield return (name, folder, Shape.LastFm);
        else if (Has("u.data") || Has("ratings.dat") || Has("ratings.csv", "movies.csv") || Directory.GetFiles(folder, "*_sequences.txt").Length > 0) yield return (name, folder, Shape.MovieLens);
        else if (Table(folder, s_events) is not null) yield return (name, folder, Shape.Tables);
        else
        {
            foreach (string file in Directory.GetFiles(folder, "*.txt").Order(StringComparer.Ordinal))
                if (IsSequences(file)) yield return (Path.GetFileNameWithoutExtension(file), file, Shape.Sequences);
        }
        if (depth == 2) yield break;
        foreach (string inner in Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
            foreach ((string, string, Shape) found in Find(inner, depth + 1)) yield return found;
    }

    private static string? Table(string folder, string[] names) =>
        names.SelectMany(n => s_endings.Select(e => Path.Combine(folder, n + e))).FirstOrDefault(File.Exists);

    /// <summary>Whether the first line is a user and two items or more, all whole numbers.</summary>
    private static bool IsSequences(string file)
    {
        using StreamReader reader = File.OpenText(file);
        char[] start = new char[256];
        int n = reader.ReadBlock(start);
        ReadOnlySpan<char> line = start.AsSpan(0, n);
        if (line.IndexOfAny('\r', '\n') is >= 0 and int end) line = line[..end];
        else if (line.LastIndexOf(' ') is > 0 and int cut) line = line[..cut];   // the last number may be cut in two
        int numbers = 0;
        foreach (Range part in line.Split(' '))
        {
            if (!int.TryParse(line[part], out _)) return false;
            numbers++;
        }
        return numbers >= 3;
    }
}
