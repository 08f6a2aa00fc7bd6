using System.Text;

namespace LlmRec.Transformers;

/// <summary>BERT's cleaning: controls out, white space to spaces, Chinese characters set apart, accents off, lower case.</summary>
internal sealed class BertNormalizer(bool cleanText, bool handleChinese, bool stripAccents, bool lowercase) : TextNormalizer
{
    private static readonly UnicodeNormalizer Decompose = new(compatibility: false, compose: false);

    public bool CleanText => cleanText;

    public bool HandleChinese => handleChinese;

    public bool StripAccents => stripAccents;

    public bool Lowercase => lowercase;

    public override void Apply(AlignedText text)
    {
        if (Ascii.IsValid(text.Span))
        {
            if (cleanText) CleanAscii(text);
            if (lowercase) LowercaseNormalizer.LowerAscii(text.Writable);
            return;
        }
        if (cleanText) Clean(text);
        if (handleChinese) SetChineseApart(text);
        if (stripAccents)
        {
            Decompose.Apply(text);
            MarkStripper.Strip(text, CodePointClass.BertMark);
        }
        if (lowercase) LowercaseNormalizer.Lower(text);
    }

    private static void CleanAscii(AlignedText text)
    {
        // Anything below a space is removed, except \t \n \r; so is DEL.
        if (!text.Span.ContainsAnyInRange('\0', '\u001F') && !text.Span.Contains('\u007F')) return;
        Clean(text);
    }

    private static void Clean(AlignedText text)
    {
        text.Begin();
        ReadOnlySpan<char> chars = text.Span;
        for (int i = 0, units; i < chars.Length; i += units)
        {
            int c = CodePoints.At(chars, i, out units);
            CodePointClass kind = CodePoints.Class(c);
            if ((kind & CodePointClass.BertRemoved) != 0) continue;
            text.Put((kind & CodePointClass.BertSpace) != 0 ? ' ' : c, i);
        }
        text.Commit();
    }

    private static void SetChineseApart(AlignedText text)
    {
        ReadOnlySpan<char> chars = text.Span;
        int i = 0;
        for (int units; i < chars.Length; i += units)
            if (CodePoints.Is(CodePoints.At(chars, i, out units), CodePointClass.Cjk)) break;
        if (i == chars.Length) return;

        text.Begin();
        text.Copy(0, i);
        for (int units; i < chars.Length; i += units)
        {
            int c = CodePoints.At(chars, i, out units);
            bool cjk = CodePoints.Is(c, CodePointClass.Cjk);
            if (cjk) text.Put(' ', i);
            text.Put(c, i);
            if (cjk) text.Put(' ', i);
        }
        text.Commit();
    }
}
