using System.Globalization;
using System.Text;

namespace LlmRec;

/// <summary>What a load took, what it left out, and which column it understood as what. Give an empty one in <see cref="ReadOptions.Report"/>; several loads may share one.</summary>
/// <remarks>Not thread-safe; read it when the load is over.</remarks>
public sealed class ReadReport
{
    /// <summary>How many rejected rows are kept in <see cref="Rejected"/>; beyond, they are only counted.</summary>
    public const int MaxListed = 100_000;

    private readonly List<RejectedRow> _rejected = [];
    private readonly List<string> _columns = [];

    /// <summary>Rows taken.</summary>
    public long RowsRead { get; internal set; }

    /// <summary>Rows left out.</summary>
    public long RowsRejected { get; private set; }

    /// <summary>The rows left out, in file order; at most the first <see cref="MaxListed"/>.</summary>
    public IReadOnlyList<RejectedRow> Rejected => _rejected;

    /// <summary>What each column was taken for, such as <c>ratings.csv: user = userId</c>.</summary>
    public IReadOnlyList<string> Columns => _columns;

    /// <summary>The counts, the columns, and the first ten rejected rows.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{RowsRead:N0} rows read, {RowsRejected:N0} rejected");
        foreach (string c in _columns) text.Append("\n  ").Append(c);
        foreach (RejectedRow r in _rejected.Take(10)) text.Append("\n  ").Append(r);
        if (RowsRejected > 10) text.Append(CultureInfo.InvariantCulture, $"\n  ... and {RowsRejected - 10:N0} more");
        return text.ToString();
    }

    internal void Reject(RejectedRow row)
    {
        RowsRejected++;
        if (_rejected.Count < MaxListed) _rejected.Add(row);
    }

    internal void AddColumn(string description) => _columns.Add(description);
}
