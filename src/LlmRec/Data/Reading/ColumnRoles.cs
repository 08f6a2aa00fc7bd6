using System.Globalization;

namespace LlmRec;

/// <summary>Finds for each role the column that plays it.</summary>
internal sealed class ColumnRoles
{
    private readonly string _file;
    private readonly ColumnRole[] _roles;
    private readonly int[] _column;   // by role; −1 for none
    private int _seen;

    public ColumnRoles(string file, params ColumnRole[] roles)
    {
        (_file, _roles) = (file, roles);
        _column = new int[roles.Length];
        _column.AsSpan().Fill(-1);
    }

    /// <summary>The column of a role, or −1.</summary>
    public int this[int role] => _column[role];

    /// <summary>True when the column has no role.</summary>
    public bool IsFree(int column) => !_column.Contains(column);

    /// <summary>Gives roles to the columns that came to light since the last call; a role once given stays.</summary>
    /// <exception cref="InvalidDataException">A role has no column although it needs one and no more columns will come, or two columns are equally good for it.</exception>
    public void Assign(List<string> columns, bool more)
    {
        if (columns.Count == _seen && more) return;
        for (int r = 0; r < _roles.Length; r++)
            if (_roles[r].Chosen is { Length: > 0 } chosen && _column[r] < 0)
                _column[r] = FindChosen(columns, chosen);
        for (int r = 0; r < _roles.Length; r++)
            if (_roles[r].Chosen is null && _column[r] < 0)
                _column[r] = FindByName(columns, _roles[r]);
        _seen = columns.Count;
        if (more) return;

        string list = columns.Count == 0 ? "none" : string.Join(", ", columns.Select(c => $"'{c}'"));
        for (int r = 0; r < _roles.Length; r++)
            if (_column[r] < 0 && _roles[r].Chosen is { Length: > 0 } chosen)
                throw new InvalidDataException($"'{_file}' has no column '{chosen}', which {_roles[r].Option} asks for; its columns are {list}{Hint(columns)}");
            else if (_column[r] < 0 && _roles[r].Required)
                throw new InvalidDataException($"'{_file}' has no column for the {_roles[r].Name}; its columns are {list}. Name the right one in {_roles[r].Option}, or, if the file has no header line, give the names of its columns in Header{Hint(columns)}");
    }

    /// <summary>Tells the report which column plays which role.</summary>
    public void Describe(List<string> columns, ReadReport? report)
    {
        for (int r = 0; r < _roles.Length && report is not null; r++)
            if (_column[r] >= 0) report.AddColumn($"{_file}: {_roles[r].Name} = {columns[_column[r]]}");
    }

    /// <summary>Lower case, letters and digits only, without the type that RecBole writes behind a colon.</summary>
    public static string Normalize(string column)
    {
        int colon = column.IndexOf(':', StringComparison.Ordinal);
        return string.Concat((colon > 0 ? column[..colon] : column).Where(char.IsLetterOrDigit)).ToLowerInvariant();
    }

    private int FindChosen(List<string> columns, string chosen)
    {
        int exact = columns.IndexOf(chosen);
        if (exact >= 0) return exact;
        string normal = Normalize(chosen);
        return normal.Length == 0 ? -1 : FindOne(columns, c => Normalize(columns[c]) == normal, chosen, 0);
    }

    private int FindByName(List<string> columns, ColumnRole role)
    {
        foreach (string name in role.Names)
        {
            int found = FindOne(columns, c => Normalize(columns[c]) == name && IsFree(c), role.Option, _seen);
            if (found >= 0) return found;
        }
        return -1;
    }

    private int FindOne(List<string> columns, Func<int, bool> fits, string asked, int from)
    {
        int found = -1;
        for (int c = from; c < columns.Count; c++)
        {
            if (!fits(c)) continue;
            if (found >= 0)
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                    $"'{_file}' has two columns that fit {asked}: '{columns[found]}' (column {found + 1}) and '{columns[c]}' (column {c + 1}); rename one, or name the right one in the options"));
            found = c;
        }
        return found;
    }

    private static string Hint(List<string> columns) =>
        columns is [{ } only] && only.IndexOfAny([',', ';', '\t', '|']) is >= 0 and var at
            ? $". The only column contains '{(only[at] == '\t' ? "a tab" : only[at].ToString())}': the Delimiter seems to be wrong"
            : "";
}
