using System.Globalization;
using System.Text;

namespace LlmRec;

/// <summary>Rows of text in aligned columns: the first column to the left, the others to the right.</summary>
/// <remarks>Not thread-safe while rows are added.</remarks>
public sealed class ReportTable
{
    private readonly List<string[]> _rows = [];

    /// <summary>A table with a heading.</summary>
    /// <param name="columns">Headings, at least one.</param>
    public ReportTable(params IReadOnlyList<string> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentOutOfRangeException.ThrowIfZero(columns.Count, nameof(columns));
        Columns = [.. columns];
    }

    /// <summary>The headings.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The rows so far.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows => _rows;

    /// <summary>Adds a row.</summary>
    /// <param name="cells">As many cells as there are columns.</param>
    /// <exception cref="ArgumentException">Another number of cells.</exception>
    public ReportTable Add(params IReadOnlyList<string> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        if (cells.Count != Columns.Count) throw new ArgumentException($"a row needs {Columns.Count} cells, {cells.Count} were given", nameof(cells));
        _rows.Add([.. cells.Select(c => c.ReplaceLineEndings(" "))]);
        return this;
    }

    /// <summary>Plain text for a console, one line a row, ended by line feeds.</summary>
    public override string ToString()
    {
        int[] width = [.. Columns.Select((c, i) => _rows.Select(r => Width(r[i])).Append(Width(c)).Max())];
        var text = new StringBuilder();
        Line(Columns);
        text.Append(string.Join("  ", width.Select(w => new string('-', w)))).Append('\n');
        foreach (string[] row in _rows) Line(row);
        return text.ToString();

        void Line(IReadOnlyList<string> cells)
        {
            var line = new StringBuilder();
            for (int i = 0; i < cells.Count; i++)
            {
                string pad = new(' ', width[i] - Width(cells[i]));
                line.Append(i == 0 ? "" : "  ").Append(i == 0 ? cells[i] + pad : pad + cells[i]);
            }
            text.Append(line.ToString().TrimEnd()).Append('\n');
        }
    }

    /// <summary>A Markdown table; pipes inside cells are escaped.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        Line(Columns);
        text.Append('|').Append(string.Concat(Columns.Select((_, i) => i == 0 ? " --- |" : " ---: |"))).Append('\n');
        foreach (string[] row in _rows) Line(row);
        return text.ToString();

        void Line(IReadOnlyList<string> cells) =>
            text.Append("| ").Append(string.Join(" | ", cells.Select(c => c.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal)))).Append(" |\n");
    }

    /// <summary>Columns a terminal gives a text: wide East Asian characters take two, combining marks none.</summary>
    private static int Width(string text)
    {
        int width = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format) continue;
            int v = rune.Value;
            width += v is >= 0x1100 and <= 0x115F or >= 0x2E80 and <= 0xA4CF or >= 0xAC00 and <= 0xD7A3 or >= 0xF900 and <= 0xFAFF or >= 0xFE30 and <= 0xFE6F or >= 0xFF00 and <= 0xFF60 or >= 0x1F300 and <= 0x1FAFF or >= 0x20000 and <= 0x3FFFD ? 2 : 1;
        }
        return width;
    }
}
