using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace LlmRec.Transformers;

/// <summary>
/// The Unicode tables of the tokenizers, read once from an embedded text file made by <c>eng/make_unicode_tables.py</c>.
/// The runtime's own tables agree with the reference library's in no version.
/// </summary>
internal static class CodePoints
{
    private const string Resource = "LlmRec.Transformers.unicode-tables.txt";

    // Stage one: page of 256 code points; stage two: their classes. Page 0 is the empty page.
    private static readonly ushort[] ClassPages = new ushort[0x1100];
    private static readonly CodePointClass[] Classes;
    private static readonly ushort[] OrderPages = new ushort[0x1100];
    private static readonly byte[] Orders;
    private static readonly Dictionary<ulong, int> Compositions = [];

    /// <summary>Full lower case, one code point at a time.</summary>
    public static CodePointMap Lowercase { get; } = new();

    /// <summary>Full canonical decomposition, without Hangul syllables.</summary>
    public static CodePointMap Canonical { get; } = new();

    /// <summary>Full compatibility decomposition, without Hangul syllables.</summary>
    public static CodePointMap Compatibility { get; } = new();

#pragma warning disable CA1810 // several tables come from one reading of one file
    static CodePoints()
    {
        var classes = new List<CodePointClass>(new CodePointClass[256]);
        var orders = new List<byte>(new byte[256]);
        string section = "";
        CodePointClass current = default;
        CodePointMap map = Lowercase;
        Span<char> text = stackalloc char[64];
        using Stream stream = typeof(CodePoints).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(stream, Encoding.ASCII);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#') continue;
            string[] words = line.Split(' ');
            switch (words[0])
            {
                case "class":
                    (section, current) = ("class", ClassOf(words[1]));
                    continue;
                case "map":
                    (section, map) = ("map", words[1] switch { "lowercase" => Lowercase, "nfd" => Canonical, _ => Compatibility });
                    continue;
                case "ordering" or "compositions":
                    section = words[0];
                    continue;
            }
            switch (section)
            {
                case "class":
                    foreach (string range in words) Mark(ClassPages, classes, range, current);
                    break;
                case "map":
                    int length = 0;
                    foreach (string word in words.AsSpan(1)) length += new Rune(Hex(word)).EncodeToUtf16(text[length..]);
                    map.Add(Hex(words[0]), text[..length]);
                    break;
                case "ordering":
                    byte order = byte.Parse(words[0], CultureInfo.InvariantCulture);
                    foreach (string range in words.AsSpan(1))
                        ForEach(range, c => At(OrderPages, orders, c) = order);
                    break;
                default:
                    Compositions.Add((ulong)Hex(words[0]) << 32 | (uint)Hex(words[1]), Hex(words[2]));
                    break;
            }
        }
        foreach (string range in (ReadOnlySpan<string>)["9-d", "20", "85", "a0", "1680", "2000-200a", "2028-2029", "202f", "205f", "3000"])
            Mark(ClassPages, classes, range, CodePointClass.White);
        Classes = [.. classes];
        Orders = [.. orders];
        Lowercase.Freeze();
        Canonical.Freeze();
        Compatibility.AddAll(Canonical);
        Compatibility.Freeze();
    }
#pragma warning restore CA1810

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodePointClass Class(int codePoint) => Classes[ClassPages[codePoint >> 8] << 8 | codePoint & 255];

    public static bool Is(int codePoint, CodePointClass any) => (Class(codePoint) & any) != 0;

    /// <summary>Canonical combining class; 0 for starters.</summary>
    public static byte Order(int codePoint) => Orders[OrderPages[codePoint >> 8] << 8 | codePoint & 255];

    /// <summary>The canonical composition of two code points, or -1.</summary>
    public static int Compose(int first, int second)
    {
        // Hangul: leading consonant and vowel, then a trailing consonant (Unicode, section 3.12).
        if ((uint)(first - 0x1100) < 19 && (uint)(second - 0x1161) < 21)
            return 0xAC00 + ((first - 0x1100) * 21 + (second - 0x1161)) * 28;
        if ((uint)(first - 0xAC00) < 11172 && (first - 0xAC00) % 28 == 0 && (uint)(second - 0x11A8) < 27)
            return first + (second - 0x11A7);
        return Compositions.TryGetValue((ulong)first << 32 | (uint)second, out int composed) ? composed : -1;
    }

    /// <summary>The code point that begins at <paramref name="index"/>; the text has no lone surrogates.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int At(ReadOnlySpan<char> text, int index, out int units)
    {
        char c = text[index];
        if ((uint)(c - 0xD800) >= 0x400 || index + 1 >= text.Length)
        {
            units = 1;
            return c;
        }
        units = 2;
        return (c << 10) + text[index + 1] - 0x35FDC00;
    }

    private static CodePointClass ClassOf(string name) => name switch
    {
        "bert_removed" => CodePointClass.BertRemoved,
        "bert_to_space" => CodePointClass.BertSpace,
        "bert_cjk" => CodePointClass.Cjk,
        "bert_split_isolated" => CodePointClass.Punctuation,
        "digits" => CodePointClass.Numeric,
        "regex_L" => CodePointClass.Letter,
        "regex_N" => CodePointClass.Number,
        "bert_mark" => CodePointClass.BertMark,
        _ => CodePointClass.CombiningMark,
    };

    private static void Mark(ushort[] pages, List<CodePointClass> all, string range, CodePointClass mark) =>
        ForEach(range, c => At(pages, all, c) |= mark);

    private static void ForEach(string range, Action<int> each)
    {
        int dash = range.IndexOf('-', StringComparison.Ordinal);
        int first = Hex(dash < 0 ? range : range[..dash]), last = dash < 0 ? first : Hex(range[(dash + 1)..]);
        for (int c = first; c <= last; c++) each(c);
    }

    private static ref T At<T>(ushort[] pages, List<T> all, int codePoint)
    {
        ref ushort page = ref pages[codePoint >> 8];
        if (page == 0)
        {
            page = (ushort)(all.Count >> 8);
            for (int i = 0; i < 256; i++) all.Add(default!);
        }
        return ref System.Runtime.InteropServices.CollectionsMarshal.AsSpan(all)[page << 8 | codePoint & 255];
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
