namespace LlmRec.Transformers;

/// <summary>
/// Cuts before a space mark that follows something else. Not of the format: where no token of a BPE model has such a place
/// inside, no merge can cross it, and words can be remembered where the format has the whole text as one word.
/// </summary>
internal sealed class MarkBoundaryPreTokenizer : PreTokenizer
{
    public const char Mark = '\u2581';

    /// <summary>Whether a token spans such a place.</summary>
    public static bool Crosses(string token)
    {
        for (int i = 1; i < token.Length; i++)
            if (token[i] == Mark && token[i - 1] != Mark) return true;
        return false;
    }

    public override void Apply(AlignedText text, SplitList splits)
    {
        ReadOnlySpan<char> chars = text.Span;
        foreach ((int start, int end) in splits.Items)
        {
            int from = start, at = start;
            while (at < end)
            {
                int other = chars[at..end].IndexOfAnyExcept(Mark);
                if (other < 0) break;
                int mark = chars[(at + other)..end].IndexOf(Mark);
                if (mark < 0) break;
                at += other + mark;
                splits.Add(from, at);
                from = at;
            }
            splits.Add(from, end);
        }
        splits.Commit();
    }
}
