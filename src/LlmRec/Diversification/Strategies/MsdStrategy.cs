using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace LlmRec;

/// <summary>
/// Max-sum dispersion: λ r + (1 − λ) · the sum (or mean) of distances to the picks. Values rise with the list, so every candidate is
/// looked at in every step; with cosines a step is one product of all rows with the sum of the picks, Σ (1 − v̂·p̂) = |S| − v̂·Σ p̂.
/// </summary>
internal sealed unsafe class MsdStrategy : GreedyStrategy
{
    private readonly Scratch<float> _has = new(), _inverse = new(), _total = new(), _dots = new(), _unit = new();
    private readonly Scratch<double> _sum = new();
    private readonly QuantizedRows _quantized = new();
    private bool _bySum, _ready;
    private int _count;

    public override void Begin(DiversityRun run)
    {
        _bySum = run.Options.Similarity == VectorSimilarity.Cosine;
        _ready = false;
        _count = 0;
        _sum.Zeroed(run.D);
        _total.Zeroed(run.N);
        for (int m = 0; m < run.ShownRows; m++)
            Fold(run, run.Shown + (long)m * run.D, m, shown: true);
    }

    public override int Next(DiversityRun run, out double value)
    {
        int best;
        if (_count == 0 && run.ShownRows == 0)
        {
            best = FirstPick.MostRelevant(run);
            value = best < 0 ? 0 : (float)run.Lambda * run.Relevance32[best];
            return best;
        }
        best = _bySum ? BySum(run, out float v) : ByTotal(run, out v);
        value = v;
        return best;
    }

    public override void Add(DiversityRun run, int index) => Fold(run, run.Row(index), index, shown: false);

    /// <summary>Reads every vector once: its length, and its 16-bit form.</summary>
    private void Prepare(DiversityRun run)
    {
        int n = run.N, d = run.D;
        Span<float> inverse = _inverse.Take(n), has = _has.Take(n);
        _quantized.Reserve(n, d);
        float zero = run.Options.ZeroVectorsAddNothing ? 0 : 1;
        const int block = 32; // lengths, then integers, while the rows are in the first cache
        for (int first = 0; first < n; first += block)
        {
            int last = Math.Min(n, first + block);
            for (int i = first; i < last; i++)
            {
                inverse[i] = d == 0 ? 0 : run.InverseLength(run.Row(i), i);
                has[i] = inverse[i] != 0 ? 1 : zero;
            }
            if (QuantizedRows.IsSupported)
                _quantized.Set(first, run.Row(first), run.Stride, inverse[first..last], d);
        }
        _ready = true;
    }

    private void Fold(DiversityRun run, float* row, int index, bool shown)
    {
        if (!_ready && _bySum)
            Prepare(run);
        if (!_bySum)
        {
            FoldIntoTotals(run, row);
            return;
        }
        float inverse = shown ? run.D == 0 ? 0 : run.InverseLength(row, index, shown) : _inverse.Take(run.N)[index];
        if (inverse == 0 && run.Options.ZeroVectorsAddNothing && _count > 0)
            return;
        Span<double> sum = _sum.Take(run.D);
        for (int j = 0; j < sum.Length; j++)
            sum[j] += (double)row[j] * inverse;
        _count++;
    }

    private int BySum(DiversityRun run, out float value)
    {
        int n = run.N, d = run.D, best = -1;
        float lambda = (float)run.Lambda, variety = (1 - lambda) * (run.Options.ScaledVariety ? 0.5f / _count : 1), count = _count;
        Span<double> sum = _sum.Take(d);
        float* unit = _unit.Pointer(d), dots = _dots.Pointer(n + 16);
        double length = Math.Sqrt(TensorPrimitives.SumOfSquares<double>(sum));
        double scale = 1 / Math.Max(length, 1e-30);
        for (int j = 0; j < d; j++)
            unit[j] = (float)(sum[j] * scale);
        ReadOnlySpan<float> r = run.Relevance32, has = _has.Take(n), inverse = _inverse.Take(n);
        ReadOnlySpan<byte> state = run.State;
        value = float.NegativeInfinity;
        if (!QuantizedRows.IsSupported)
        {
            for (int i = 0; i < n; i++)
                if (state[i] == 0)
                    Consider(i, ref value);
            return best;
        }

        // Values from the 16-bit rows; whatever could still be the best within their error is valued precisely.
        _quantized.Dots(unit, d, n, dots);
        new Span<float>(dots + n, 16).Fill(float.NegativeInfinity);
        var approximate = new Span<float>(dots, n);
        TensorPrimitives.Multiply(approximate, -variety * (float)length, approximate);
        TensorPrimitives.MultiplyAdd(has, variety * count, approximate, approximate);
        TensorPrimitives.MultiplyAdd(r, lambda, approximate, approximate);
        for (int i = 0; i < n; i++)
            if (state[i] != 0)
                approximate[i] = float.NegativeInfinity;
        float top = TensorPrimitives.Max(approximate);
        double error = variety * length * QuantizedRows.Error(d) + 1e-6 * (Math.Abs(top) + variety * count * 2);
        Vector512<float> threshold = Vector512.Create((float)(top - 2 * error));
        for (int i = 0; i < n; i += 16)
        {
            // The buffer has room for a last whole vector; what lies beyond n there is −∞.
            for (ulong hits = Vector512.GreaterThanOrEqual(Vector512.Load(dots + i), threshold).ExtractMostSignificantBits(); hits != 0; hits &= hits - 1)
            {
                int at = i + BitOperations.TrailingZeroCount(hits);
                if (state[at] == 0)
                    Consider(at, ref value);
            }
        }
        return best;

        void Consider(int i, ref float value)
        {
            ReadOnlySpan<float> r = run.Relevance32, has = _has.Take(n), inverse = _inverse.Take(n);
            float v = lambda * r[i] + variety * (float)(count * has[i] - RowDots.Dot(run.Row(i), _sum.Pointer(d), d) * inverse[i]);
            if (v > value)
                (value, best) = (v, i);
        }
    }

    /// <summary>Without cosines of unit vectors every pick's distances are clipped one by one, so they are summed one by one.</summary>
    private void FoldIntoTotals(DiversityRun run, float* row)
    {
        bool clip = run.Options.Similarity == VectorSimilarity.UnitDot;
        Span<float> total = _total.Take(run.N);
        for (int i = 0; i < total.Length; i++)
        {
            float s = RowDots.Dot(run.Row(i), row, run.D);
            total[i] += clip ? 1 - Math.Clamp(s, -1, 1) : -s;
        }
        _count++;
    }

    private int ByTotal(DiversityRun run, out float value)
    {
        float lambda = (float)run.Lambda, variety = (1 - lambda) * (run.Options.ScaledVariety ? 0.5f / _count : 1);
        ReadOnlySpan<float> r = run.Relevance32, total = _total.Take(run.N);
        ReadOnlySpan<byte> state = run.State;
        int best = -1;
        value = float.NegativeInfinity;
        for (int i = 0; i < total.Length; i++)
        {
            float v = lambda * r[i] + variety * total[i];
            if (state[i] == 0 && v > value)
                (value, best) = (v, i);
        }
        return best;
    }
}
