using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace LlmRec;

/// <summary>
/// Reads the MovieLens data sets in the shapes in which they are met: <c>u.data</c> with <c>u.item</c> (100k), <c>ratings.dat</c> with
/// <c>movies.dat</c> (1M, 10M), <c>ratings.csv</c> with <c>movies.csv</c> (latest, 20M and later), and one-line-a-user sequence files with an
/// <c>items.tsv</c> (<see cref="SequenceFile"/>). F. M. Harper and J. A. Konstan, The MovieLens Datasets: History and Context, ACM TiiS 5(4), 2015.
/// </summary>
public static class MovieLens
{
    private static readonly string[] s_events = ["u.data", "ratings.dat", "ratings.csv", "*_sequences.txt"];

    private static readonly string[] s_genres =
    [
        "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama", "Fantasy",
        "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
    ];

    /// <summary>Reads ratings or sequences, and the items that lie beside them.</summary>
    /// <param name="path">The folder of a data set, or one file of ratings or sequences in it; each file may be gzipped.</param>
    /// <param name="options">What to do with malformed rows. An encoding given here goes for all files; otherwise a file that is not UTF-8 is Latin-1, as the older sets are.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The events in file order, and the items; an item that is rated but not described has only its id.</returns>
    /// <exception cref="FileNotFoundException">There is no such file or folder, or the folder holds none of the known files.</exception>
    /// <exception cref="InvalidDataException">A file is malformed; see <see cref="ReadOptions.OnError"/>.</exception>
    public static async Task<Dataset> ReadAsync(string path, ReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new();
        string file = Directory.Exists(path) ? FindEvents(path) : path;
        string first = await FirstLineAsync(file, options, cancellationToken).ConfigureAwait(false);
        Dataset data = first switch
        {
            _ when first.Contains("::", StringComparison.Ordinal) => new(
                await ItemsAsync(file, "movies.dat", new() { Header = ["movieId", "title", "genres"], Delimiter = "::" }, options, cancellationToken).ConfigureAwait(false),
                await RatingsAsync(file, "::", options, cancellationToken).ConfigureAwait(false)),
            _ when first.Contains(',', StringComparison.Ordinal) => new(
                await ItemsAsync(file, "movies.csv", new() { Delimiter = "," }, options, cancellationToken).ConfigureAwait(false),
                await RatingsAsync(file, null, options, cancellationToken).ConfigureAwait(false)),
            _ when first.Count(c => c == '\t') == 3 => new(
                await FlaggedItemsAsync(file, options, cancellationToken).ConfigureAwait(false),
                await RatingsAsync(file, "\t", options, cancellationToken).ConfigureAwait(false)),
            _ => new(
                await SequenceItemsAsync(file, options, cancellationToken).ConfigureAwait(false),
                await SequenceFile.ReadAsync(file, options, cancellationToken).ConfigureAwait(false)),
        };
        data.Catalog.AddMissing(data.Log);
        return data;
    }

    /// <summary>Ratings of the columns user, movie, rating, seconds; the delimiter is null when the file has a header.</summary>
    private static Task<InteractionLog> RatingsAsync(string file, string? delimiter, ReadOptions options, CancellationToken cancellationToken) =>
        InteractionLog.ReadAsync(file, new()
        {
            OnError = options.OnError, Report = options.Report, Progress = options.Progress, Encoding = options.Encoding,
            Delimiter = delimiter ?? ",",
            Header = delimiter is null ? null : ["userId", "movieId", "rating", "timestamp"],
            TimeFormat = TimeFormat.Seconds,
        }, cancellationToken);

    private static async Task<Catalog> ItemsAsync(string events, string name, CatalogReadOptions shape, ReadOptions options, CancellationToken cancellationToken)
    {
        string? file = Beside(events, name);
        if (file is null) return new();
        Catalog read = await Catalog.ReadAsync(file, new()
        {
            OnError = options.OnError, Report = options.Report, Progress = options.Progress,
            Encoding = options.Encoding ?? await EncodingOfAsync(file, cancellationToken).ConfigureAwait(false),
            Delimiter = shape.Delimiter, Header = shape.Header, Quotes = shape.Quotes, IdColumn = shape.IdColumn, TimeColumn = shape.TimeColumn,
        }, cancellationToken).ConfigureAwait(false);
        return Catalog.From(read, i => i.Categories is ["(no genres listed)"] ? i with { Categories = [] } : i);
    }

