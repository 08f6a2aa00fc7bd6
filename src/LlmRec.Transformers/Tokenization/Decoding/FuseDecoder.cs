namespace LlmRec.Transformers;

/// <summary>All tokens become one.</summary>
internal sealed class FuseDecoder : TokenDecoder
{
    public override void Apply(List<string> tokens)
    {
        string all = string.Concat(tokens);
        tokens.Clear();
        tokens.Add(all);
    }
}
