namespace LlmRec;

/// <summary>Similarities of one side of the ratings, those above the limit, row by row.</summary>
internal sealed class RatingSimilarities
{
    private readonly RatingLists _mine;      // x → (y, r)
    private readonly RatingLists _theirs;    // y → (x, r)
    private readonly RatingKnnOptions _options;
    private readonly double _mean;
    private readonly double[] _own, _other;  // baselines of this side and of the other; empty when they are not needed
    private readonly double[] _means, _lengths;

    public RatingSimilarities(RatingLists mine, RatingLists theirs, RatingKnnOptions options, double mean, double[] own, double[] other)
    {
        _mine = mine;
        _theirs = theirs;
        _options = options;
        _mean = mean;
        _own = own;
        _other = other;
        _means = new double[mine.Count];
        _lengths = new double[mine.Count];
        for (int x = 0; x < mine.Count; x++) (_means[x], _lengths[x]) = Moments(mine.ValuesOf(x));
    }

    /// <summary>The mean of ratings, and the length of what they leave of it.</summary>
    private static (double Mean, double Length) Moments(ReadOnlySpan<float> values)
    {
        double mean = 0, squares = 0;
        foreach (float r in values) mean += (double)r / values.Length;
        foreach (float r in values) squares += (r - mean) * (r - mean);
        return (mean, Math.Sqrt(squares));
    }

    /// <summary>All rows: ids ascending, and their similarities.</summary>
    public (int[] Ids, double[] Values)[] All(int threads, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        var rows = new (int[], double[])[_mine.Count];
        int done = 0;
        Lock gate = new();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount, CancellationToken = cancellationToken };
        Parallel.For(0, rows.Length, parallel, () => new Sums(rows.Length), (x, _, sums) =>
        {
            rows[x] = RowOf(x, sums);
            if (progress is not null)
                lock (gate) progress.Report(new("comparing ratings", ++done / (double)rows.Length));
            return sums;
        }, static _ => { });
        return rows;
    }

    /// <summary>The row of one x, itself left out.</summary>
    public (int[] Ids, double[] Values) RowOf(int x) => RowOf(x, new(_mine.Count));

    private (int[] Ids, double[] Values) RowOf(int x, Sums sums) =>
        RowOf(_mine.OthersOf(x), _mine.ValuesOf(x), _own.Length == 0 ? 0 : _own[x], x, sums);

    /// <summary>The row of somebody with these ratings.</summary>
    /// <param name="others">What was rated.</param>
    /// <param name="values">How.</param>
    /// <param name="baseline">The baseline of this side.</param>
    /// <param name="self">Left out; −1 for nobody.</param>
    public (int[] Ids, double[] Values) RowOf(ReadOnlySpan<int> others, ReadOnlySpan<float> values, double baseline, int self) =>
        RowOf(others, values, baseline, self, new(_mine.Count));

    private (int[] Ids, double[] Values) RowOf(ReadOnlySpan<int> others, ReadOnlySpan<float> values, double baseline, int self, Sums s)
    {
        RatingSimilarity kind = _options.Similarity;
        (double mean, double length) = kind == RatingSimilarity.CentredCosine ? Moments(values) : (0, 0);
        for (int k = 0; k < others.Length; k++)
        {
            int y = others[k];
            ReadOnlySpan<int> raters = _theirs.OthersOf(y);
            ReadOnlySpan<float> ratings = _theirs.ValuesOf(y);
            double from = kind == RatingSimilarity.PearsonBaseline ? _mean + _other[y] : 0, a = values[k] - from - (kind == RatingSimilarity.PearsonBaseline ? baseline : mean);
            for (int r = 0; r < raters.Length; r++)
            {
                int z = raters[r];
                double b = ratings[r] - from - (kind switch { RatingSimilarity.PearsonBaseline => _own[z], RatingSimilarity.CentredCosine => _means[z], _ => 0 });
                ref Sum sum = ref s.Of(z);
                sum.Common++;
                sum.Product += a * b;
                sum.A += a;
                sum.B += b;
                sum.SquareA += a * a;
                sum.SquareB += b * b;
                sum.Difference += (a - b) * (a - b);
            }
        }
        Span<int> touched = s.Touched;
        touched.Sort();
        var row = new List<(int Id, double Value)>(touched.Length);
        double limit = Math.Max(_options.MinSimilarity, 0);
        foreach (int z in touched)
        {
            double value = Value(s.Of(z), length, z);
            if (z != self && value > limit) row.Add((z, value));
        }
        s.Clear();
        if (_options.Kept is { } kept && row.Count > kept)
            row = [.. row.OrderByDescending(e => e.Value).ThenBy(e => e.Id).Take(kept).OrderBy(e => e.Id)];
        return ([.. row.Select(e => e.Id)], [.. row.Select(e => e.Value)]);
    }

    private double Value(in Sum s, double length, int other)
    {
        double n = s.Common, shrinkage = _options.EffectiveShrinkage, shrunk = shrinkage > 0 ? n / (n + shrinkage) : 1;
        switch (_options.Similarity)
        {
            case RatingSimilarity.Cosine:
                return Ratio(s.Product, s.SquareA * s.SquareB) * shrunk;
            case RatingSimilarity.MeanSquaredDifference:
                return 1 / (s.Difference / n + 1) * shrunk;
            case RatingSimilarity.Pearson:
                double va = n * s.SquareA - s.A * s.A, vb = n * s.SquareB - s.B * s.B;
                // what is left of a constant by rounding is no variance
                return va <= 1e-12 * n * s.SquareA || vb <= 1e-12 * n * s.SquareB ? 0 : (n * s.Product - s.A * s.B) / Math.Sqrt(va * vb) * shrunk;
            case RatingSimilarity.PearsonBaseline:
                return n < 2 ? 0 : Ratio(s.Product, s.SquareA * s.SquareB) * (n - 1) / (n - 1 + shrinkage);
            default:
                return length * _lengths[other] > 0 ? s.Product / (length * _lengths[other]) * shrunk : 0;
        }
    }

    private static double Ratio(double product, double squares) => squares > 0 ? product / Math.Sqrt(squares) : 0;

    private struct Sum
    {
        public int Common;
        public double Product, A, B, SquareA, SquareB, Difference;
    }

    /// <summary>Sums of one row; scratch of one thread.</summary>
    private sealed class Sums(int n)
    {
        private readonly Sum[] _sums = new Sum[n];
        private readonly int[] _touched = new int[n];
        private int _count;

        public Span<int> Touched => _touched.AsSpan(0, _count);

        public ref Sum Of(int z)
        {
            if (_sums[z].Common == 0) _touched[_count++] = z;
            return ref _sums[z];
        }

        public void Clear()
        {
            foreach (int z in Touched) _sums[z] = default;
            _count = 0;
        }
    }
}
