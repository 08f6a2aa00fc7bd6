using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LlmRec;

/// <summary>
/// Computes several <see cref="BehaviourFeature"/>s in one walk over the history's rows: each row is first cut down to the
/// candidates, then eight sums with different decays and dampings advance together, one vector addition an entry.
/// </summary>
/// <remarks>Immutable and thread-safe. No allocation once a thread has seen its largest request.</remarks>
internal sealed class BehaviourPlan
{
    /// <summary>Older events do not count: 0.95^50 is 8 %.</summary>
    public const int MaxHistory = 50;

    private const int Lanes = 8;

    private readonly List<List<Pass>> _walks = [];   // one a table

    /// <summary>A plan for features and the columns they fill.</summary>
    public BehaviourPlan(IReadOnlyList<(BehaviourFeature Feature, int Column)> features)
    {
        foreach (var table in features.GroupBy(f => f.Feature.Signal))
        {
            var walk = new List<Pass>();
            // terms under a logarithm of their own need their dampings before it, so these are the pass's, not the lane's
            foreach (var alike in table.GroupBy(f => f.Feature.Each ? (f.Feature.Alpha, f.Feature.Beta) : (-1f, -1f)))
            {
                Pass? pass = null;
                foreach ((BehaviourFeature feature, int column) in alike)
                {
                    int lane = pass?.Find(feature.Decay, feature.Alpha) ?? -1;
                    if (pass is null || (lane < 0 && pass.Decays.Count == Lanes))
                    {
                        pass = new(feature);
                        walk.Add(pass);
                    }
                    if (lane < 0)
                    {
                        lane = pass.Decays.Count;
                        pass.Decays.Add(feature.Decay);
                        pass.Alphas.Add(feature.Alpha);
                    }
                    pass.Outputs.Add(new(feature, lane, column));
                }
            }
            _walks.Add(walk);
        }
    }

    public bool IsEmpty => _walks.Count == 0;

    /// <summary>Fills the columns.</summary>
    /// <param name="user">The user.</param>
    /// <param name="candidates">n items.</param>
    /// <param name="values">Receives the columns of n values each, column after column.</param>
    public void Compute(UserProfile user, Candidates candidates, Span<float> values)
    {
        int n = candidates.Count;
        BehaviourModel? model = candidates.Space.Behaviour;
        if (model is null || user.Count == 0)
        {
            foreach (List<Pass> walk in _walks)
                foreach (Pass pass in walk)
                    foreach (Output output in pass.Outputs) values.Slice(output.Column * n, n).Clear();
            return;
        }

        Scratch scratch = Scratch.ForThread(model.HandleCount, n);
        ReadOnlySpan<int> items = candidates.Handles;
        int[] slotOf = scratch.SlotOf;   // 0: no candidate
        for (int i = 0; i < n; i++)
            if (items[i] < model.HandleCount) slotOf[items[i]] = i + 1;

        foreach (List<Pass> walk in _walks)
        {
            BehaviourSignal signal = walk[0].First.Signal;
            Span<float> logSize = scratch.LogSize.AsSpan(0, n + 1);   // by slot
            logSize[0] = 0f;
            for (int i = 0; i < n; i++) logSize[i + 1] = items[i] < model.HandleCount ? Size(model, signal, items[i]) : 1f;
            TensorPrimitives.Log(logSize[1..], logSize[1..]);

            int at = 0;
            foreach (Pass pass in walk) scratch.Prepare(pass, at++, n + 1);
            Walk(walk, user, model, scratch, n + 1);
            at = 0;
            foreach (Pass pass in walk)
            {
                foreach (Output output in pass.Outputs)
                    Read(output, items, model, user, scratch, scratch.Sums[at], values.Slice(output.Column * n, n));
                at++;
            }
        }
        for (int i = 0; i < n; i++)
            if (items[i] < model.HandleCount) slotOf[items[i]] = 0;
    }

