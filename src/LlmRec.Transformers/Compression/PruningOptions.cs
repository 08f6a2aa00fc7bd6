namespace LlmRec.Transformers;

/// <summary>What to take out of a sentence encoder.</summary>
public sealed record PruningOptions
{
    /// <summary>Whether only the pieces that the texts use are kept (with the special ones); default yes. Other texts are then spelt in smaller pieces, or as unknown.</summary>
    public bool Vocabulary { get; init; } = true;

    /// <summary>Attention heads to take out of every layer, those whose absence changes the texts' vectors least; at least 0 and fewer than there are, default 0.</summary>
    public int HeadsPerLayer { get; init; }

    /// <summary>Layers to take out, one after the other, each time the one whose absence changes the vectors least; at least 0 and fewer than there are, default 0.</summary>
    public int Layers { get; init; }

    /// <summary>Texts that importance is measured on, spread evenly over those given; at least 1, default 64.</summary>
    public int SampleTexts { get; init; } = 64;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(HeadsPerLayer);
        ArgumentOutOfRangeException.ThrowIfNegative(Layers);
        ArgumentOutOfRangeException.ThrowIfLessThan(SampleTexts, 1);
    }
}
