using System.Globalization;

namespace LlmRec;

/// <summary>Collects malformed rows of a load and fails it when it must.</summary>
internal sealed class Rejections(string file, ReadOptions options)
{
    private const int Listed = 10;

    private readonly List<RejectedRow> _first = [];

    /// <summary>Throws at the tenth row already when rows are not to be skipped: the rest of the file could not change the answer.</summary>
    public void Add(long line, string column, int columnNumber, string reason)
    {
        var row = new RejectedRow(file, line, column, columnNumber, reason);
        options.Report?.Reject(row);
        if (options.OnError == OnError.Skip) return;
        _first.Add(row);
        if (_first.Count == Listed) Throw("at least ");
    }

    /// <summary>To be called at the end of the file.</summary>
    public void Close()
    {
        if (_first.Count > 0) Throw("");
    }

    private void Throw(string atLeast) => throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
        $"{atLeast}{_first.Count} {(_first.Count == 1 ? "row" : "rows")} of '{file}' cannot be read as {(_first.Count == 1 ? "it stands" : "they stand")}; correct the file or the options, or leave such rows out with OnError.Skip:\n  {string.Join("\n  ", _first)}"));
}
