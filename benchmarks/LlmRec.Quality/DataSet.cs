using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LlmRec.Quality;

/// <summary>A public data set as the library's nouns, items in the order of their numbers.</summary>
internal sealed record DataSet(string Name, Catalog Catalog, InteractionLog Log)
{
    /// <summary>Reads a folder or file: <c>ml-100k</c>, <c>ml-1m</c>, or <c>s3rec/Beauty.txt</c>.</summary>
    public static DataSet Read(string path)
    {
        if (File.Exists(Path.Combine(path, "u.data"))) return MovieLens100K(path);
        if (File.Exists(Path.Combine(path, "ml-1m_sasrec_sequences.txt"))) return MovieLens1M(path);
        if (File.Exists(path)) return Amazon(path);
        throw new ArgumentException($"'{path}' is neither a folder with u.data or ml-1m_sasrec_sequences.txt nor a file of sequences");
    }

    private static DataSet MovieLens100K(string folder)
    {
        string[] genres = [.. File.ReadLines(Path.Combine(folder, "u.genre")).Where(l => l.Contains('|')).Select(l => l.Split('|')[0])];
        var catalog = new Catalog();
        foreach (string line in File.ReadLines(Path.Combine(folder, "u.item"), Encoding.Latin1))
        {
            string[] p = line.Split('|');
            if (p.Length < 5 + genres.Length) continue;
            catalog.Add(new Item { Id = p[0], Title = p[1], Categories = [.. genres.Where((_, g) => p[5 + g] == "1")] });
        }
        var log = new InteractionLog();
        foreach (string line in File.ReadLines(Path.Combine(folder, "u.data")))
        {
            string[] p = line.Split('\t');
            log.Add(p[0], p[1], InteractionKind.Rating, float.Parse(p[2], CultureInfo.InvariantCulture),
                DateTimeOffset.FromUnixTimeSeconds(long.Parse(p[3], CultureInfo.InvariantCulture)));
        }
        return new("ml-100k", catalog, log);
    }

    private static DataSet MovieLens1M(string folder)
    {
        var catalog = new Catalog();
        foreach (string line in File.ReadLines(Path.Combine(folder, "items.tsv")).Skip(1))
        {
            string[] p = line.Split('\t');
            catalog.Add(new Item { Id = p[0], Title = p[2], Categories = p[3].Split('|') });
        }
        return new("ml-1m", catalog, Sequences(Path.Combine(folder, "ml-1m_sasrec_sequences.txt")));
    }

    private static DataSet Amazon(string file)
    {
        string stem = file[..^Path.GetExtension(file).Length];
        using JsonDocument attributes = JsonDocument.Parse(File.ReadAllBytes(stem + "_item2attributes.json"));
        Dictionary<string, string> titles = File.ReadLines(stem + "_items.tsv").Skip(1).Select(l => l.Split('\t')).ToDictionary(p => p[0], p => p[2]);
        InteractionLog log = Sequences(file);
        var catalog = new Catalog();
        foreach (string id in log.Items.OrderBy(i => int.Parse(i, CultureInfo.InvariantCulture)))
            catalog.Add(new Item
            {
                Id = id,
                Title = titles.GetValueOrDefault(id, ""),
                Categories = attributes.RootElement.TryGetProperty(id, out JsonElement list) ? [.. list.EnumerateArray().Select(a => a.ToString())] : [],
            });
        return new(Path.GetFileNameWithoutExtension(file), catalog, log);
    }

    private static InteractionLog Sequences(string file)
    {
        var log = new InteractionLog();
        foreach (string line in File.ReadLines(file))
        {
            string[] p = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            foreach (string item in p.AsSpan(1)) log.Add(p[0], item);
        }
        return log;
    }
}
