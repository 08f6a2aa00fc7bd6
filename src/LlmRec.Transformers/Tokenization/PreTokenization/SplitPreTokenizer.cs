namespace LlmRec.Transformers;

/// <summary>Cuts at the matches of a pattern, or between them when inverted.</summary>
internal sealed class SplitPreTokenizer(TextPattern pattern, SplitBehavior behavior, bool invert) : PreTokenizer
{
    public override void Apply(AlignedText text, SplitList splits)
    {
        if (pattern is WordScanner scanner && behavior == SplitBehavior.Isolated)
        {
            foreach ((int start, int end) in splits.Items) scanner.Split(text.Span, start, end, splits);
            splits.Commit();
            return;
        }
        List<(int Start, int End)> matches = TextPattern.Matches();
        foreach ((int start, int end) in splits.Items)
        {
            matches.Clear();
            pattern.FindAll(text.Span[start..end], matches);
            int first = splits.NextCount, at = start;
            bool previous = false;
            int held = -1; // start of a match that waits for what follows
            foreach ((int from, int to) in matches)
            {
                if (at < start + from) Segment(at, start + from, invert);
                Segment(start + from, start + to, !invert);
                at = start + to;
            }
            if (at < end) Segment(at, end, invert);
            if (held >= 0) splits.Add(held, end);

            void Segment(int from, int to, bool isMatch)
            {
                switch (behavior)
                {
                    case SplitBehavior.Removed:
                        if (!isMatch) splits.Add(from, to);
                        break;
                    case SplitBehavior.Isolated:
                        splits.Add(from, to);
                        break;
                    case SplitBehavior.Contiguous:
                        Join(from, to, isMatch == previous);
                        break;
                    case SplitBehavior.MergedWithPrevious:
                        Join(from, to, isMatch && !previous);
                        break;
                    default:
                        // A match goes to what follows it, unless that is a match too.
                        if (isMatch)
                        {
                            if (held >= 0) splits.Add(held, from);
                            held = from;
                        }
                        else
                        {
                            splits.Add(held >= 0 ? held : from, to);
                            held = -1;
                        }
                        break;
                }
                previous = isMatch;
            }

            void Join(int from, int to, bool join)
            {
                if (join && splits.NextCount > first) splits.ExtendLast(to); else splits.Add(from, to);
            }
        }
        splits.Commit();
    }
}
