using System.Globalization;
using System.Text;

namespace LlmRec.Transformers;

/// <summary>Runs of byte tokens (<c>&lt;0xE4&gt;</c>) back to text; a run that is not UTF-8 becomes one U+FFFD a byte.</summary>
internal sealed class ByteFallbackDecoder : TokenDecoder
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public override void Apply(List<string> tokens)
    {
        var result = new List<string>(tokens.Count);
        var run = new List<byte>();
        foreach (string token in tokens)
        {
            if (token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
                && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte b))
            {
                run.Add(b);
                continue;
            }
            Flush(run, result);
            result.Add(token);
        }
        Flush(run, result);
        tokens.Clear();
        tokens.AddRange(result);
    }

    private static void Flush(List<byte> run, List<string> result)
    {
        if (run.Count == 0) return;
        try
        {
            result.Add(Strict.GetString([.. run]));
        }
        catch (DecoderFallbackException)
        {
            for (int i = 0; i < run.Count; i++) result.Add("\uFFFD");
        }
        run.Clear();
    }
}
