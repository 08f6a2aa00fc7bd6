namespace LlmRec.Transformers;

/// <summary>Several steps, one after the other.</summary>
internal sealed class SequenceNormalizer(IReadOnlyList<TextNormalizer> steps) : TextNormalizer
{
    private readonly TextNormalizer[] _steps = [.. steps];

    public override void Apply(AlignedText text)
    {
        foreach (TextNormalizer step in _steps)
        {
            if (text.Length == 0) return;
            step.Apply(text);
        }
    }
}
