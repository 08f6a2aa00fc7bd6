namespace LlmRec.Transformers;

/// <summary>Puts a text before every other; it stands for that one's first code point.</summary>
internal sealed class PrependNormalizer(string prefix) : TextNormalizer
{
    public override void Apply(AlignedText text)
    {
        text.Begin();
        for (int i = 0, units; i < prefix.Length; i += units) text.Put(CodePoints.At(prefix, i, out units), 0);
        text.Copy(0, text.Length);
        text.Commit();
    }
}
