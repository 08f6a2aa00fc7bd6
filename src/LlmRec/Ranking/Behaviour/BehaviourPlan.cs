using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LlmRec;

/// <summary>
/// Computes several <see cref="BehaviourFeature"/>s in one walk over the history's rows: eight sums with different decays and
/// dampings advance together, one vector addition an entry.
/// </summary>
/// <remarks>Immutable and thread-safe. No allocation once a thread has seen its largest request.</remarks>
internal sealed class BehaviourPlan
{
    /// <summary>Older events do not count: 0.95^50 is 8 %.</summary>
    public const int MaxHistory = 50;

    private const int Lanes = 8;

    private readonly List<Pass> _passes = [];

    /// <summary>A plan for features and the columns they fill.</summary>
    public BehaviourPlan(IReadOnlyList<(BehaviourFeature Feature, int Column)> features)
    {
        foreach (BehaviourSignal signal in Enum.GetValues<BehaviourSignal>())
        {
            Pass? pass = null;
            foreach ((BehaviourFeature feature, int column) in features)
            {
                if (feature.Signal != signal) continue;
                int lane = pass?.Find(feature.Decay, feature.Alpha) ?? -1;
                if (pass is null || (lane < 0 && pass.Decays.Count == Lanes))
                {
                    pass = new(signal);
                    _passes.Add(pass);
                }
                if (lane < 0)
                {
                    lane = pass.Decays.Count;
                    pass.Decays.Add(feature.Decay);
                    pass.Alphas.Add(feature.Alpha);
                }
                pass.Outputs.Add(new(lane, column, feature.Beta, feature.Scale));
            }
        }
    }

    public bool IsEmpty => _passes.Count == 0;

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
            foreach (Pass pass in _passes)
                foreach (Output output in pass.Outputs) values.Slice(output.Column * n, n).Clear();
            return;
        }

        Scratch scratch = Scratch.ForThread(model.HandleCount, n);
        ReadOnlySpan<int> items = candidates.Handles;
        // slot 0 takes what falls on items that are no candidates, so that the inner loop has no branch
        int[] slotOf = scratch.SlotOf;
        for (int i = 0; i < n; i++)
            if (items[i] < model.HandleCount) slotOf[items[i]] = i + 1;

        foreach (Pass pass in _passes)
        {
            Accumulate(pass, user, model, slotOf, scratch.Sums.AsSpan(0, (n + 1) * Lanes));
            foreach (Output output in pass.Outputs)
                Read(pass, output, items, model, scratch, values.Slice(output.Column * n, n));
        }
        for (int i = 0; i < n; i++)
            if (items[i] < model.HandleCount) slotOf[items[i]] = 0;
    }

    // sums: (n + 1, 8), one row a candidate, one lane a (decay, α)
    private static void Accumulate(Pass pass, UserProfile user, BehaviourModel model, int[] slotOf, Span<float> sums)
    {
        sums.Clear();
        ref float sum = ref MemoryMarshal.GetReference(sums);
        NeighbourRows rows = Table(model, pass.Signal);
        ReadOnlySpan<int> history = user.Handles;
        Span<float> fade = stackalloc float[Lanes];
        Span<float> lane = stackalloc float[Lanes];
        for (int k = 0; k < Lanes; k++) fade[k] = k < pass.Decays.Count ? 1f : 0f;

        for (int r = 0; r < history.Length && r < MaxHistory; r++)
        {
            int item = history[r];
            if (item < model.HandleCount)
            {
                float damping = MathF.Log(Size(model, pass.Signal, item));
                for (int k = 0; k < pass.Decays.Count; k++) lane[k] = fade[k] * MathF.Exp(-pass.Alphas[k] * damping);
                Vector256<float> weight = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(lane));
                ReadOnlySpan<int> ids = rows.Ids(item);
                ReadOnlySpan<float> counts = rows.Weights(item);
                for (int e = 0; e < ids.Length; e++)
                {
                    nuint at = (nuint)slotOf[ids[e]] * Lanes;
                    (Vector256.LoadUnsafe(ref sum, at) + weight * counts[e]).StoreUnsafe(ref sum, at);
                }
            }
            for (int k = 0; k < pass.Decays.Count; k++) fade[k] *= pass.Decays[k];
        }
    }

    private static void Read(Pass pass, Output output, ReadOnlySpan<int> items, BehaviourModel model, Scratch scratch, Span<float> column)
    {
        Span<float> damping = scratch.Damping.AsSpan(0, items.Length);
        int known = model.HandleCount;
        for (int i = 0; i < items.Length; i++)
        {
            bool inside = items[i] < known;
            column[i] = inside ? scratch.Sums[scratch.SlotOf[items[i]] * Lanes + output.Lane] : 0f;
            damping[i] = inside ? Size(model, pass.Signal, items[i]) : 1f;
        }
        // ln(1 + c x pop^−β)
        TensorPrimitives.Log(damping, damping);
        TensorPrimitives.Multiply(damping, -output.Beta, damping);
        TensorPrimitives.Exp(damping, damping);
        TensorPrimitives.Multiply(column, damping, column);
        TensorPrimitives.Multiply(column, output.Scale, column);
        TensorPrimitives.LogP1(column, column);
    }

    /// <summary>The share of each place of the history in the sum behind a feature, before the logarithm.</summary>
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
        float fade = 1f, total = 0f;
        for (int r = 0; r < user.Count && r < MaxHistory; r++)
        {
            int h = user.Handles[r];
            if (h < model.HandleCount)
                total += shares[r] = fade * MathF.Pow(Size(model, feature.Signal, h), -feature.Alpha) * rows.WeightOf(h, item);
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

    private sealed class Pass(BehaviourSignal signal)
    {
        public BehaviourSignal Signal { get; } = signal;
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

    private readonly record struct Output(int Lane, int Column, float Beta, float Scale);

    private sealed class Scratch
    {
        [ThreadStatic] private static Scratch? s_mine;

        public int[] SlotOf = [];   // all zero between calls
        public float[] Sums = [];
        public float[] Damping = [];

        public static Scratch ForThread(int handles, int n)
        {
            Scratch s = s_mine ??= new();
            if (s.SlotOf.Length < handles) s.SlotOf = new int[handles + (handles >> 2)];
            if (s.Sums.Length < (n + 1) * Lanes) s.Sums = new float[(n + 1 + (n >> 2)) * Lanes];
            if (s.Damping.Length < n) s.Damping = new float[n + (n >> 2)];
            return s;
        }
    }
}
