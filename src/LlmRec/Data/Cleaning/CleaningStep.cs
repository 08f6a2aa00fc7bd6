namespace LlmRec;

/// <summary>One step of cleaning, for <see cref="InteractionLog.Clean"/>. Steps run in the order given and each sees what the one before left.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public abstract class CleaningStep
{
    private protected CleaningStep()
    {
    }

    /// <summary>What the step does, for the report.</summary>
    public abstract override string ToString();

    /// <summary>Keeps one event of each user with each item, whatever its kind and value.</summary>
    /// <param name="keep">Which one.</param>
    public static CleaningStep OnePerPair(Keep keep = Keep.Last) => new DuplicateStep(keep, exact: false);

    /// <summary>Drops events that repeat an earlier one in user, item, kind, value, time and text.</summary>
    public static CleaningStep NoRepeats() => new DuplicateStep(Keep.First, exact: true);

    /// <summary>Drops users with fewer than <paramref name="perUser"/> events and items with fewer than <paramref name="perItem"/>, again and again until none is left (the k-core of the bipartite graph, its edges counted with their multiplicity).</summary>
    /// <param name="perUser">Least number of events a user; 1 or less asks nothing.</param>
    /// <param name="perItem">Least number of events an item; 1 or less asks nothing.</param>
    public static CleaningStep Core(int perUser, int perItem) => new CoreStep(perUser, perItem);

    /// <summary>Keeps events whose value lies between the bounds, both included.</summary>
    /// <param name="least">The smallest value kept.</param>
    /// <param name="most">The greatest value kept.</param>
    /// <param name="keepWithout">Whether events without a value stay.</param>
    public static CleaningStep Values(float least, float most = float.PositiveInfinity, bool keepWithout = false) => new ValueStep(least, most, keepWithout);

    /// <summary>Keeps events from <paramref name="from"/> (included) to <paramref name="to"/> (excluded).</summary>
    /// <param name="from">The start; <see langword="null"/> for no limit.</param>
    /// <param name="to">The end; <see langword="null"/> for no limit.</param>
    /// <param name="keepWithout">Whether events without a time stay.</param>
    public static CleaningStep Between(DateTimeOffset? from, DateTimeOffset? to, bool keepWithout = false) => new TimeStep(from, to, keepWithout);

    /// <summary>Keeps events whose item the catalog has.</summary>
    public static CleaningStep KnownItems(Catalog catalog) => new KnownItemStep(catalog ?? throw new ArgumentNullException(nameof(catalog)));

    /// <summary>Keeps events of these kinds.</summary>
    public static CleaningStep Kinds(params InteractionKind[] kinds) => new KindStep(kinds ?? throw new ArgumentNullException(nameof(kinds)));

    /// <summary>Keeps some of the positions, in place and in order.</summary>
    /// <param name="log">The log as it was before any cleaning.</param>
    /// <param name="positions">Positions left so far, ascending; on return the first ones are those that stay.</param>
    /// <param name="drops">Receives the reasons.</param>
    /// <returns>How many stay.</returns>
    internal abstract int Apply(InteractionLog log, Span<int> positions, List<CleaningDrop> drops);

    /// <summary>Moves the positions that pass to the front.</summary>
    private protected static int Compact<TState>(Span<int> positions, TState state, Func<TState, int, bool> stays)
    {
        int n = 0;
        foreach (int p in positions)
            if (stays(state, p)) positions[n++] = p;
        return n;
    }
}
