namespace LlmRec.Transformers;

/// <summary>The pattern <c>\w+|[^\w\s]+</c> of the pre-tokenizer Whitespace.</summary>
internal sealed class WordOrSymbolsPattern : TextPattern
{
    public override void FindAll(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        int start = 0, current = 0; // 0 white space, 1 word, 2 symbols
        for (int i = 0, units; i < text.Length; i += units)
        {
            int c = CodePoints.At(text, i, out units);
            int kind = AddedTokenMatcher.IsWord(c) ? 1 : CodePoints.Is(c, CodePointClass.White) ? 0 : 2;
            if (kind == current) continue;
            if (current != 0) matches.Add((start, i));
            (start, current) = (i, kind);
        }
        if (current != 0) matches.Add((start, text.Length));
    }
}
