namespace LlmRec;

/// <summary>
/// Files with one line a user, <c>user item item item</c>, oldest first, separated by spaces or tabs, as the papers on sequential
/// recommendation publish them. There are no times: the order of the file is the order of the events.
/// </summary>
public static class SequenceFile
{
    /// <summary>Reads the events of such a file, also gzipped; all are of the kind <see cref="InteractionKind.View"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What to do with malformed rows.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is empty or has malformed rows: a user without items, or bytes that are not UTF-8.</exception>
    public static Task<InteractionLog> ReadAsync(string path, ReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        return InputFile.UseAsync(path, options, file => ReadAsync(file, options, cancellationToken), cancellationToken);
    }

    private static async Task<InteractionLog> ReadAsync(InputFile file, ReadOptions options, CancellationToken cancellationToken)
    {
        if (file.Start.Span.Trim(" \t\r\n"u8).IsEmpty)
            throw new InvalidDataException($"'{file.Name}' is empty: a sequence file has one line a user, the user's id and then the ids of the items");
        var log = new InteractionLog();
        var rejections = new Rejections(file.Name, options);
        var frames = new RowFrames(file.Bytes, file.Name, isArray: false);
        var buffer = new Utf16Buffer();
        long rows = 0, taken = 0;
        while (await frames.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows++;
            if (TryTake(frames.Frame, buffer, log) is { } wrong)
                rejections.Add(frames.Line, wrong.Column, wrong.Number, wrong.Reason);
            else
                taken++;
            if (rows % (1 << 16) == 0) options.Progress?.Report(file.Progress(rows));
        }
        options.Progress?.Report(file.Progress(rows));
        if (options.Report is { } report) report.RowsRead += taken;
        rejections.Close();
        return log;
    }

    private static (string Column, int Number, string Reason)? TryTake(ReadOnlySpan<byte> line, Utf16Buffer buffer, InteractionLog log)
    {
        if (!buffer.TryDecode(line, out ReadOnlySpan<char> text))
            return ("", text.CountAny(' ', '\t') + 1, $"bytes that are not UTF-8 after {Excerpt.Of(text)}; if the file is in another encoding, name it in Encoding");
        text = text.Trim();
        int end = text.IndexOfAny(' ', '\t');
        if (end < 0)
            return ("", 0, $"the user {Excerpt.Of(text)} has no items; a row is the user's id and then the ids of the items, separated by spaces or tabs");
        int user = log.UserTable.Add(text[..end]);
        foreach (Range part in text.SplitAny(' ', '\t'))
        {
            if (part.Start.Value < end || part.Start.Value == part.End.Value) continue;
            log.AddRow(user, log.ItemTable.Add(text[part]), InteractionKind.View, float.NaN, InteractionLog.NoTime, null);
        }
        return null;
    }
}
