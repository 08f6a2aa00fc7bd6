using System.Text;

namespace LlmRec.Transformers;

/// <summary>Every byte of the text in UTF-8 becomes the visible character that GPT-2 gave it.</summary>
internal sealed class ByteLevelNormalizer : TextNormalizer
{
    public override void Apply(AlignedText text)
    {
        text.Begin();
        ReadOnlySpan<char> chars = text.Span;
        Span<byte> bytes = stackalloc byte[4];
        for (int i = 0, units; i < chars.Length; i += units)
        {
            int count = new Rune(CodePoints.At(chars, i, out units)).EncodeToUtf8(bytes);
            foreach (byte b in bytes[..count]) text.Put(ByteAlphabet.CharOf(b), i);
        }
        text.Commit();
    }
}
