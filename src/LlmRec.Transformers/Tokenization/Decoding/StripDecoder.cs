namespace LlmRec.Transformers;

/// <summary>Takes up to so many of one character off either end of each token.</summary>
internal sealed class StripDecoder(char content, int start, int stop) : TokenDecoder
{
    public override void Apply(List<string> tokens)
    {
        for (int i = 0; i < tokens.Count; i++)
        {
            string token = tokens[i];
            int from = 0, to = token.Length;
            while (from < Math.Min(start, token.Length) && token[from] == content) from++;
            while (to > from && token.Length - to < stop && token[to - 1] == content) to--;
            tokens[i] = token[from..to];
        }
    }
}
