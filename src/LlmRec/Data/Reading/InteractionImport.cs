using System.Globalization;

namespace LlmRec;

/// <summary>Reads events into a log.</summary>
internal sealed class InteractionImport : RowImport
{
    private const int User = 0, Item = 1, Value = 2, Time = 3, Kind = 4, Text = 5;

    private readonly InteractionReadOptions _options;
    private readonly KindWords _words;
    private readonly TimeParser _time;
    private char[] _user = new char[64];
    private bool? _valueIsRating;

    private InteractionImport(InputFile file, RowReader rows, InteractionReadOptions options)
        : base(file, rows, RolesFor(file.Name, options), options)
    {
        _options = options;
        foreach (InteractionKind kind in (options.Kinds?.Values ?? []).Append(options.Kind ?? InteractionKind.View))
            if (kind > InteractionKind.Dislike) throw new ArgumentException($"Kind and Kinds must not hold {(int)kind}, which is none of {nameof(InteractionKind)}", nameof(options));
        _words = new(options.Kinds);
        _time = new(options.TimeFormat, options.Earliest, options.Latest);
    }

    public InteractionLog Log { get; } = new();

    public static async Task<InteractionLog> ReadAsync(InputFile file, InteractionReadOptions options, CancellationToken cancellationToken)
    {
        RowReader rows = await RowReader.CreateAsync(file, options, cancellationToken).ConfigureAwait(false);
        await using (rows.ConfigureAwait(false))
        {
            var import = new InteractionImport(file, rows, options);
            await import.RunAsync(cancellationToken).ConfigureAwait(false);
            return import.Log;
        }
    }

    protected override bool Import()
    {
        if (!TryId(User, "user", out ReadOnlySpan<char> decoded)) return false;
        if (_user.Length < decoded.Length) _user = new char[decoded.Length];   // the buffer is used again for the item
        decoded.CopyTo(_user);
        ReadOnlySpan<char> user = _user.AsSpan(0, decoded.Length);

        if (!TryValue(out float value) || !TryTime(Roles[Time], _time, out long time) || !TryKind(value, out InteractionKind kind)
            || !TryText(Roles[Text], out ReadOnlySpan<char> words))
            return false;
        string? text = words.IsEmpty ? null : words.ToString();
        if (!TryId(Item, "item", out ReadOnlySpan<char> item)) return false;

        Log.AddRow(Log.UserTable.Add(user), Log.ItemTable.Add(item), kind, value, time, text);
        return true;
    }

    private bool TryValue(out float value)
    {
        value = float.NaN;   // the log's sign for none
        int column = Roles[Value];
        switch (KindOf(column))
        {
            case CellKind.Missing:
                return true;
            case CellKind.Text:
                ReadOnlySpan<byte> text = Rows.TextOf(column);
                if (!float.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value))
                    return Reject(column, $"{Show(column)} is not a number (decimals are written with a point)");
                if (float.IsFinite(value)) return true;
                return Reject(column, text.ContainsAnyInRange((byte)'0', (byte)'9') ? $"{Show(column)} is beyond the range of float32" : $"{Show(column)} is no finite number; leave the field empty when there is no value");
            default:
                return Reject(column, "a list or an object where a number is expected");
        }
    }

    private bool TryKind(float value, out InteractionKind kind)
    {
        int column = Roles[Kind];
        kind = InteractionKind.View;
        if (!TryText(column, out ReadOnlySpan<char> word)) return false;
        if (!word.IsEmpty)
            return _words.TryFind(word, out kind) || Reject(column, $"{Excerpt.Of(word)} is no kind of interaction known here ({_words.List}); give its meaning in Kinds");
        if (_options.Kind is { } given) kind = given;
        else if (!float.IsNaN(value) && ValueIsRating) kind = InteractionKind.Rating;
        return true;
    }

    private bool ValueIsRating => _valueIsRating ??= ColumnRoles.Normalize(Rows.Columns[Roles[Value]]) is "rating" or "stars" or "overall";

    private string Show(int column)
    {
        TryDecode(column, Rows.TextOf(column), out ReadOnlySpan<char> text);
        return Excerpt.Of(text);
    }

    private static ColumnRoles RolesFor(string file, InteractionReadOptions o) => new(file,
        new("user", nameof(o.UserColumn), o.UserColumn, true, ["userid", "user", "uid", "username", "customerid", "customer", "reviewerid", "reviewer", "memberid", "visitorid", "accountid", "sessionid"]),
        new("item", nameof(o.ItemColumn), o.ItemColumn, true, ["itemid", "item", "iid", "movieid", "movie", "productid", "product", "articleid", "parentasin", "asin", "sku", "isbn", "bookid", "songid", "trackid", "videoid", "newsid", "gameid", "businessid", "contentid"]),
        new("value", nameof(o.ValueColumn), o.ValueColumn, false, ["rating", "score", "stars", "value", "overall", "weight", "playcount", "plays"]),
        new("time", nameof(o.TimeColumn), o.TimeColumn, false, ["timestamp", "time", "datetime", "ts", "unixreviewtime", "eventtime", "createdat", "date"]),
        new("kind", nameof(o.KindColumn), o.KindColumn, false, ["kind", "event", "eventtype", "action", "behavior", "behaviour", "behaviortype", "interactiontype"]),
        new("text", nameof(o.TextColumn), o.TextColumn, false, ["text", "review", "reviewtext", "comment", "tag", "query"]));
}
