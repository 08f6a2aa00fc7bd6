using System.Runtime.Intrinsics;

namespace LlmRec;

/// <summary>
/// A strategy under which a candidate's value can only fall as the list grows. The last known value is then a bound from above,
/// and a candidate whose bound lies below the best value found needs no second look (Minoux 1978).
/// </summary>
internal abstract unsafe class LazyStrategy : GreedyStrategy
{
    private readonly Scratch<float> _bounds = new();
    private readonly Scratch<int> _seen = new();

    private float* _bound;
    private int* _known;
    private byte* _state;

    /// <summary>Address of <see cref="Bounds"/>, after <see cref="Hold"/>.</summary>
    protected float* Bound => _bound;

    /// <summary>Address of <see cref="Seen"/>, after <see cref="Hold"/>.</summary>
    protected int* Known => _known;

    /// <summary>Takes the addresses of the run's buffers, which are pinned and stay as they are until the next run: a look at a candidate costs little more than its product.</summary>
    protected void Hold(DiversityRun run)
    {
        _bound = _bounds.Pointer(run.N);
        _known = _seen.Pointer(run.N);
        _state = RowDots.Bytes(run.State);
    }

    /// <summary>Values as of <see cref="Seen"/>, bounds from above since; −∞ once picked.</summary>
    protected Span<float> Bounds(DiversityRun run) => _bounds.Take(run.N);

    /// <summary>How many basis rows each candidate's value knows of; −1 when not even its own vector was looked at.</summary>
    protected Span<int> Seen(DiversityRun run) => _seen.Take(run.N);

    /// <summary>Brings a candidate's value up to date with all basis rows and returns it.</summary>
    protected abstract float Refresh(DiversityRun run, int index);

    /// <summary>True when a candidate's value may have risen, so that every one must be looked at again.</summary>
    protected virtual bool MayRise(DiversityRun run) => false;

    public override int Next(DiversityRun run, out double value)
    {
        int n = run.N, known = run.BasisCount;
        Span<float> bounds = Bounds(run);
        Span<int> seen = Seen(run);
        ReadOnlySpan<byte> state = run.State;
        if (MayRise(run))
        {
            for (int i = 0; i < n; i++)
                if (state[i] == 0 && seen[i] < known)
                    Refresh(run, i);
        }

        // A good value to start from spares most of the looks: follow the largest bound a few times.
        float best = float.NegativeInfinity;
        int at = -1;
        for (int tries = 0; tries < 4; tries++)
        {
            int i = RowDots.ArgMax(bounds);
            if (i < 0 || state[i] != 0)
                break;
            float v = seen[i] < known ? Refresh(run, i) : bounds[i];
            if (v > best || (v == best && i < at))
                (best, at) = (v, i);
            if (i == at && tries > 0 && bounds[i] == best && seen[i] == known && RowDots.ArgMax(bounds) == i)
                break;
        }

        fixed (float* b = bounds)
        {
            int i = 0;
            if (Vector512.IsHardwareAccelerated)
            {
                // 16 bounds at a time; a block without a bound at or above the best is passed over.
                for (; i <= n - 16; i += 16)
                {
                    ulong hits = Vector512.GreaterThanOrEqual(Vector512.Load(b + i), Vector512.Create(best)).ExtractMostSignificantBits();
                    for (; hits != 0; hits &= hits - 1)
                        Look(run, i + System.Numerics.BitOperations.TrailingZeroCount(hits), known, ref best, ref at);
                }
            }
            for (; i < n; i++)
                if (b[i] >= best)
                    Look(run, i, known, ref best, ref at);
        }
        value = best;
        return at;
    }

    private void Look(DiversityRun run, int i, int known, ref float best, ref int at)
    {
        float v = _bound[i];
        if (_state[i] != 0 || i == at || v < best || (v == best && i > at && at >= 0))
            return;
        if (_known[i] < known)
            v = Refresh(run, i);
        if (v > best || (v == best && i < at) || at < 0)
            (best, at) = (v, i);
    }

    public override void Add(DiversityRun run, int index) => Bounds(run)[index] = float.NegativeInfinity;
}
