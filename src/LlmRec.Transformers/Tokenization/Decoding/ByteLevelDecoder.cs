using System.Text;

namespace LlmRec.Transformers;

/// <summary>GPT-2's characters back to bytes, all tokens together back to text; what is not UTF-8 becomes U+FFFD.</summary>
internal sealed class ByteLevelDecoder : TokenDecoder
{
    public override void Apply(List<string> tokens)
    {
        var bytes = new List<byte>();
        foreach (string token in tokens)
        {
            int before = bytes.Count;
            foreach (char c in token)
            {
                int b = ByteAlphabet.ByteOf(c);
                if (b < 0)
                {
                    // Not of the alphabet: an added token, which is text already.
                    bytes.RemoveRange(before, bytes.Count - before);
                    bytes.AddRange(Encoding.UTF8.GetBytes(token));
                    break;
                }
                bytes.Add((byte)b);
            }
        }
        tokens.Clear();
        tokens.Add(Encoding.UTF8.GetString([.. bytes]));
    }
}
