namespace LlmRec;

/// <summary>A strategy that picks one candidate after the other. Holds the state of one run; its buffers stay for the next.</summary>
internal abstract class GreedyStrategy
{
    /// <summary>Starts a run over the input, context included.</summary>
    public abstract void Begin(DiversityRun run);

    /// <summary>The best candidate whose state is 0, at equal values the one of lowest index; −1 when there is none.</summary>
    public abstract int Next(DiversityRun run, out double value);

    /// <summary>Takes a candidate into the list. The caller marks it as picked.</summary>
    public abstract void Add(DiversityRun run, int index);
}
