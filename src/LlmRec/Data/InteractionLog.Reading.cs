namespace LlmRec;

public sealed partial class InteractionLog
{
    /// <summary>Reads events from a file: CSV, TSV or other delimited text with a header, JSON Lines, or a JSON array of objects; also gzipped. The order of the file is kept.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What the columns mean and what to do with malformed rows.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is empty, lacks a column for the user or the item, or has malformed rows; the message lists the first ten with line and column.</exception>
    /// <remarks>A file with a header and no rows gives an empty log.</remarks>
    public static Task<InteractionLog> ReadAsync(string path, InteractionReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        return InputFile.UseAsync(path, options, file => InteractionImport.ReadAsync(file, options, cancellationToken), cancellationToken);
    }

    /// <summary>Reads events from a stream, as <see cref="ReadAsync(string, InteractionReadOptions?, CancellationToken)"/> does from a file. The stream is closed afterwards.</summary>
    /// <param name="stream">The bytes.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="options">What the columns mean and what to do with malformed rows.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="InvalidDataException">As for a file.</exception>
    public static Task<InteractionLog> ReadAsync(Stream stream, string name, InteractionReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        return InputFile.UseAsync(stream, name, options, file => InteractionImport.ReadAsync(file, options, cancellationToken), cancellationToken);
    }

    /// <summary>A log made from the host's own types, in their order.</summary>
    /// <param name="source">The host's objects.</param>
    /// <param name="interaction">The event of one of them.</param>
    /// <exception cref="ArgumentException">An event has an empty id or a value that is not finite; the message names its position.</exception>
    public static InteractionLog From<T>(IEnumerable<T> source, Func<T, Interaction> interaction)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(interaction);
        return new(source.Select(interaction));
    }
}
