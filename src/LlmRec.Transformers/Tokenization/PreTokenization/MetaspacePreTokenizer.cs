namespace LlmRec.Transformers;

/// <summary>SentencePiece's spaces: each becomes a visible mark, one is put before a piece, and pieces are cut before the marks.</summary>
internal sealed class MetaspacePreTokenizer(char mark, PrependScheme prepend, bool split) : PreTokenizer
{
    public override bool NeedsOrigins => prepend == PrependScheme.First;

    public override void Apply(AlignedText text, SplitList splits)
    {
        text.Writable.Replace(' ', mark);
        if (NeedsPrefix(text, splits))
        {
            text.Begin();
            foreach ((int start, int end) in splits.Items)
            {
                int at = text.Position;
                if (WantsPrefix(text, start)) text.Put(mark, start);
                text.Copy(start, end - start);
                splits.Add(at, text.Position);
            }
            text.Commit();
            splits.Commit();
        }
        if (!split) return;
        ReadOnlySpan<char> chars = text.Span;
        foreach ((int start, int end) in splits.Items)
        {
            int from = start;
            while (from < end)
            {
                int next = chars[(from + 1)..end].IndexOf(mark);
                int to = next < 0 ? end : from + 1 + next;
                splits.Add(from, to);
                from = to;
            }
        }
        splits.Commit();
    }

    private bool WantsPrefix(AlignedText text, int start) =>
        text.Span[start] != mark && (prepend == PrependScheme.Always || prepend == PrependScheme.First && text.StartOf(start) == 0);

    private bool NeedsPrefix(AlignedText text, SplitList splits)
    {
        if (prepend == PrependScheme.Never) return false;
        foreach ((int start, _) in splits.Items)
            if (WantsPrefix(text, start)) return true;
        return false;
    }
}
