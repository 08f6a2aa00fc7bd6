using System.Globalization;

namespace LlmRec;

/// <summary>Reads items into a catalog.</summary>
internal sealed class CatalogImport : RowImport
{
    private const int Id = 0, Title = 1, Text = 2, Categories = 3, Time = 4;

    private readonly CatalogReadOptions _options;
    private readonly TimeParser _time;
    private readonly HashSet<string>? _attributes;
    private readonly List<long> _lines = [];   // by handle: where the item stood, for the message about a second one
    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);   // categories and attributes repeat: keep one string of each

    private CatalogImport(InputFile file, RowReader rows, CatalogReadOptions options)
        : base(file, rows, RolesFor(file.Name, options), options)
    {
        _options = options;
        _time = new(options.TimeFormat, null, options.Latest);
        _attributes = options.AttributeColumns is { } a ? new(a, StringComparer.Ordinal) : null;
        if (_attributes is null || rows.ColumnsGrow) return;
        foreach (string name in _attributes)
            if (!rows.Columns.Contains(name))
                throw new InvalidDataException($"'{file.Name}' has no column '{name}', which AttributeColumns asks for; its columns are {string.Join(", ", rows.Columns.Select(c => $"'{c}'"))}");
    }

    public Catalog Catalog { get; } = new();

    public static async Task<Catalog> ReadAsync(InputFile file, CatalogReadOptions options, CancellationToken cancellationToken)
    {
        RowReader rows = await RowReader.CreateAsync(file, options, cancellationToken).ConfigureAwait(false);
        await using (rows.ConfigureAwait(false))
        {
            var import = new CatalogImport(file, rows, options);
            await import.RunAsync(cancellationToken).ConfigureAwait(false);
            return import.Catalog;
        }
    }

    protected override bool Import()
    {
        if (!TryId(Id, "item", out ReadOnlySpan<char> id)) return false;
        int earlier = Catalog.HandleOf(id);
        if (earlier >= 0)
            return Reject(Roles[Id], string.Create(CultureInfo.InvariantCulture, $"the id {Excerpt.Of(id)} was given on line {_lines[earlier]} already"));
        string idText = id.ToString();
        if (!TryString(Roles[Title], out string title) || !TryString(Roles[Text], out string text)
            || !TryTime(Roles[Time], _time, out long time)
            || !TryList(Roles[Categories], out IReadOnlyList<string> categories)
            || !TryAttributes(out Dictionary<string, string>? attributes))
            return false;

        var item = new Item
        {
            Id = idText,
            Title = title,
            Text = text,
            Categories = categories,
            Time = time == InteractionLog.NoTime ? null : DateTimeOffset.FromUnixTimeMilliseconds(time),
        };
        Catalog.Add(attributes is null ? item : item with { Attributes = attributes });
        _lines.Add(Rows.Line);
        return true;
    }

    private bool TryString(int column, out string text)
    {
        bool ok = TryText(column, out ReadOnlySpan<char> chars);
        text = chars.ToString();
        return ok;
    }

    private bool TryList(int column, out IReadOnlyList<string> list)
    {
        list = [];
        switch (KindOf(column))
        {
            case CellKind.Missing:
                return true;
            case CellKind.Nested:
                return Reject(column, "an object where a list of categories is expected");
            case CellKind.List:
                var items = new List<string>();
                for (int i = 0; i < Rows.ListCount(column); i++)
                {
                    if (!TryDecode(column, Rows.ListItem(column, i), out ReadOnlySpan<char> element)) return false;
                    AddTo(items, element);
                }
                list = items;
                return true;
            default:
                if (!TryText(column, out ReadOnlySpan<char> text)) return false;
                var parts = new List<string>();
                foreach (Range part in text.SplitAny(_options.ListSeparators)) AddTo(parts, text[part]);
                list = parts;
                return true;
        }
    }

    private void AddTo(List<string> list, ReadOnlySpan<char> element)
    {
        element = element.Trim();
        if (element.IsEmpty) return;
        string one = Known(element);
        if (!list.Contains(one)) list.Add(one);
    }

    private bool TryAttributes(out Dictionary<string, string>? attributes)
    {
        attributes = null;
        for (int c = 0; c < Rows.Columns.Count; c++)
        {
            if (KindOf(c) == CellKind.Missing || !Roles.IsFree(c) || _attributes?.Contains(Rows.Columns[c]) == false) continue;
            string value;
            if (KindOf(c) == CellKind.List)
            {
                if (!TryList(c, out IReadOnlyList<string> list)) return false;
                value = string.Join('|', list);
            }
            else
            {
                if (!TryDecode(c, Rows.TextOf(c), out ReadOnlySpan<char> text)) return false;
                value = Known(text);
            }
            if (value.Length > 0) (attributes ??= new(StringComparer.Ordinal))[Rows.Columns[c]] = value;
        }
        return true;
    }

    private string Known(ReadOnlySpan<char> text)
    {
        if (text.Length > 64) return text.ToString();
        var lookup = _known.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(text, out string? known)) return known;
        known = text.ToString();
        if (_known.Count < 100_000) _known.Add(known, known);
        return known;
    }

    private static ColumnRoles RolesFor(string file, CatalogReadOptions o) => new(file,
        new("id", nameof(o.IdColumn), o.IdColumn, true, ["itemid", "id", "iid", "movieid", "productid", "articleid", "parentasin", "asin", "sku", "isbn", "bookid", "songid", "trackid", "videoid", "newsid", "gameid", "businessid", "contentid", "item", "movie", "product"]),
        new("title", nameof(o.TitleColumn), o.TitleColumn, false, ["title", "name", "itemname", "productname", "producttitle", "movietitle", "headline"]),
        new("text", nameof(o.TextColumn), o.TextColumn, false, ["text", "description", "desc", "overview", "summary", "plot", "abstract", "body", "content"]),
        new("categories", nameof(o.CategoriesColumn), o.CategoriesColumn, false, ["categories", "category", "genres", "genre", "tags", "topics"]),
        new("time", nameof(o.TimeColumn), o.TimeColumn, false, ["timestamp", "time", "datetime", "ts", "unixreviewtime", "eventtime", "createdat", "date", "publishedat", "published", "releasedate"]));
}