    /// <summary><c>u.item</c>, in which each genre is a column of zeros and ones.</summary>
    private static async Task<Catalog> FlaggedItemsAsync(string events, ReadOptions options, CancellationToken cancellationToken)
    {
        string[] genres = Beside(events, "u.genre") is { } list
            ? [.. (await File.ReadAllLinesAsync(list, cancellationToken).ConfigureAwait(false)).Select(l => l.Split('|')[0].Trim()).Where(g => g.Length > 0)]
            : s_genres;
        Catalog raw = await ItemsAsync(events, "u.item", new()
        {
            Header = ["movieId", "title", "released", "releasedOnVideo", "imdb", .. genres], Delimiter = "|", Quotes = false, TimeColumn = "",
        }, options, cancellationToken).ConfigureAwait(false);

        return Catalog.From(raw, item => item with
        {
            Categories = [.. genres.Where(g => g != "unknown" && Flag(item, g))],
            Time = item.Attributes.TryGetValue("released", out string? day)
                && DateTimeOffset.TryParseExact(day, "dd-MMM-yyyy", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null,
            Attributes = item.Attributes.Where(a => !genres.Contains(a.Key)).ToDictionary(a => a.Key, a => a.Value, StringComparer.Ordinal),
        });
    }

    private static bool Flag(Item item, string genre) => item.Attributes.GetValueOrDefault(genre) switch
    {
        "1" => true,
        "0" => false,
        var other => throw new InvalidDataException($"'u.item' says '{other}' in the column of the genre {genre} of the item {item.Id}, where 0 or 1 is expected"),
    };

    private static async Task<Catalog> SequenceItemsAsync(string events, ReadOptions options, CancellationToken cancellationToken)
    {
        string name = Beside(events, Path.GetFileNameWithoutExtension(Unzipped(events)) + "_items.tsv") is { } own ? Unzipped(Path.GetFileName(own)) : "items.tsv";
        if (Beside(events, name) is not { } file) return new();
        // The numbers of a sequence file are its own, and the first column of the list of items explains them.
        string header = await FirstLineAsync(file, options, cancellationToken).ConfigureAwait(false);
        return await ItemsAsync(events, name, new() { Delimiter = "\t", IdColumn = header.Split('\t')[0] }, options, cancellationToken).ConfigureAwait(false);
    }

    private static string FindEvents(string folder)
    {
        string? found = Known(folder) ?? Directory.GetDirectories(folder).Order(StringComparer.Ordinal).Select(Known).FirstOrDefault(f => f is not null);
        return found ?? throw new FileNotFoundException(
            $"the folder '{folder}' and the folders in it hold none of u.data, ratings.dat, ratings.csv and *_sequences.txt (nor the same with .gz); give the path of the file of ratings or sequences", folder);

        static string? Known(string folder) =>
            s_events
                .SelectMany(name => new[] { name, name + ".gz" })
                .SelectMany(name => Directory.GetFiles(folder, name).Order(StringComparer.Ordinal))
                .FirstOrDefault();
    }

    private static string? Beside(string file, string name)
    {
        string path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, name);
        return File.Exists(path) ? path : File.Exists(path + ".gz") ? path + ".gz" : null;
    }

    private static string Unzipped(string file) => file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? file[..^3] : file;

    private static Task<string> FirstLineAsync(string file, ReadOptions options, CancellationToken cancellationToken) =>
        InputFile.UseAsync(file, options, f =>
        {
            ReadOnlySpan<byte> start = f.Start.Span;
            int end = start.IndexOfAny((byte)'\r', (byte)'\n');
            return Task.FromResult(Encoding.UTF8.GetString(end < 0 ? start : start[..end]));
        }, cancellationToken);

    private static Task<Encoding?> EncodingOfAsync(string file, CancellationToken cancellationToken) =>
        InputFile.UseAsync(file, new ReadOptions(), async f =>
        {
            using var all = new MemoryStream();
            await f.Bytes.CopyToAsync(all, cancellationToken).ConfigureAwait(false);
            return Utf8.IsValid(all.GetBuffer().AsSpan(0, (int)all.Length)) ? null : Encoding.Latin1;
        }, cancellationToken);
}
