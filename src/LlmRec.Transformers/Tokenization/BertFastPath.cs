using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LlmRec.Transformers;

/// <summary>
/// BERT's chain on ASCII in one pass: words are cut, folded to lower case and looked up straight from the text. A stretch
/// between spaces that holds anything else goes through the full pipeline, which is the twin that tests compare with: white
/// space stops every effect that one character has on another.
/// </summary>
internal sealed class BertFastPath
{
    private const byte Word = 0, Space = 1, Mark = 2, Other = 3;

    private readonly byte[] _kinds = new byte[128];
    private readonly bool _lowercase;

    private BertFastPath(BertNormalizer normalizer)
    {
        _lowercase = normalizer.Lowercase;
        for (int c = 0; c < 128; c++)
        {
            CodePointClass kind = CodePoints.Class(c);
            bool removed = normalizer.CleanText && (kind & CodePointClass.BertRemoved) != 0;
            bool space = (kind & CodePointClass.White) != 0 || normalizer.CleanText && (kind & CodePointClass.BertSpace) != 0;
            _kinds[c] = removed ? Other : space ? Space : (kind & CodePointClass.Punctuation) != 0 ? Mark : Word;
        }
    }

    /// <summary>The fast path of these components, or <c>null</c> when they are not BERT's.</summary>
    public static BertFastPath? Create(TextNormalizer? normalizer, PreTokenizer? preTokenizer, TokenModel model) =>
        normalizer is BertNormalizer bert && preTokenizer is BertPreTokenizer && model is WordPieceModel ? new(bert) : null;

    public void Run(ReadOnlySpan<char> text, EncodeScratch scratch, Tokenizer tokenizer, int limit)
    {
        TokenSink sink = scratch.Sink;
        WordCache cache = scratch.Cache;
        ref byte kinds = ref MemoryMarshal.GetArrayDataReference(_kinds);
        ref char chars = ref MemoryMarshal.GetReference(text);
        // A word is loaded as 16 units: near the end it has to be copied first.
        int loadable = text.Length - 16;
        int stretch = 0, stretchTokens = sink.Count, i = 0;
        while (i < text.Length)
        {
            char c = Unsafe.Add(ref chars, i);
            byte kind = c < 128 ? Unsafe.Add(ref kinds, c) : Other;
            if (kind == Space)
            {
                if (sink.Count > limit) return;
                stretch = ++i;
                stretchTokens = sink.Count;
                continue;
            }
            int end = i + 1;
            if (kind == Word)
            {
                while (end < text.Length)
                {
                    c = Unsafe.Add(ref chars, end);
                    kind = c < 128 ? Unsafe.Add(ref kinds, c) : Other;
                    if (kind != Word) break;
                    end++;
                }
            }
            if (kind == Other)
            {
                sink.Count = stretchTokens;
                end = EndOfStretch(text, end);
                tokenizer.RunSlowly(text[stretch..end], scratch, limit);
                (i, stretch, stretchTokens) = (end, end, sink.Count);
                continue;
            }
            int length = end - i;
            if (length <= WordCache.MaxWord)
            {
                ref char word = ref Unsafe.Add(ref chars, i);
                if (i > loadable) word = ref scratch.Copy(text.Slice(i, length));
                Vector256<ushort> key = WordCache.KeyOf(ref word, length);
                if (_lowercase) key = WordCache.Lower(key);
                if (!cache.TryAppend(key, sink)) Miss(key, length, scratch, tokenizer);
            }
            else
            {
                Long(text.Slice(i, length), scratch, tokenizer);
            }
            i = end;
        }
    }

    /// <summary>The next ASCII white space, or the end.</summary>
    private int EndOfStretch(ReadOnlySpan<char> text, int from)
    {
        while (from < text.Length && !(text[from] < 128 && _kinds[text[from]] == Space)) from++;
        return from;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Miss(Vector256<ushort> key, int length, EncodeScratch scratch, Tokenizer tokenizer)
    {
        Span<char> word = stackalloc char[16];
        key.StoreUnsafe(ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(word)));
        tokenizer.Miss(key, word[..length], scratch);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Long(ReadOnlySpan<char> word, EncodeScratch scratch, Tokenizer tokenizer)
    {
        scratch.Text.Load(word, 0, tracked: false);
        if (_lowercase) LowercaseNormalizer.LowerAscii(scratch.Text.Writable);
        tokenizer.Model(scratch.Text.Span, scratch);
    }
}
