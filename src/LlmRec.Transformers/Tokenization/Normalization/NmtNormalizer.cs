namespace LlmRec.Transformers;

/// <summary>SentencePiece's "nmt" cleaning: controls go, unusual spaces become spaces.</summary>
internal sealed class NmtNormalizer : TextNormalizer
{
    public override void Apply(AlignedText text)
    {
        text.Begin();
        ReadOnlySpan<char> chars = text.Span;
        for (int i = 0, units; i < chars.Length; i += units)
        {
            int c = CodePoints.At(chars, i, out units);
            if (c is >= 0x01 and <= 0x08 or 0x0B or >= 0x0E and <= 0x1F or 0x7F or 0x8F or 0x9F) continue;
            bool space = c is 0x09 or 0x0A or 0x0C or 0x0D or 0x1680 or >= 0x200B and <= 0x200F or 0x2028 or 0x2029 or 0x2581 or 0xFEFF or 0xFFFD;
            text.Put(space ? ' ' : c, i);
        }
        text.Commit();
    }
}
