namespace LlmRec.Transformers;

/// <summary>Cuts after every so many code points.</summary>
internal sealed class FixedLengthPreTokenizer(int length) : PreTokenizer
{
    public override void Apply(AlignedText text, SplitList splits)
    {
        foreach ((int start, int end) in splits.Items)
        {
            int from = start, count = 0;
            for (int i = start, units; i < end; i += units)
            {
                CodePoints.At(text.Span[..end], i, out units);
                if (++count < length) continue;
                splits.Add(from, i + units);
                (from, count) = (i + units, 0);
            }
            splits.Add(from, end);
        }
        splits.Commit();
    }
}
