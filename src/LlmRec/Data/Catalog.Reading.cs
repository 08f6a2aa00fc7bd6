namespace LlmRec;

public sealed partial class Catalog
{
    /// <summary>Reads a catalog from a file: CSV, TSV or other delimited text with a header, JSON Lines, or a JSON array of objects; also gzipped.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What the columns mean and what to do with malformed rows.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is empty, has no column for the id, or has malformed rows; the message lists the first ten with line and column.</exception>
    /// <remarks>A file with a header and no rows gives an empty catalog.</remarks>
    public static Task<Catalog> ReadAsync(string path, CatalogReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        return InputFile.UseAsync(path, options, file => CatalogImport.ReadAsync(file, options, cancellationToken), cancellationToken);
    }

    /// <summary>Reads a catalog from a stream, as <see cref="ReadAsync(string, CatalogReadOptions?, CancellationToken)"/> does from a file. The stream is closed afterwards.</summary>
    /// <param name="stream">The bytes.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="options">What the columns mean and what to do with malformed rows.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="InvalidDataException">As for a file.</exception>
    public static Task<Catalog> ReadAsync(Stream stream, string name, CatalogReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        return InputFile.UseAsync(stream, name, options, file => CatalogImport.ReadAsync(file, options, cancellationToken), cancellationToken);
    }

    /// <summary>A catalog made from the host's own types.</summary>
    /// <param name="source">The host's objects.</param>
    /// <param name="item">The item of one of them; its id must be its own.</param>
    /// <exception cref="ArgumentException">An id is empty or occurs twice.</exception>
    public static Catalog From<T>(IEnumerable<T> source, Func<T, Item> item)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(item);
        return new(source.Select(item));
    }

    /// <summary>Adds an item that has only an id for each item of the log that is not here yet, so that every event counts.</summary>
    /// <returns>How many were added.</returns>
    public int AddMissing(InteractionLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        int before = Count;
        foreach (string id in log.Items)
            if (!Contains(id)) Upsert(new() { Id = id });
        return Count - before;
    }
}
