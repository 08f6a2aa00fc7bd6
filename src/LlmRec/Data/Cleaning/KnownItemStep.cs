namespace LlmRec;

internal sealed class KnownItemStep(Catalog catalog) : CleaningStep
{
    public override string ToString() => "items of the catalog";

    internal override int Apply(InteractionLog log, Span<int> positions, List<CleaningDrop> drops)
    {
        var known = new bool[log.ItemTable.Count];
        for (int i = 0; i < known.Length; i++) known[i] = catalog.HandleOf(log.ItemTable[i]) >= 0;
        int n = Compact(positions, (log, known), static (s, p) => s.known[s.log.ItemAt(p)]);
        drops.Add(new("item not in the catalog", positions.Length - n));
        return n;
    }
}
