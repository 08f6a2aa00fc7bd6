using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LlmRec.Transformers;

/// <summary>
/// Cuts between two characters that stand side by side in no token of a BPE vocabulary. Not of the format: no merge can
/// cross such a place, so the tokens stay the same, and words can be remembered where the format has the whole text as one
/// word. Characters are ASCII, the space mark, and all others together.
/// </summary>
internal sealed class PairBoundaryPreTokenizer : PreTokenizer
{
    private const char SpaceMark = '\u2581';
    private const int Mark = 128, Other = 129, Kinds = 130;

    private readonly bool[] _joined = new bool[Kinds * Kinds]; // (first, second)

    /// <param name="tokens">Every token of the vocabulary.</param>
    public PairBoundaryPreTokenizer(IEnumerable<string> tokens)
    {
        foreach (string token in tokens)
            for (int i = 1; i < token.Length; i++) _joined[KindOf(token[i - 1]) * Kinds + KindOf(token[i])] = true;
        // The halves of a surrogate pair are both "other" and must stay together.
        _joined[Other * Kinds + Other] = true;
    }

    public override void Apply(AlignedText text, SplitList splits)
    {
        ref bool joined = ref MemoryMarshal.GetArrayDataReference(_joined);
        ReadOnlySpan<char> chars = text.Span;
        foreach ((int start, int end) in splits.Items)
        {
            int from = start, previous = KindOf(chars[start]);
            for (int i = start + 1; i < end; i++)
            {
                int kind = KindOf(chars[i]);
                if (!Unsafe.Add(ref joined, previous * Kinds + kind))
                {
                    splits.Add(from, i);
                    from = i;
                }
                previous = kind;
            }
            splits.Add(from, end);
        }
        splits.Commit();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int KindOf(char c) => c < 128 ? c : c == SpaceMark ? Mark : Other;
}
