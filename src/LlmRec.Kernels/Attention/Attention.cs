using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LlmRec.Kernels;

/// <summary>Scaled dot-product attention of one sequence (A. Vaswani et al., arXiv:1706.03762), all heads.</summary>
/// <remarks>
/// A block of up to 32 queries, fewer for long texts, meets all its keys, its scores (block, keys) become exponentials where they lie, in the
/// first cache, and meet the values; the division by their sum comes last, in the registers of that product. So no matrix of scores is ever written to memory. A query's result does not depend
/// on which others are there. Safe from several threads on different outputs; allocates nothing after a thread's first call of a size.
/// </remarks>
public static unsafe class Attention
{
    private const int Panel = TileKernel.PanelColumns;

    /// <summary>Most queries of a block: the more, the less one step waits for the end of another.</summary>
    private const int BlockRows = 32;

    /// <summary>Scores of a block, 20 KiB of the first cache.</summary>
    private const int BlockScores = 5 * 1024;

    /// <summary>Most values that are read where they lie.</summary>
    private const int InPlaceRows = 64;

    [ThreadStatic]
    private static AlignedBuffer<float>? t_keys;

    [ThreadStatic]
    private static AlignedBuffer<float>? t_values;

    [ThreadStatic]
    private static AlignedBuffer<float>? t_scores;

    /// <summary>output = softmax(scale · Q·Kᵀ + bias) · V, head by head. The queries are the last positions: query i of m sits at position n − m + i of n.</summary>
    /// <param name="q">Queries (m, heads · d), m at most n.</param>
    /// <param name="k">Keys (n, key heads · d).</param>
    /// <param name="v">Values (n, key heads · e).</param>
    /// <param name="output">Takes (m, heads · e); may be <paramref name="q"/>, whose cache lines are then at hand when they are written, where e is d; must not overlap the others.</param>
    /// <param name="options">Heads, scale, window and bias.</param>
    /// <exception cref="ArgumentException">The shapes do not fit each other.</exception>
    /// <exception cref="ArithmeticException">A query's scores hold NaN or +∞.</exception>
    public static void Forward(ReadOnlyMatrixSpan q, ReadOnlyMatrixSpan k, ReadOnlyMatrixSpan v, MatrixSpan output, in AttentionOptions options)
    {
        int heads = options.Heads, keyHeads = options.KeyHeads, m = q.Rows, n = k.Rows;
        Verify(q, k, v, output, options);
        if (m == 0) return;
        int d = q.Columns / heads, e = output.Columns / heads, ePadded = (e + Panel - 1) / Panel * Panel;
        LaneWidth width = options.Width == 0 ? LaneWidths.Best : options.Width;
        // 16 more than the keys' panels, so that the rows of a tile do not fall on the same cache sets
        int scoreRow = (n + Panel - 1) / Panel * Panel + 16;
        float* keys = Buffer(ref t_keys, Panels.Size(d, n)), values = Buffer(ref t_values, (long)ePadded * n), scores = Buffer(ref t_scores, (long)BlockRows * scoreRow);
        // the values of a short text are not worth copying
        bool inPlace = n <= InPlaceRows && e % Panel == 0;
        fixed (float* pq = q.Values, pk = k.Values, pv = v.Values, po = output.Values, bias = options.DistanceBias)
        {
            var job = new HeadJob
            {
                Width = width, M = m, N = n, D = d, E = e, QRow = q.Stride, OutputRow = output.Stride, Scale = options.Scale,
                Back = options.Back, Ahead = options.Ahead, Keys = keys, Values = values, ValueRow = inPlace ? v.Stride : Panel, ValuePanel = inPlace ? Panel : (nint)n * Panel, Scores = scores, ScoreRow = scoreRow,
            };
            int group = heads / keyHeads;
            for (int h = 0; h < heads; h++)
            {
                if (h % group == 0)
                {
                    Panels.PackTransposed(pk + h / group * d, k.Stride, n, d, keys);
                    if (!inPlace) Panels.Pack(pv + h / group * e, v.Stride, n, e, values);
                }

                if (inPlace) job.Values = pv + h / group * e;

                job.Q = pq + h * d;
                job.Output = po + h * e;
                job.Bias = bias == null ? null : bias + (nint)h * (2 * options.DistanceReach - 1) + options.DistanceReach - 1;
                // the next head's rows are fetched meanwhile
                int own = (h + 1) % group == 0 ? (h + 1) / group : -1;
                Fetch fetch = h + 1 == heads ? default : new(job.Q + d, q.Stride, m, d, own < 0 ? null : pk + own * d, k.Stride, own < 0 ? null : pv + own * e, v.Stride, n, e);
                Head(job, ref fetch);
            }
        }
    }

