namespace LlmRec;

/// <summary>Every built-in strategy behind one knob.</summary>
/// <remarks>Immutable and thread-safe; each thread keeps its own scratch memory, and a call allocates nothing once that has grown.</remarks>
public sealed partial class Diversifier : IDiversifier
{
    [ThreadStatic]
    private static DiversityRun? t_run;

    private readonly DiversityOptions _options;
    private readonly RelevanceScale _scale;

    private Diversifier(DiversityStrategy strategy, DiversityOptions options)
    {
        Strategy = strategy;
        _options = options;
        _scale = strategy == DiversityStrategy.Dpp ? RelevanceScale.Standard
            : options.Relevance ?? (strategy == DiversityStrategy.Ssd ? RelevanceScale.Standard : RelevanceScale.Range);
    }

    /// <summary>The strategy.</summary>
    public DiversityStrategy Strategy { get; }

    /// <summary>A diversifier of the given strategy.</summary>
    /// <param name="strategy">How variety is weighed against relevance.</param>
    /// <param name="options">Details; <see langword="null"/> takes every default.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static Diversifier Create(DiversityStrategy strategy, DiversityOptions? options = null)
    {
        if (!Enum.IsDefined(strategy))
            throw new ArgumentOutOfRangeException(nameof(strategy), strategy, "no such strategy");
        options ??= new();
        DiversityOptions.Validate(options, strategy);
        return new(strategy, options);
    }

    /// <inheritdoc/>
    public unsafe int Diversify(RankedCandidates candidates, double diversity, Span<Pick> picks, DiversityNotes? notes = null)
    {
        Check(candidates, diversity);
        notes?.Clear();
        int k = Math.Min(picks.Length, candidates.Count);
        if (k == 0)
            return 0;

        // Taken, not borrowed: a rule of the caller's that diversifies something itself finds none here and makes its own.
        DiversityRun run = t_run ?? new();
        t_run = null;
        try
        {
            fixed (float* rows = candidates.Vectors.Span, shown = candidates.ShownVectors.Span)
            {
                run.Enter(candidates, _options, _scale, Strategy == DiversityStrategy.Dpp, diversity, k, rows, shown);
                if (diversity > 0 && Strategy is >= DiversityStrategy.Mmr and <= DiversityStrategy.Ssd)
                    run.MixCategories();
                GreedyStrategy strategy = run.Strategy(diversity == 0 ? DiversityStrategy.Relevance : Strategy);
                strategy.Begin(run);
                int count = Pick(run, strategy, k, picks);
                if (notes is not null && !run.Rules.IsEmpty)
                    run.Rules.Report(notes, count, k);
                if (_options.RelevanceOrder && !run.Rules.HasDistances)
                    SortByScore(run, picks[..count]);
                if (_options.Reasons)
                    Explain(run, candidates, rows, shown, picks[..count]);
                return count;
            }
        }
        finally
        {
            run.Leave();
            t_run = run;
        }
    }

    private static int Pick(DiversityRun run, GreedyStrategy strategy, int k, Span<Pick> picks)
    {
        RuleBook rules = run.Rules;
        bool ruled = !rules.IsEmpty;
        if (ruled)
        {
            rules.Plan(k);
            k = rules.Length;
        }
        int count = 0;
        for (; count < k; count++)
        {
            if (ruled)
                Bar(run);
            int index = strategy.Next(run, out double value);
            if (ruled)
                index = Permitted(run, strategy, index, ref value);
            if (index < 0)
                break;
            picks[count] = new(index, (float)value);
            run.State[index] |= DiversityRun.Picked;
            if (ruled)
                rules.Add(index);
            if (count + 1 < k)
                strategy.Add(run, index);
            run.PickCount++;
        }
        return count;
    }

    private static void SortByScore(DiversityRun run, Span<Pick> picks)
    {
        ReadOnlySpan<float> scores = run.Scores.Span;
        Span<float> keys = run.Left(scores)[..picks.Length];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = -scores[picks[i].Index];
        keys.Sort(picks);
    }

    /// <summary>Bars what a cap or a distance holds back at this step.</summary>
    private static void Bar(DiversityRun run)
    {
        Span<byte> state = run.State;
        for (int i = 0; i < state.Length; i++)
            state[i] = (byte)((state[i] & DiversityRun.Picked) | (run.Rules.Allows(i) ? 0 : DiversityRun.Barred));
    }

    /// <summary>The best candidate after which the list can still be finished; when a search without end let none pass, the best one.</summary>
    private static int Permitted(DiversityRun run, GreedyStrategy strategy, int index, ref double value)
    {
        (int best, double bestValue) = (index, value);
        while (index >= 0)
        {
            int group = run.Rules.GroupOf(index);
            if (run.Rules.CanFinish(group))
                return index;
            Span<byte> state = run.State;
            for (int i = 0; i < state.Length; i++)
                if (run.Rules.GroupOf(i) == group)
                    state[i] |= DiversityRun.Barred;
            index = strategy.Next(run, out value);
        }
        value = bestValue;
        return best;
    }

    private static void Check(RankedCandidates candidates, double diversity)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        if (!(diversity is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(diversity), diversity, "the knob goes from 0 (the ranker's order) to 1 (variety only)");
        int n = candidates.Count, d = candidates.Dimensions;
        if (d < 0)
            throw new ArgumentException($"{nameof(candidates.Dimensions)} is {d}: give 0 when there are no vectors", nameof(candidates));
        if ((long)n * d != candidates.Vectors.Length)
            throw new ArgumentException($"{n} scores and {d} dimensions want {(long)n * d} vector elements, there are {candidates.Vectors.Length}", nameof(candidates));
        if (candidates.Items.Count != 0 && candidates.Items.Count != n)
            throw new ArgumentException($"there are {n} scores and {candidates.Items.Count} items: give an item for each score, or none", nameof(candidates));
        if (!candidates.Popularity.IsEmpty && candidates.Popularity.Length != n)
            throw new ArgumentException($"there are {n} scores and {candidates.Popularity.Length} popularities: give one for each score, or none", nameof(candidates));
        if (d == 0 ? !candidates.ShownVectors.IsEmpty : candidates.ShownVectors.Length % d != 0)
            throw new ArgumentException($"{candidates.ShownVectors.Length} elements of shown vectors cannot be cut into rows of {d}", nameof(candidates));
    }
}
