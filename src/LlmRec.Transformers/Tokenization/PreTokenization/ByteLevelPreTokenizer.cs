namespace LlmRec.Transformers;

/// <summary>
/// GPT-2's pre-tokenizer: a space before each piece if asked, then words by its pattern if asked. That the model then sees
/// bytes is the model's affair: the text stays text.
/// </summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex) : PreTokenizer
{
    private static readonly WordScanner Words = WordScanner.Of(WordScanner.Gpt2)!;

    public override void Apply(AlignedText text, SplitList splits)
    {
        if (addPrefixSpace && NeedsSpace(text, splits))
        {
            text.Begin();
            foreach ((int start, int end) in splits.Items)
            {
                int at = text.Position;
                if (text.Span[start] != ' ') text.Put(' ', start);
                text.Copy(start, end - start);
                splits.Add(at, text.Position);
            }
            text.Commit();
            splits.Commit();
        }
        if (!useRegex) return;
        foreach ((int start, int end) in splits.Items) Words.Split(text.Span, start, end, splits);
        splits.Commit();
    }

    private static bool NeedsSpace(AlignedText text, SplitList splits)
    {
        foreach ((int start, _) in splits.Items)
            if (text.Span[start] != ' ') return true;
        return false;
    }
}
