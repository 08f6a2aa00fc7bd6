using System.Text;

namespace LlmRec.Transformers;

/// <summary>Replaces every match of a pattern in each token.</summary>
internal sealed class ReplaceDecoder(TextPattern pattern, string content) : TokenDecoder
{
    public override void Apply(List<string> tokens)
    {
        for (int i = 0; i < tokens.Count; i++)
        {
            List<(int Start, int End)> matches = TextPattern.Matches();
            pattern.FindAll(tokens[i], matches);
            if (matches.Count == 0) continue;
            var result = new StringBuilder();
            int at = 0;
            foreach ((int start, int end) in matches)
            {
                result.Append(tokens[i], at, start - at).Append(content);
                at = end;
            }
            tokens[i] = result.Append(tokens[i], at, tokens[i].Length - at).ToString();
        }
    }
}