    private struct HeadJob
    {
        public LaneWidth Width;
        public int M, N, D, E;
        public float* Q;              // (m, d), stride QRow
        public nint QRow;
        public float* Keys;           // (d, n) in panels
        public float* Values;         // (n, e) in panels, or as it lies
        public nint ValueRow, ValuePanel;
        public float* Scores;         // (8, n), stride ScoreRow
        public nint ScoreRow;
        public float* Output;         // (m, e), stride OutputRow
        public nint OutputRow;
        public float Scale;
        public float* Bias;           // by distance j − i
        public int Back, Ahead;
    }

    /// <summary>
    /// Columns of lines that tiles fetch on the way, one line with every step of their sums: queries, keys and values of the head that comes next.
    /// They lie a row apart, which no processor foresees.
    /// </summary>
    private struct Fetch
    {
        private const int Line = 16;

        private readonly float* _k, _v;
        private readonly nint _kRow, _vRow;
        private readonly int _n, _d, _e;
        private float* _from;
        private nint _row;
        private int _rows, _columns, _part, _i, _j;

        /// <summary>Queries (m, d), keys (n, d) and values (n, e); these two null when this head has them too.</summary>
        public Fetch(float* q, nint qRow, int m, int d, float* k, nint kRow, float* v, nint vRow, int n, int e)
        {
            _from = q;
            _k = k;
            _v = v;
            (_row, _kRow, _vRow) = (qRow, kRow, vRow);
            (_rows, _columns, _n, _d, _e) = (m, d, n, d, e);
        }

        /// <summary>What a tile with a sum of some length is to fetch; <paramref name="other"/>, which is there already, when all is under way.</summary>
        public float* Take(int length, float* other, out nint step)
        {
            step = 0;
            if (_from == null) return other;
            float* next = _from + _i * _row + _j;
            step = _row;
            _i += length;
            if (_i < _rows) return next;
            (_i, _j) = (0, _j + Line);
            if (_j < _columns) return next;
            _j = 0;
            // keys and values that the next head shares with this one are left out
            _part += _part == 0 && _k == null ? 2 : 1;
            _from = _part == 1 ? _k : _part == 2 ? _v : null;
            (_row, _rows, _columns) = (_part == 1 ? _kRow : _vRow, _n, _part == 1 ? _d : _e);
            return next;
        }
    }

