namespace LlmRec.Transformers;

/// <summary>Several steps, one after the other.</summary>
internal sealed class SequencePreTokenizer(IReadOnlyList<PreTokenizer> steps) : PreTokenizer
{
    private readonly PreTokenizer[] _steps = [.. steps];

    public override bool NeedsOrigins => _steps.Any(s => s.NeedsOrigins);

    public override IEnumerable<PreTokenizer> Flatten() => _steps.SelectMany(s => s.Flatten());

    public override void Apply(AlignedText text, SplitList splits)
    {
        foreach (PreTokenizer step in _steps) step.Apply(text, splits);
    }
}
