using System.Globalization;
using System.Text;

namespace LlmRec;

/// <summary>Brings text to one form before it is cut, and tells what its characters are. Tables of the runtime only, so the same on every machine.</summary>
internal static class TextFolding
{
    // U+FF61 to U+FF9F: half-width punctuation and katakana, and what they are half of.
    private const string HalfWidth = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜";

    /// <summary>Lower-cases, folds widths, and turns control characters and lone surrogates into spaces.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="folded">Receives at most <c>text.Length</c> chars.</param>
    /// <returns>Number of chars written.</returns>
    public static int Fold(ReadOnlySpan<char> text, Span<char> folded)
    {
        int n = 0;
        for (int i = 0; i < text.Length;)
        {
            char c = text[i];
            if (char.IsAscii(c))
            {
                folded[n++] = char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c < ' ' || c == 0x7F ? ' ' : c;
                i++;
                continue;
            }
            if (Rune.DecodeFromUtf16(text[i..], out Rune rune, out int used) != System.Buffers.OperationStatus.Done)
            {
                folded[n++] = ' ';
                i += used;
                continue;
            }
            i += used;
            if (rune.Value is 0xFF9E or 0xFF9F && n > 0 && Voice(ref folded[n - 1], rune.Value == 0xFF9E)) continue;
            rune = Fold(rune);
            if (rune.Utf16SequenceLength <= used) n += rune.EncodeToUtf16(folded[n..]);
        }
        return n;
    }

    /// <summary>Letters, digits, underscores and marks.</summary>
    public static bool IsWord(Rune rune)
    {
        if (rune.IsAscii) return char.IsAsciiLetterOrDigit((char)rune.Value) || rune.Value == '_';
        return Rune.GetUnicodeCategory(rune) <= UnicodeCategory.OtherNumber;   // L*, M* and N* come first
    }

    public static bool IsMark(Rune rune) =>
        !rune.IsAscii && Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    /// <summary>Letters of scripts written without spaces between words, and of Hangul, whose words carry their particles.</summary>
    public static bool IsCjk(Rune rune)
    {
        int c = rune.Value;
        if (c < 0x0E00) return false;
        bool within = c switch
        {
            <= 0x0EFF => true,                            // Thai, Lao
            >= 0x1000 and <= 0x109F => true,              // Burmese
            >= 0x1100 and <= 0x11FF => true,              // Hangul jamo
            >= 0x1780 and <= 0x17FF => true,              // Khmer
            >= 0x3005 and <= 0x31FF => true,              // kana, bopomofo, Hangul compatibility jamo, iteration marks
            >= 0x3400 and <= 0x4DBF => true,              // Han, extension A
            >= 0x4E00 and <= 0x9FFF => true,              // Han
            >= 0xA960 and <= 0xA97F => true,              // Hangul jamo, extended
            >= 0xAC00 and <= 0xD7FF => true,              // Hangul syllables
            >= 0xF900 and <= 0xFAFF => true,              // Han, compatibility
            >= 0x1AFF0 and <= 0x1B16F => true,            // kana, supplements
            >= 0x20000 and <= 0x3FFFF => true,            // Han, the further planes
            _ => false,
        };
        return within && IsWord(rune);
    }

    private static Rune Fold(Rune rune)
    {
        switch (rune.Value)
        {
            case >= 0xFF01 and <= 0xFF5E:                                    // full-width ASCII
                int ascii = rune.Value - 0xFEE0;
                return new Rune(ascii is >= 'A' and <= 'Z' ? ascii | 0x20 : ascii);
            case >= 0xFF61 and <= 0xFF9F:
                return new Rune(HalfWidth[rune.Value - 0xFF61]);
            case 0x0130:                                                     // İ, whose full mapping has two characters
                return new Rune('i');
            case 0x03C2:                                                     // ς at the end of a word is σ elsewhere
                return new Rune('σ');
        }
        return Rune.IsWhiteSpace(rune) || Rune.IsControl(rune) ? new Rune(' ') : Rune.ToLowerInvariant(rune);
    }

    // カ + ﾞ = ガ, ハ + ﾟ = パ: the voiced letter follows its plain one in the block, the half-voiced one comes after that.
    private static bool Voice(ref char kana, bool full)
    {
        bool h = kana is 'ハ' or 'ヒ' or 'フ' or 'ヘ' or 'ホ';
        if (full && kana == 'ウ')
        {
            kana = 'ヴ';
            return true;
        }
        if (full && (h || (kana is >= 'カ' and <= 'ト' && "カキクケコサシスセソタチツテト".Contains(kana))))
        {
            kana++;
            return true;
        }
        if (full || !h) return false;
        kana += (char)2;
        return true;
    }
}
