namespace LlmRec;

/// <summary>The last items of the history count, the r-th newest with decay^r.</summary>
internal sealed class RecentTastes(ItemSequences sequences, int window, double decay) : ItemTastes
{
    public override bool Occurs(int item) => sequences.Occurs(item);

    public override IEnumerable<(int Item, float Share)> Of(UserContext user)
    {
        double share = 1;
        foreach (int i in sequences.NewestOf(user, window))
        {
            yield return (i, (float)share);
            share *= decay;
        }
    }
}
