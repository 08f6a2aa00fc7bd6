using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LlmRec.Transformers;

/// <summary>
/// A regular expression, for patterns without a scanner of their own. The runtime's engine sees UTF-16 units and its own
/// Unicode version, so code points that it would take for something else are matched as a stand-in of their class.
/// </summary>
internal sealed class RegexPattern : TextPattern
{
    /// <summary>A pattern from a file may backtrack without end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly char[] StandIns = MakeStandIns();

    [ThreadStatic]
    private static (char[] Text, int[] Origin) t_shadow;

    private readonly Regex _regex;

    public RegexPattern(string pattern, JsonView where)
    {
        try
        {
            _regex = new Regex(pattern, RegexOptions.CultureInvariant, Patience);
        }
        catch (ArgumentException e)
        {
            throw where.Error($"the regular expression '{TokenizerJson.Short(pattern)}' is not understood: {e.Message}");
        }
    }

    public override void FindAll(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        if (Ascii.IsValid(text))
        {
            foreach (ValueMatch match in _regex.EnumerateMatches(text)) matches.Add((match.Index, match.Index + match.Length));
            return;
        }
        ref (char[] Text, int[] Origin) shadow = ref t_shadow;
        if (shadow.Text is null || shadow.Text.Length < text.Length) shadow = (new char[text.Length * 2], new int[text.Length * 2 + 1]);
        int length = 0;
        for (int i = 0, units; i < text.Length; i += units)
        {
            int c = CodePoints.At(text, i, out units);
            shadow.Origin[length] = i;
            shadow.Text[length++] = c < 128 ? (char)c : StandIn(c);
        }
        shadow.Origin[length] = text.Length;
        foreach (ValueMatch match in _regex.EnumerateMatches(shadow.Text.AsSpan(0, length)))
            matches.Add((shadow.Origin[match.Index], shadow.Origin[match.Index + match.Length]));
    }

    /// <summary>A unit of the same general category; none has case that a pattern could fold, or lies in a range that one is likely to name.</summary>
    private static char StandIn(int c)
    {
        CodePointClass kind = CodePoints.Class(c) & (CodePointClass.Letter | CodePointClass.Number);
        UnicodeCategory category = CharUnicodeInfo.GetUnicodeCategory(c);
        bool letter = category <= UnicodeCategory.OtherLetter, number = category is >= UnicodeCategory.DecimalDigitNumber and <= UnicodeCategory.OtherNumber;
        if (letter == (kind == CodePointClass.Letter) && number == (kind == CodePointClass.Number)) return c <= 0xFFFF ? (char)c : StandIns[(int)category];
        return StandIns[(int)(kind switch
        {
            CodePointClass.Letter => UnicodeCategory.OtherLetter,
            CodePointClass.Number => UnicodeCategory.OtherNumber,
            _ => UnicodeCategory.OtherNotAssigned,
        })];
    }

    private static char[] MakeStandIns()
    {
        char[] units = new char[(int)UnicodeCategory.OtherNotAssigned + 1];
        for (char c = '\uFFFF'; c >= 128; c--)
            if (c is not (>= '\u4E00' and <= '\u9FFF' or >= '\uAC00' and <= '\uD7A3')) units[(int)CharUnicodeInfo.GetUnicodeCategory(c)] = c;
        // Latin letters may meet a pattern that folds case; Armenian and Hebrew ones hardly.
        units[(int)UnicodeCategory.UppercaseLetter] = '\u0531';
        units[(int)UnicodeCategory.LowercaseLetter] = '\u0561';
        units[(int)UnicodeCategory.OtherLetter] = '\u05D0';
        return units;
    }
}
