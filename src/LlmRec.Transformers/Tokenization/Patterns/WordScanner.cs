using System.Runtime.CompilerServices;

namespace LlmRec.Transformers;

/// <summary>
/// The word patterns of GPT-2, Llama 3 and Qwen, written out by hand: each step looks at one or two code points and then runs
/// to the end of a class. They match every code point, so the matches are the words. <see cref="RegexPattern"/> is the slow twin.
/// </summary>
internal sealed class WordScanner : TextPattern
{
    public const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    public const string Llama3 = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    public const string Qwen = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const byte Symbol = 0, Letter = 1, Number = 2, White = 3, Break = 4;

    private static readonly byte[] AsciiKinds = MakeAscii();

    private readonly bool _gpt2;
    private readonly int _maxDigits;

    private WordScanner(bool gpt2, int maxDigits) => (_gpt2, _maxDigits) = (gpt2, maxDigits);

    /// <summary>The scanner of a pattern, or <c>null</c>.</summary>
    public static WordScanner? Of(string pattern) => pattern switch
    {
        Gpt2 => new(gpt2: true, int.MaxValue),
        Llama3 => new(gpt2: false, 3),
        Qwen => new(gpt2: false, 1),
        _ => null,
    };

    public override void FindAll(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        for (int at = 0; at < text.Length;)
        {
            int end = Next(text, at);
            matches.Add((at, end));
            at = end;
        }
    }

    /// <summary>Appends the words of the piece [start, end) of a text.</summary>
    public void Split(ReadOnlySpan<char> text, int start, int end, SplitList splits)
    {
        text = text[..end];
        while (start < end)
        {
            int next = Next(text, start);
            splits.Add(start, next);
            start = next;
        }
    }

    /// <summary>The end of the word that begins at <paramref name="at"/>.</summary>
    private int Next(ReadOnlySpan<char> text, int at)
    {
        char c = text[at];
        if (c == '\'' && Contraction(text, at) is > 0 and int contraction) return at + contraction;
        byte kind = Kind(text, at, out int units);
        int second = at + units;
        switch (kind)
        {
            case Letter:
                return RunOf(Letter, text, second);
            case Number:
                return Digits(text, second);
        }
        byte after = second < text.Length ? Kind(text, second, out _) : Symbol;
        bool hasAfter = second < text.Length;
        if (_gpt2)
        {
            if (kind == Symbol) return RunOf(Symbol, text, second);
            if (c == ' ' && hasAfter && after < White) return RunOf(after, text, second);
            return Spaces(text, at);
        }
        // [^\r\n\p{L}\p{N}]?\p{L}+
        if (kind != Break && hasAfter && after == Letter) return RunOf(Letter, text, second);
        //  ?[^\s\p{L}\p{N}]+[\r\n]*
        if (kind == Symbol || c == ' ' && hasAfter && after == Symbol)
        {
            int end = RunOf(Symbol, text, second);
            while (end < text.Length && text[end] is '\r' or '\n')
            {
                if (++end == text.Length) break;
            }
            return end;
        }
        // \s*[\r\n]+
        int run = WhiteRun(text, at);
        int last = text[at..run].LastIndexOfAny('\r', '\n');
        return last >= 0 ? at + last + 1 : Spaces(text, at, run);
    }

    private int Digits(ReadOnlySpan<char> text, int at)
    {
        for (int n = 1; n < _maxDigits && at < text.Length && Kind(text, at, out int units) == Number; n++) at += units;
        return at;
    }

    private static int Spaces(ReadOnlySpan<char> text, int at) => Spaces(text, at, WhiteRun(text, at));

    /// <summary>\s+(?!\S)|\s+: a run before something else leaves its last space to that.</summary>
    private static int Spaces(ReadOnlySpan<char> text, int at, int end) => end < text.Length && end - at > 1 ? end - 1 : end;

    private static int WhiteRun(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && Kind(text, at, out _) >= White) at++;
        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int RunOf(byte kind, ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length)
        {
            char c = text[at];
            if (c < 128)
            {
                if (AsciiKinds[c] != kind) break;
                at++;
            }
            else
            {
                if (Kind(text, at, out int units) != kind) break;
                at += units;
            }
        }
        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte Kind(ReadOnlySpan<char> text, int at, out int units)
    {
        char c = text[at];
        units = 1;
        return c < 128 ? AsciiKinds[c] : KindBeyond(text, at, out units);
    }

    private static byte KindBeyond(ReadOnlySpan<char> text, int at, out int units) => KindOf(CodePoints.Class(CodePoints.At(text, at, out units)));

    private static byte KindOf(CodePointClass kind) => (kind & CodePointClass.Letter) != 0 ? Letter
        : (kind & CodePointClass.Number) != 0 ? Number
        : (kind & CodePointClass.White) != 0 ? White : Symbol;

    private int Contraction(ReadOnlySpan<char> text, int at)
    {
        if (at + 1 >= text.Length) return 0;
        char a = Fold(text[at + 1]);
        if (a is 's' or 't' or 'm' or 'd') return 2;
        if (at + 2 >= text.Length) return 0;
        char b = Fold(text[at + 2]);
        return (a, b) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 3 : 0;
    }

    /// <summary>Case-insensitive where the pattern is; the long s is an s then.</summary>
    private char Fold(char c) => _gpt2 ? c : c == '\u017F' ? 's' : c < 128 ? char.ToLowerInvariant(c) : c;

    private static byte[] MakeAscii()
    {
        byte[] kinds = new byte[128];
        for (int c = 0; c < 128; c++) kinds[c] = c is '\r' or '\n' ? Break : KindOf(CodePoints.Class(c));
        return kinds;
    }
}
