using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace LlmRec.Transformers;

/// <summary>Full lower case by code point, without regard to context or language: sigma has no final form.</summary>
internal sealed class LowercaseNormalizer : TextNormalizer
{
    public override void Apply(AlignedText text)
    {
        if (Ascii.IsValid(text.Span))
            LowerAscii(text.Writable);
        else
            Lower(text);
    }

    public static void Lower(AlignedText text)
    {
        text.Begin();
        ReadOnlySpan<char> chars = text.Span;
        for (int i = 0, units; i < chars.Length; i += units)
        {
            int c = CodePoints.At(chars, i, out units);
            if (!CodePoints.Lowercase.TryGet(c, out ReadOnlySpan<char> lower))
            {
                text.Put(c, i);
                continue;
            }
            for (int j = 0, more; j < lower.Length; j += more) text.Put(CodePoints.At(lower, j, out more), i);
        }
        text.Commit();
    }

    /// <summary>ASCII capitals to small letters in place; everything else stays.</summary>
    public static void LowerAscii(Span<char> chars)
    {
        ref ushort first = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(chars));
        int i = 0;
        for (; i <= chars.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            Vector256<ushort> lower = WordCache.Lower(Vector256.LoadUnsafe(ref first, (nuint)i));
            lower.StoreUnsafe(ref first, (nuint)i);
        }
        for (; i < chars.Length; i++)
            if (char.IsAsciiLetterUpper(chars[i])) chars[i] |= ' ';
    }
}
