using System.Text;

namespace LlmRec;

/// <summary>A template of fields, taken apart once. Immutable.</summary>
internal sealed class ItemTemplate
{
    private readonly Piece[] _pieces;

    /// <param name="Value">Literal text, or the name of a field.</param>
    /// <param name="IsField">Which of the two.</param>
    /// <param name="Group">Number of its optional group, or −1.</param>
    private readonly record struct Piece(string Value, bool IsField, int Group);

    private ItemTemplate(string source, Piece[] pieces)
    {
        Source = source;
        _pieces = pieces;
    }

    public string Source { get; }

    /// <summary>Takes a template apart.</summary>
    /// <exception cref="ArgumentException">Brackets do not match, or there is no field at all.</exception>
    public static ItemTemplate Parse(string source)
    {
        var pieces = new List<Piece>();
        var literal = new StringBuilder();
        int group = -1, groups = 0;
        for (int i = 0; i < source.Length; i++)
        {
            char c = source[i];
            if (c is '{' or '}' or '[' or ']' && i + 1 < source.Length && source[i + 1] == c)
            {
                literal.Append(c);
                i++;
                continue;
            }
            switch (c)
            {
                case '{':
                    int end = source.IndexOf('}', i);
                    string name = end < 0 ? "" : source[(i + 1)..end].Trim();
                    if (name.Length == 0 || name.AsSpan().IndexOfAny('{', '[', ']') >= 0) throw Bad(i, "the field is empty or not closed");
                    Flush();
                    pieces.Add(new(name, true, group));
                    i = end;
                    break;
                case '[':
                    if (group >= 0) throw Bad(i, "an optional part within another");
                    Flush();
                    group = groups++;
                    break;
                case ']':
                    if (group < 0) throw Bad(i, "nothing is open that could end here");
                    Flush();
                    if (!pieces.Any(p => p.IsField && p.Group == group)) throw Bad(i, "an optional part without a field would never appear");
                    group = -1;
                    break;
                case '}':
                    throw Bad(i, "nothing is open that could end here");
                default:
                    literal.Append(c);
                    break;
            }
        }
        Flush();
        if (group >= 0) throw Bad(source.Length, "an optional part is not closed");
        if (!pieces.Any(p => p.IsField)) throw Bad(0, "there is no field, such as {title}, so all items would be the same");
        return new ItemTemplate(source, [.. pieces]);

        void Flush()
        {
            if (literal.Length > 0) pieces.Add(new(literal.ToString(), false, group));
            literal.Clear();
        }

        ArgumentException Bad(int at, string why) =>
            new($"the template '{source}' is wrong at character {at}: {why}; double a bracket to mean the bracket itself", nameof(source));
    }

    /// <summary>Fills it in; empty when no field has a value.</summary>
    /// <param name="value">The value of a field, possibly empty.</param>
    public string Render(Func<string, string> value)
    {
        var values = new string[_pieces.Length];
        bool any = false;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = _pieces[i].IsField ? value(_pieces[i].Value).Trim() : _pieces[i].Value;
            any |= _pieces[i].IsField && values[i].Length > 0;
        }
        if (!any) return "";
        var text = new StringBuilder();
        for (int i = 0; i < values.Length; i++)
        {
            int group = _pieces[i].Group;
            bool shown = group < 0;
            for (int j = 0; !shown && j < values.Length; j++) shown = _pieces[j].Group == group && _pieces[j].IsField && values[j].Length > 0;
            if (shown) text.Append(values[i]);
        }
        return text.ToString().Trim();
    }
}
