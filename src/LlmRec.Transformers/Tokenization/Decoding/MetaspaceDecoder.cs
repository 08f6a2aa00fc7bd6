namespace LlmRec.Transformers;

/// <summary>Space marks back to spaces; those of the first token were put there and go.</summary>
internal sealed class MetaspaceDecoder(char mark, PrependScheme prepend) : TokenDecoder
{
    public override void Apply(List<string> tokens)
    {
        for (int i = 0; i < tokens.Count; i++)
        {
            tokens[i] = i == 0 && prepend != PrependScheme.Never
                ? tokens[i].Replace(mark.ToString(), "", StringComparison.Ordinal)
                : tokens[i].Replace(mark, ' ');
        }
    }
}