    [SkipLocalsInit]
    private static void Head(in HeadJob job, ref Fetch fetch)
    {
        float* inverse = stackalloc float[BlockRows];
        float* memory = stackalloc float[TileKernel.MaxRows * Panel + 16];
        float* spare = (float*)(((nint)memory + 63) & ~63);
        int tileRows = TileKernel.Rows(job.Width), first = job.N - job.M;
        // within a window every tile has keys of its own
        bool windowed = job.Back < job.N || job.Ahead < job.N;
        int block = windowed ? tileRows : Math.Clamp(BlockScores / (int)job.ScoreRow, tileRows, BlockRows) / tileRows * tileRows;
        for (int i0 = 0; i0 < job.M; i0 += block)
        {
            int i1 = Math.Min(job.M, i0 + block);
            // the keys that any query of the block sees
            int low = (int)Math.Max(0, (long)first + i0 - job.Back), high = (int)Math.Min(job.N, (long)first + i1 + job.Ahead);
            int start = low / Panel * Panel;
            int tiles = TileKernel.TakesColumns(job.Width) ? (i1 - i0) / tileRows : 0;
            for (int j = start; j < high; j += Panel)
            {
                float* keys = job.Keys + (nint)j * job.D, scores = job.Scores + (j - start);
                if (tiles > 0)
                {
                    // the first two tiles of a column fetch
                    float* next = fetch.Take(Math.Min(tiles, 2) * job.D, keys, out nint nextStep);
                    TileKernel.Column(Activation.None, tiles, job.D, job.Q + i0 * job.QRow, job.QRow, 1, tileRows * job.QRow, keys, Panel, scores, job.ScoreRow, null, 0, null, next, nextStep, false, null);
                }

                for (int i = i0 + tiles * tileRows; i < i1; i += tileRows)
                {
                    float* next = fetch.Take(job.D, keys, out nint nextStep);
                    TileKernel.Multiply(job.Width, Math.Min(tileRows, i1 - i), job.D, job.Q + i * job.QRow, job.QRow, 1, keys, Panel, scores + (i - i0) * job.ScoreRow, job.ScoreRow, null, 0, null, next, nextStep);
                }
            }

            switch (job.Width)
            {
                case LaneWidth.V512: Exponentials<Lanes512, Vector512<float>>(job, first + i0, i1 - i0, start, high, windowed, inverse); break;
                case LaneWidth.V256: Exponentials<Lanes256, Vector256<float>>(job, first + i0, i1 - i0, start, high, windowed, inverse); break;
                case LaneWidth.V128: Exponentials<Lanes128, Vector128<float>>(job, first + i0, i1 - i0, start, high, windowed, inverse); break;
                default: Exponentials<LanesScalar, float>(job, first + i0, i1 - i0, start, high, windowed, inverse); break;
            }

            float* values = job.Values + start * job.ValueRow;
            for (int c = 0; c < job.E; c += Panel, values += job.ValuePanel)
            {
                int columns = Math.Min(Panel, job.E - c), done = columns == Panel ? tiles * tileRows : 0;
                float* output = job.Output + c;
                if (done > 0)
                {
                    float* next = fetch.Take(Math.Min(tiles, 2) * (high - start), values, out nint nextStep);
                    TileKernel.Column(Activation.None, tiles, high - start, job.Scores, job.ScoreRow, 1, tileRows * job.ScoreRow, values, job.ValueRow, output + i0 * job.OutputRow, job.OutputRow, null, 0, null, next, nextStep, false, null, inverse);
                }

                for (int i = i0 + done; i < i1; i += tileRows)
                {
                    int rows = Math.Min(tileRows, i1 - i);
                    float* next = fetch.Take(high - start, values, out nint nextStep), to = output + i * job.OutputRow;
                    bool whole = columns == Panel;
                    TileKernel.Multiply(job.Width, rows, high - start, job.Scores + (i - i0) * job.ScoreRow, job.ScoreRow, 1, values, job.ValueRow, whole ? to : spare, whole ? job.OutputRow : Panel, null, 0, null, next, nextStep, inverse + (i - i0));
                    if (!whole) ProductDriver.Copy(spare, Panel, to, job.OutputRow, rows, columns);
                }
            }
        }
    }

    /// <summary>
    /// Turns the scores of a block, keys start to high, into e^(scale · score + bias − max) where they lie; what a query does not see becomes
    /// 2^−109, which beside the largest, 1, is nothing. The reciprocals of their sums go to <paramref name="inverse"/>. Maxima, exponentials and
    /// sums are loops of their own, since within a row each waits for the one before; what runs across the lanes does so for four rows together.
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Exponentials<TLanes, TVector>(in HeadJob job, int position, int rows, int start, int high, bool windowed, float* inverse)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        const float Log2OfE = 1.44269504f;
        float* shifts = stackalloc float[BlockRows], sums = stackalloc float[BlockRows * 16];
        int whole = (high - start + TLanes.Count - 1) & -TLanes.Count;
        if (windowed || whole != high - start || job.Bias != null) Hide<TLanes, TVector>(job, position, rows, start, high - start, whole);

