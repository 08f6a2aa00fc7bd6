using System.Buffers;
using System.Globalization;

namespace LlmRec.Transformers;

/// <summary>Finds added tokens in a text: from the left, at each place the longest.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly CharTrie _trie;
    private readonly Dictionary<int, AddedToken> _tokens = [];
    private readonly SearchValues<char> _firstUnits;
    private readonly bool _skipSpecial;

    private AddedTokenMatcher(IReadOnlyList<(string Pattern, AddedToken Token)> patterns, bool skipSpecial)
    {
        _skipSpecial = skipSpecial;
        _trie = new CharTrie(patterns.Sum(p => (long)p.Pattern.Length));
        foreach ((string pattern, AddedToken token) in patterns)
        {
            _trie.Add(pattern, token.Id);
            _tokens[token.Id] = token;
        }
        _firstUnits = SearchValues.Create([.. patterns.Select(p => p.Pattern[0]).Distinct()]);
    }

    /// <summary>A matcher of these tokens, or <c>null</c> when it could find nothing.</summary>
    /// <param name="patterns">What to look for, and the token it is.</param>
    /// <param name="skipSpecial">Special tokens are found, so that nothing else is found inside them, but not reported.</param>
    public static AddedTokenMatcher? Create(IReadOnlyList<(string Pattern, AddedToken Token)> patterns, bool skipSpecial) =>
        patterns.Any(p => !(skipSpecial && p.Token.IsSpecial)) ? new(patterns, skipSpecial) : null;

    /// <summary>The next token.</summary>
    /// <param name="text">The text.</param>
    /// <param name="position">Where to go on; moved behind what was found.</param>
    /// <param name="done">End of the last token reported, white space taken along included.</param>
    /// <param name="start">First unit of the token, white space taken along included.</param>
    /// <param name="end">One past its last unit.</param>
    /// <param name="token">The token.</param>
    public bool TryNext(ReadOnlySpan<char> text, ref int position, int done, out int start, out int end, out AddedToken token)
    {
        while (position < text.Length)
        {
            int skip = text[position..].IndexOfAny(_firstUnits);
            if (skip < 0) break;
            position += skip;
            int length = _trie.Longest(text[position..], out int id);
            if (length == 0)
            {
                position++;
                continue;
            }
            (start, end, token) = (position, position + length, _tokens[id]);
            position = end;
            if (_skipSpecial && token.IsSpecial) continue;
            if (token.SingleWord && (EndsWithWord(text[..start]) || StartsWithWord(text[end..]))) continue;
            if (token.TrimLeft)
            {
                while (start > 0 && IsWhite(text[start - 1])) start--;
                start = Math.Max(start, done);
            }
            if (token.TrimRight)
                while (end < text.Length && IsWhite(text[end])) end++;
            return true;
        }
        (start, end, token) = (0, 0, null!);
        position = text.Length;
        return false;
    }

    private static bool IsWhite(char c) => CodePoints.Is(c, CodePointClass.White);

    private static bool StartsWithWord(ReadOnlySpan<char> text) => text.Length > 0 && IsWord(CodePoints.At(text, 0, out _));

    private static bool EndsWithWord(ReadOnlySpan<char> text)
    {
        if (text.Length == 0) return false;
        bool pair = text.Length > 1 && char.IsSurrogatePair(text[^2], text[^1]);
        return IsWord(pair ? char.ConvertToUtf32(text[^2], text[^1]) : text[^1]);
    }

    /// <summary>\w: alphabetic, marks, decimal digits, connecting punctuation, joiners.</summary>
    internal static bool IsWord(int c)
    {
        if (c is 0x200C or 0x200D or >= 0x24B6 and <= 0x24E9 or >= 0x1F130 and <= 0x1F149 or >= 0x1F150 and <= 0x1F169 or >= 0x1F170 and <= 0x1F189) return true;
        return CodePoints.Is(c, CodePointClass.Letter) || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.LetterNumber
            or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
            or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation;
    }
}