    private static void Walk(List<Pass> walk, UserProfile user, BehaviourModel model, Scratch scratch, int slots)
    {
        BehaviourSignal signal = walk[0].First.Signal;
        NeighbourRows rows = Table(model, signal);
        ReadOnlySpan<int> history = user.Handles;
        int[] slotOf = scratch.SlotOf;
        for (int r = 0; r < history.Length && r < MaxHistory; r++)
        {
            int item = history[r];
            if (item >= model.HandleCount) continue;
            ReadOnlySpan<int> ids = rows.Ids(item);
            ReadOnlySpan<float> weights = rows.Weights(item);
            scratch.Reserve(ids.Length);
            int[] places = scratch.Places;
            float[] counts = scratch.Counts;
            int kept = 0;
            for (int e = 0; e < ids.Length; e++)   // written always, kept when it is a candidate: no branch to guess
            {
                int slot = slotOf[ids[e]];
                (places[kept], counts[kept]) = (slot, weights[e]);
                kept += slot != 0 ? 1 : 0;
            }
            float logSize = MathF.Log(Size(model, signal, item));
            for (int p = 0; p < walk.Count; p++)
            {
                ReadOnlySpan<float> terms = counts.AsSpan(0, kept);
                if (walk[p].First.Each) terms = Logarithms(walk[p].First, logSize, places.AsSpan(0, kept), terms, scratch.Damping[p], scratch.Terms);
                Accumulate(walk[p], r, logSize, places.AsSpan(0, kept), terms, scratch.Sums[p].AsSpan(0, slots * Lanes));
            }
        }
    }

    // ln(1 + c·x) of each kept entry; damping: pop(j)^−β by slot
    private static Span<float> Logarithms(BehaviourFeature feature, float logSize, ReadOnlySpan<int> places, ReadOnlySpan<float> counts, float[] damping, float[] terms)
    {
        float factor = feature.Scale * MathF.Exp(-feature.Alpha * logSize);
        Span<float> x = terms.AsSpan(0, places.Length);
        for (int e = 0; e < x.Length; e++) x[e] = factor * counts[e] * damping[places[e]];
        TensorPrimitives.LogP1(x, x);
        return x;
    }

