namespace LlmRec.Transformers;

/// <summary>Cuts at white space, which goes, and sets every punctuation mark apart.</summary>
internal sealed class BertPreTokenizer : PreTokenizer
{
    public override void Apply(AlignedText text, SplitList splits)
    {
        ReadOnlySpan<char> chars = text.Span;
        foreach ((int start, int end) in splits.Items)
        {
            int word = start;
            for (int i = start, units; i < end; i += units)
            {
                CodePointClass kind = CodePoints.Class(CodePoints.At(chars[..end], i, out units)) & (CodePointClass.White | CodePointClass.Punctuation);
                if (kind == CodePointClass.None) continue;
                splits.Add(word, i);
                word = i + units;
                if ((kind & CodePointClass.White) == 0) splits.Add(i, word);
            }
            splits.Add(word, end);
        }
        splits.Commit();
    }
}
