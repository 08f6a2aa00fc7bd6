using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>Turns examples into feature values, choosing rivals for those in which all items compete.</summary>
internal static class TrainingBlocks
{
    /// <summary>Up to this many items, all are scored to find the strongest rivals; beyond, the successors of the history stand for them.</summary>
    private const int ScoreAllUpTo = 16_384;

    /// <summary>Computes the blocks of a seeded sample of the examples, in their order.</summary>
    public static TrainingBlock[] Collect(LinearScoringHead head, IRankingExamples examples, IItemSpace space, LinearScoringOptions options,
        IProgress<double>? progress, CancellationToken cancellationToken)
    {
        int[] chosen = Sample(examples.Count, options.MaxExamples, options.Seed);
        int[] live = Live(space);
        var blocks = new TrainingBlock[chosen.Length];
        int done = 0;
        Lock gate = new();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads > 0 ? options.Threads : Environment.ProcessorCount, CancellationToken = cancellationToken };
        Parallel.For(0, chosen.Length, parallel, () => new Scratch(), (e, _, scratch) =>
        {
            blocks[e] = One(head, examples, chosen[e], space, live, options, scratch);
            if (progress is not null)
                lock (gate) progress.Report(++done / (double)chosen.Length);
            return scratch;
        }, static _ => { });
        return blocks;
    }

    private static TrainingBlock One(LinearScoringHead head, IRankingExamples examples, int index, IItemSpace space, int[] live, LinearScoringOptions options, Scratch scratch)
    {
        Candidates items = scratch.Items;
        items.Reset(space);
        scratch.Labels.Clear();
        bool open = examples.Load(index, scratch.User, items, scratch.Labels);
        int given = items.Count;
        int hard = 0;
        float logWeight = 0;
        if (open)
        {
            var random = new Random(options.Seed * 31 + index);
            scratch.Taken.Clear();
            foreach (int item in items.Handles) scratch.Taken.Add(item);
            foreach (int item in scratch.User.Handles) scratch.Taken.Add(item);
            if (random.NextDouble() < options.Newcomers) MakeNewcomer(scratch.User, space, options.Wishes > 0 && random.NextDouble() < options.Wishes ? items.Handles[..given] : [], random);
            (hard, logWeight) = AddRivals(head, space, live, options, scratch, random);
        }

        int n = items.Count, f = head.Parts.Count;
        var values = new float[f * n];
        head.ComputeFeatures(scratch.User, items, values);
        var labels = new float[n];
        scratch.Labels.CopyTo(labels);
        float[] logWeights = [];
        if (logWeight != 0)
        {
            logWeights = new float[n];
            logWeights.AsSpan(given + hard).Fill(logWeight);
        }
        return new(values, labels, logWeights);
    }

    // Strata: the strongest rivals each stand for themselves, a uniform sample of the rest for all the rest, so the sampled softmax
    // estimates the whole one without bias in its sum.
    private static (int Hard, float LogWeight) AddRivals(LinearScoringHead head, IItemSpace space, int[] live, LinearScoringOptions options, Scratch scratch, Random random)
    {
        Candidates items = scratch.Items;
        HashSet<int> taken = scratch.Taken;
        Candidates pool = scratch.Pool;
        pool.Reset(space);
        bool all = live.Length <= ScoreAllUpTo;
        if (all)
        {
            foreach (int item in live)
                if (!taken.Contains(item)) pool.Add(item);
            if (pool.Count <= options.HardNegatives + options.RandomNegatives)
            {
                foreach (int item in pool.Handles) items.Add(item);
                return (pool.Count, 0);
            }
        }
        int hard = all ? AddStrongest(head, options.HardNegatives, scratch) : AddSuccessors(space, options.HardNegatives, scratch);
        int rest = live.Length - taken.Count;   // approximate where the history holds removed items, which changes nothing that matters
        int wanted = Math.Min(options.RandomNegatives, rest);
        int drawn = 0;
        while (drawn < wanted)
        {
            int item = live[random.Next(live.Length)];
            if (!taken.Add(item)) continue;
            items.Add(item);
            drawn++;
        }
        return (hard, drawn == 0 ? 0 : MathF.Log(rest / (float)drawn));
    }

    // A newcomer's words, stood in for by the texts of three items: of the history and, where words are wishes, of the event to come.
    private static void MakeNewcomer(UserProfile user, IItemSpace space, ReadOnlySpan<int> wanted, Random random)
    {
        int d = space.Dimensions, n = user.Count;
        if (d == 0 || n == 0) return;
        float[] words = new float[d];
        int drawn = 0;
        if (wanted.Length > 0)
        {
            TensorPrimitives.Add(words, space.VectorOf(wanted[0]), words);
            drawn = 1;
        }
        for (; drawn < Math.Min(3, n); drawn++) TensorPrimitives.Add(words, user.VectorAt(random.Next(n)), words);
        float length = TensorPrimitives.Norm<float>(words);
        if (!(length > 0)) return;
        user.Reset(user.Context, space, user.Now);
        TensorPrimitives.Divide(words, length, user.SetText(d));
    }

    private static int AddStrongest(LinearScoringHead head, int count, Scratch scratch)
    {
        Candidates pool = scratch.Pool;
        if (scratch.Scores.Length < pool.Count) scratch.Scores = new float[pool.Count + (pool.Count >> 2)];
        Span<float> scores = scratch.Scores.AsSpan(0, pool.Count);
        head.Rank(scratch.User, pool, scores);
        Span<int> best = scratch.Best(count);
        int n = TopScores.Select(scores, best);
        foreach (int place in best[..n])
        {
            scratch.Items.Add(pool.Handles[place]);
            scratch.Taken.Add(pool.Handles[place]);
        }
        return n;
    }

    private static int AddSuccessors(IItemSpace space, int count, Scratch scratch)
    {
        if (space.Behaviour is not { } model || count == 0) return 0;
        Span<int> best = scratch.Best(count + scratch.Taken.Count);
        int n = model.Successors(scratch.User, best), added = 0;
        foreach (int item in best[..n])
        {
            if (added == count) break;
            if (space.Catalog.ItemAt(item) is null || !scratch.Taken.Add(item)) continue;
            scratch.Items.Add(item);
            added++;
        }
        return added;
    }

    private static int[] Sample(int count, int most, int seed)
    {
        var all = new int[count];
        for (int i = 0; i < count; i++) all[i] = i;
        if (count <= most) return all;
        new Random(seed).Shuffle(all);
        Array.Resize(ref all, most);
        Array.Sort(all);
        return all;
    }

    private static int[] Live(IItemSpace space)
    {
        var live = new List<int>(space.Catalog.Count);
        for (int h = 0; h < space.Catalog.HandleCount; h++)
            if (space.Catalog.ItemAt(h) is not null) live.Add(h);
        return [.. live];
    }

    private sealed class Scratch
    {
        private int[] _best = [];

        public UserProfile User { get; } = new();
        public Candidates Items { get; } = new();
        public Candidates Pool { get; } = new();
        public List<float> Labels { get; } = [];
        public HashSet<int> Taken { get; } = [];
        public float[] Scores = [];

        public Span<int> Best(int count)
        {
            if (_best.Length < count) _best = new int[count];
            return _best.AsSpan(0, count);
        }
    }
}