    // sums: (slots, 8), one row a candidate, one lane a (decay, α)
    private static void Accumulate(Pass pass, int r, float logSize, ReadOnlySpan<int> places, ReadOnlySpan<float> terms, Span<float> sums)
    {
        Span<float> lane = stackalloc float[Lanes];
        lane.Clear();
        for (int k = 0; k < pass.Decays.Count; k++)
        {
            float fade = MathF.Pow(pass.Decays[k], r);
            lane[k] = pass.First.Each ? fade : fade * MathF.Exp(-pass.Alphas[k] * logSize);
        }
        Vector256<float> weight = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(lane));
        ref float sum = ref MemoryMarshal.GetReference(sums);
        for (int e = 0; e < terms.Length; e++)
        {
            nuint at = (nuint)places[e] * Lanes;
            (Vector256.LoadUnsafe(ref sum, at) + weight * terms[e]).StoreUnsafe(ref sum, at);
        }
    }

    private static void Read(Output output, ReadOnlySpan<int> items, BehaviourModel model, UserProfile user, Scratch scratch, float[] sums, Span<float> column)
    {
        int known = model.HandleCount;
        for (int i = 0; i < items.Length; i++)   // by item, not by place, so that an item that comes twice is right twice
            column[i] = items[i] < known ? sums[scratch.SlotOf[items[i]] * Lanes + output.Lane] : 0f;
        BehaviourFeature feature = output.Feature;
        if (!feature.Each)
        {
            Span<float> damping = scratch.Temporary.AsSpan(0, items.Length);   // c · pop(j)^−β
            TensorPrimitives.Multiply(scratch.LogSize.AsSpan(1, items.Length), -feature.Beta, damping);
            TensorPrimitives.Exp(damping, damping);
            TensorPrimitives.Multiply(damping, feature.Scale, damping);
            TensorPrimitives.Multiply(column, damping, column);
            TensorPrimitives.LogP1(column, column);
        }
        if (feature.KnownUser) TensorPrimitives.Multiply(column, BehaviourFeature.Knowledge(user.Count), column);
    }

    /// <summary>The share of each place of the history in a feature: of the sum under the logarithm, or of the logarithms' sum.</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="user">The user.</param>
    /// <param name="item">The candidate's handle.</param>
    /// <param name="shares">Receives a value a place; they sum to 1, or to 0 when nothing matches.</param>
    public static void Shares(BehaviourFeature feature, UserProfile user, int item, Span<float> shares)
    {
        shares.Clear();
        BehaviourModel? model = user.Space.Behaviour;
        if (model is null || item >= model.HandleCount) return;
        NeighbourRows rows = Table(model, feature.Signal);
        float damping = MathF.Pow(Size(model, feature.Signal, item), -feature.Beta), fade = 1f, total = 0f;
        for (int r = 0; r < user.Count && r < MaxHistory; r++)
        {
            int h = user.Handles[r];
            if (h < model.HandleCount)
            {
                float x = damping * MathF.Pow(Size(model, feature.Signal, h), -feature.Alpha) * rows.WeightOf(h, item);
                total += shares[r] = fade * (feature.Each ? MathF.Log(1f + feature.Scale * x) : x);
            }
            fade *= feature.Decay;
        }
        if (total > 0) TensorPrimitives.Divide(shares, total, shares);
    }

    internal static NeighbourRows Table(BehaviourModel model, BehaviourSignal signal) => signal switch
    {
        BehaviourSignal.Followers => model.Followers,
        BehaviourSignal.Predecessors => model.Predecessors,
        _ => model.Companions,
    };

    /// <summary>What an item's counts are damped by.</summary>
    internal static float Size(BehaviourModel model, BehaviourSignal signal, int item) => signal == BehaviourSignal.Companions
        ? MathF.Max(model.Mass[item], 0.5f)
        : MathF.Max(model.Popularity[item], model.PopularityFloor);

    private sealed class Pass(BehaviourFeature first)
    {
        public BehaviourFeature First { get; } = first;
        public List<float> Decays { get; } = [];
        public List<float> Alphas { get; } = [];
        public List<Output> Outputs { get; } = [];

        public int Find(float decay, float alpha)
        {
            for (int k = 0; k < Decays.Count; k++)
                if (Decays[k] == decay && Alphas[k] == alpha) return k;
            return -1;
        }
    }

    private readonly record struct Output(BehaviourFeature Feature, int Lane, int Column);

    private sealed class Scratch
    {
        [ThreadStatic] private static Scratch? s_mine;

        public int[] SlotOf = [];   // all zero between calls
        public float[] LogSize = [];
        public float[] Temporary = [];
        public float[][] Sums = [];      // by pass: (slots, 8)
        public float[][] Damping = [];   // by pass: slots
        public int[] Places = [];
        public float[] Counts = [];
        public float[] Terms = [];

        public static Scratch ForThread(int handles, int n)
        {
            Scratch s = s_mine ??= new();
            if (s.SlotOf.Length < handles) s.SlotOf = new int[handles + (handles >> 2)];
            if (s.LogSize.Length < n + 1)
            {
                s.LogSize = new float[n + 1 + (n >> 2)];
                s.Temporary = new float[s.LogSize.Length];
            }
            return s;
        }

        public void Prepare(Pass pass, int p, int slots)
        {
            if (Sums.Length <= p)
            {
                Array.Resize(ref Sums, p + 1);
                Array.Resize(ref Damping, p + 1);
                (Sums[p], Damping[p]) = ([], []);
            }
            if (Sums[p].Length < slots * Lanes)
            {
                Sums[p] = new float[(slots + (slots >> 2)) * Lanes];
                Damping[p] = new float[slots + (slots >> 2)];
            }
            Sums[p].AsSpan(0, slots * Lanes).Clear();
            if (!pass.First.Each) return;
            Span<float> damping = Damping[p].AsSpan(0, slots);
            TensorPrimitives.Multiply(LogSize.AsSpan(0, slots), -pass.First.Beta, damping);
            TensorPrimitives.Exp(damping, damping);
        }

        public void Reserve(int entries)
        {
            if (Places.Length >= entries) return;
            int size = entries + (entries >> 1);
            (Places, Counts, Terms) = (new int[size], new float[size], new float[size]);
        }
    }
}