        float factor = (job.Bias == null ? job.Scale : 1) * Log2OfE;
        Vector128<float> minus = Vector128.Create(-factor);
        for (int r = 0; r < rows; r += 4)
        {
            // of the last rows, missing ones repeat the one before
            float* s0 = job.Scores + r * job.ScoreRow, s1 = r + 1 < rows ? s0 + job.ScoreRow : s0, s2 = r + 2 < rows ? s1 + job.ScoreRow : s1, s3 = r + 3 < rows ? s2 + job.ScoreRow : s2;
            TVector m0 = TLanes.Load(s0), m1 = TLanes.Load(s1), m2 = TLanes.Load(s2), m3 = TLanes.Load(s3);
            for (int x = TLanes.Count; x < whole; x += TLanes.Count)
            {
                m0 = TLanes.Max(m0, TLanes.Load(s0 + x));
                m1 = TLanes.Max(m1, TLanes.Load(s1 + x));
                m2 = TLanes.Max(m2, TLanes.Load(s2 + x));
                m3 = TLanes.Max(m3, TLanes.Load(s3 + x));
            }

            (TLanes.MaxOfEach(m0, m1, m2, m3) * minus).Store(shifts + r);
        }

        float* powers = LaneTables.Power, s = job.Scores;
        TVector scale = TLanes.Create(factor);
        for (int r = 0; r < rows; r++, s += job.ScoreRow)
        {
            TVector shift = TLanes.Create(shifts[r]), a = TLanes.Create(0f), b = a;
            int x = 0;
            for (; x + 2 * TLanes.Count <= whole; x += 2 * TLanes.Count)
            {
                TVector y = PowerOfTwo<TLanes, TVector>(TLanes.MultiplyAdd(TLanes.Load(s + x), scale, shift), powers);
                TVector z = PowerOfTwo<TLanes, TVector>(TLanes.MultiplyAdd(TLanes.Load(s + x + TLanes.Count), scale, shift), powers);
                TLanes.Store(y, s + x);
                TLanes.Store(z, s + x + TLanes.Count);
                a = TLanes.Add(a, y);
                b = TLanes.Add(b, z);
            }

            for (; x < whole; x += TLanes.Count)
            {
                TVector y = PowerOfTwo<TLanes, TVector>(TLanes.MultiplyAdd(TLanes.Load(s + x), scale, shift), powers);
                TLanes.Store(y, s + x);
                a = TLanes.Add(a, y);
            }

            TLanes.Store(TLanes.Add(a, b), sums + r * 16);
        }

