namespace LlmRec.Transformers;

/// <summary>Several steps, one after the other.</summary>
internal sealed class SequenceDecoder(IReadOnlyList<TokenDecoder> steps) : TokenDecoder
{
    public override void Apply(List<string> tokens)
    {
        foreach (TokenDecoder step in steps) step.Apply(tokens);
    }
}
