namespace LlmRec;

internal sealed class KindStep(InteractionKind[] kinds) : CleaningStep
{
    private readonly InteractionKind[] _kinds = [.. kinds.Distinct()];

    public override string ToString() => "kinds " + string.Join(", ", _kinds);

    internal override int Apply(InteractionLog log, Span<int> positions, List<CleaningDrop> drops)
    {
        Span<int> dropped = stackalloc int[256];
        dropped.Clear();
        int n = 0;
        foreach (int p in positions)
        {
            InteractionKind kind = log.KindAt(p);
            if (_kinds.AsSpan().Contains(kind)) positions[n++] = p;
            else dropped[(int)kind]++;
        }
        for (int k = 0; k < dropped.Length; k++)
            if (dropped[k] > 0) drops.Add(new($"kind {(InteractionKind)k}", dropped[k]));
        return n;
    }
}