        for (int r = 0; r < rows; r += 4)
        {
            float* s0 = sums + r * 16, s1 = r + 1 < rows ? s0 + 16 : s0, s2 = r + 2 < rows ? s1 + 16 : s1, s3 = r + 3 < rows ? s2 + 16 : s2;
            // at least 1, the largest, unless something is NaN or infinite
            Vector128<float> sum = TLanes.SumOfEach(TLanes.Load(s0), TLanes.Load(s1), TLanes.Load(s2), TLanes.Load(s3));
            if (!Vector128.GreaterThanOrEqualAll(sum, Vector128.Create(0.5f)) || Vector128.EqualsAny(sum, Vector128.Create(float.PositiveInfinity))) throw NotFinite();
            (Vector128<float>.One / sum).Store(inverse + r);
        }
    }

    /// <summary>Scales and adds the bias, where there is one, and sets what a query does not see to −∞.</summary>
    private static void Hide<TLanes, TVector>(in HeadJob job, int position, int rows, int start, int end, int whole)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        float* s = job.Scores;
        for (int r = 0; r < rows; r++, s += job.ScoreRow)
        {
            int i = position + r, from = (int)Math.Max(0, (long)i - job.Back - start), to = (int)Math.Min(end, (long)i + job.Ahead + 1 - start);
            if (job.Bias != null)
            {
                float* bias = job.Bias - i + start;
                int j = from;
                TVector f = TLanes.Create(job.Scale);
                for (; j + TLanes.Count <= to; j += TLanes.Count) TLanes.Store(TLanes.MultiplyAdd(TLanes.Load(s + j), f, TLanes.Load(bias + j)), s + j);
                for (; j < to; j++) s[j] = LanesScalar.MultiplyAdd(s[j], job.Scale, bias[j]);
            }

            for (int j = 0; j < from; j++) s[j] = float.NegativeInfinity;
            for (int j = to; j < whole; j++) s[j] = float.NegativeInfinity;
        }
    }

    /// <summary>
    /// 2ʸ for y ≤ 0, from −109 on 2^−109 (so that no step is denormal), NaN for NaN: y = n + f with n in sixteenths, 2ⁿ from a table and the exponent's bits, 2ᶠ = 1 + f · (degree 2),
    /// fitted to the least maximum error. Relative error at most 2e-7.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector PowerOfTwo<TLanes, TVector>(TVector y, float* powers)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        // of a number and NaN the maximum is the second operand: NaN passes. Adding 1.5 · 2¹⁹ rounds to sixteenths, which then stand in the low bits
        TVector z = TLanes.Max(TLanes.Create(-109f), y), magic = TLanes.Create(786432f);
        TVector shifted = TLanes.Add(z, magic), f = TLanes.Subtract(z, TLanes.Subtract(shifted, magic));
        TVector power = TLanes.AddSixteenths(TLanes.Lookup16(powers, shifted), shifted);
        TVector p = TLanes.MultiplyAdd(TLanes.Create(0.05550595f), f, TLanes.Create(0.240234286f));
        p = TLanes.MultiplyAdd(p, f, TLanes.Create(0.693147182f));
        return TLanes.MultiplyAdd(TLanes.Multiply(power, f), p, power);
    }

    private static ArithmeticException NotFinite() => new("attention: the scores of a query hold NaN or infinity; look for it where the queries and keys were made");

    private static void Verify(ReadOnlyMatrixSpan q, ReadOnlyMatrixSpan k, ReadOnlyMatrixSpan v, MatrixSpan output, in AttentionOptions options)
    {
        int heads = options.Heads, keyHeads = options.KeyHeads;
        if (heads % keyHeads != 0) Throw($"{heads} heads cannot share {keyHeads} heads of keys");
        if (q.Columns % heads != 0) Throw($"{q.Columns} columns of queries cannot be divided into {heads} heads");
        if (k.Columns != q.Columns / heads * keyHeads) Throw($"the keys have {k.Columns} columns, {keyHeads} heads of {q.Columns / heads} take {q.Columns / heads * keyHeads}");
        if (v.Columns % keyHeads != 0) Throw($"{v.Columns} columns of values cannot be divided into {keyHeads} heads");
        if (v.Rows != k.Rows) Throw($"there are {k.Rows} keys and {v.Rows} values");
        if (q.Rows > k.Rows) Throw($"{q.Rows} queries cannot be the last of {k.Rows} positions");
        if (output.Rows != q.Rows || output.Columns != v.Columns / keyHeads * heads) Throw($"the output is {output.Rows} x {output.Columns}, it must be {q.Rows} x {v.Columns / keyHeads * heads}");
        if (options.DistanceBias.IsEmpty) return;
        if (options.DistanceReach < k.Rows) Throw($"the bias reaches {options.DistanceReach} positions, there are {k.Rows} keys");
        if (options.DistanceBias.Length != heads * (2L * options.DistanceReach - 1)) Throw($"the bias has {options.DistanceBias.Length} values, {heads} heads of {2L * options.DistanceReach - 1} distances are needed");
    }

    private static float* Buffer(ref AlignedBuffer<float>? buffer, long length)
    {
        if (buffer is null || buffer.Length < length) buffer = new AlignedBuffer<float>(checked((int)(length + length / 4)));
        return buffer.Pointer;
    }

    [DoesNotReturn]
    private static void Throw(string problem) => throw new ArgumentException($"shapes do not fit: {problem}");
}
