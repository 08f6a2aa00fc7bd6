namespace LlmRec;

/// <summary>
/// One score from several views of a candidate (relevance, quality, freshness, style, …): each view is standardised over the candidates of a
/// list, then weighted and summed. The weights are given, or learned from which item of each list was chosen.
/// </summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class MultiViewScore
{
    private readonly double[] _weights;

    /// <summary>A score with given weights.</summary>
    /// <param name="views">Names of the v views.</param>
    /// <param name="weights">v finite weights; a negative one counts against.</param>
    /// <exception cref="ArgumentException">Sizes differ, there are no views, or a weight is not finite.</exception>
    public MultiViewScore(IReadOnlyList<string> views, ReadOnlySpan<double> weights)
    {
        ArgumentNullException.ThrowIfNull(views);
        if (views.Count == 0 || views.Count != weights.Length)
            throw new ArgumentException($"{views.Count} views and {weights.Length} weights: give one weight for each of at least one view", nameof(weights));
        foreach (double w in weights)
            if (!double.IsFinite(w))
                throw new ArgumentException("weights are finite", nameof(weights));
        Views = [.. views];
        _weights = weights.ToArray();
    }

    /// <summary>Names of the views.</summary>
    public IReadOnlyList<string> Views { get; }

    /// <summary>Weights of the views.</summary>
    public IReadOnlyList<double> Weights => _weights;

    /// <summary>Scores the candidates of one list.</summary>
    /// <param name="values">n × v values, candidate after candidate; finite.</param>
    /// <param name="scores">Receives n scores.</param>
    /// <exception cref="ArgumentException">Sizes differ, or a value is not finite.</exception>
    public void Score(ReadOnlySpan<float> values, Span<float> scores)
    {
        if (values.Length != scores.Length * _weights.Length)
            throw new ArgumentException($"{scores.Length} candidates and {_weights.Length} views want {scores.Length * _weights.Length} values, there are {values.Length}", nameof(values));
        double[] standard = Standardise(values, _weights.Length);
        for (int i = 0; i < scores.Length; i++)
        {
            double sum = 0;
            for (int v = 0; v < _weights.Length; v++)
                sum += _weights[v] * standard[i * _weights.Length + v];
            scores[i] = (float)sum;
        }
    }

    /// <summary>Learns the weights: listwise softmax over each list's candidates against the chosen one, with ridge, by Newton's method.</summary>
    /// <param name="views">Names of the v views.</param>
    /// <param name="lists">Lists as shown: n × v values, candidate after candidate, and the index of the candidate that was chosen.</param>
    /// <param name="ridge">Strength of the pull of weights to 0, per list; above 0. Default 0.001.</param>
    /// <exception cref="ArgumentException">There is no list, sizes differ, a value is not finite or a chosen index is out of range.</exception>
    public static MultiViewScore Fit(IReadOnlyList<string> views, IReadOnlyList<(float[] Values, int Chosen)> lists, double ridge = 1e-3)
    {
        ArgumentNullException.ThrowIfNull(views);
        ArgumentNullException.ThrowIfNull(lists);
        if (!(ridge > 0 && double.IsFinite(ridge)))
            throw new ArgumentOutOfRangeException(nameof(ridge), ridge, "the ridge is finite and above 0");
        if (lists.Count == 0)
            throw new ArgumentException("there is no list to learn from: give the weights instead", nameof(lists));
        int v = views.Count;
        var standard = new List<double[]>();
        for (int l = 0; l < lists.Count; l++)
        {
            (float[] values, int chosen) = lists[l];
            if (values.Length == 0 || values.Length % v != 0 || (uint)chosen >= (uint)(values.Length / v))
                throw new ArgumentException($"list {l} has {values.Length} values for {v} views and candidate {chosen} as chosen", nameof(lists));
            standard.Add(Standardise(values, v));
        }
        var weights = new double[v];
        for (int step = 0; step < 30; step++)
        {
            double[] gradient = new double[v], hessian = new double[v * v];
            for (int l = 0; l < lists.Count; l++)
                Accumulate(standard[l], lists[l].Chosen, weights, gradient, hessian);
            for (int a = 0; a < v; a++)
            {
                gradient[a] -= ridge * lists.Count * weights[a];
                hessian[a * v + a] += ridge * lists.Count;
            }
            double[] move = Solve(hessian, gradient, v);
            double longest = 0;
            for (int a = 0; a < v; a++)
            {
                // Damped: far from the optimum a full Newton step of a softmax can overshoot.
                double m = Math.Clamp(move[a], -2, 2);
                weights[a] += m;
                longest = Math.Max(longest, Math.Abs(m));
            }
            if (longest < 1e-10)
                break;
        }
        return new(views, weights);
    }

    private static void Accumulate(double[] x, int chosen, double[] weights, double[] gradient, double[] hessian)
    {
        int v = weights.Length, n = x.Length / v;
        var p = new double[n];
        double top = double.NegativeInfinity, sum = 0;
        for (int i = 0; i < n; i++)
        {
            for (int a = 0; a < v; a++)
                p[i] += weights[a] * x[i * v + a];
            top = Math.Max(top, p[i]);
        }
        for (int i = 0; i < n; i++)
            sum += p[i] = Math.Exp(p[i] - top);
        var mean = new double[v];
        for (int i = 0; i < n; i++)
        {
            p[i] /= sum;
            for (int a = 0; a < v; a++)
                mean[a] += p[i] * x[i * v + a];
        }
        for (int a = 0; a < v; a++)
        {
            gradient[a] += x[chosen * v + a] - mean[a];
            for (int b = 0; b < v; b++)
            {
                double second = -mean[a] * mean[b];
                for (int i = 0; i < n; i++)
                    second += p[i] * x[i * v + a] * x[i * v + b];
                hessian[a * v + b] += second;
            }
        }
    }

    /// <summary>Gaussian elimination; no pivoting, since the matrix is positive definite by the ridge.</summary>
    private static double[] Solve(double[] matrix, double[] right, int v)
    {
        double[] a = [.. matrix], b = [.. right];
        for (int c = 0; c < v; c++)
        {
            for (int r = c + 1; r < v; r++)
            {
                double factor = a[r * v + c] / a[c * v + c];
                for (int k = c; k < v; k++)
                    a[r * v + k] -= factor * a[c * v + k];
                b[r] -= factor * b[c];
            }
        }
        for (int c = v - 1; c >= 0; c--)
        {
            for (int k = c + 1; k < v; k++)
                b[c] -= a[c * v + k] * b[k];
            b[c] /= a[c * v + c];
        }
        return b;
    }

    private static double[] Standardise(ReadOnlySpan<float> values, int v)
    {
        var x = new double[values.Length];
        int n = values.Length / v;
        for (int a = 0; a < v; a++)
        {
            double sum = 0, squares = 0;
            for (int i = 0; i < n; i++)
            {
                float value = values[i * v + a];
                if (!float.IsFinite(value))
                    throw new ArgumentException($"view {a} of candidate {i} is {value}: values are finite", nameof(values));
                sum += value;
            }
            double mean = sum / Math.Max(1, n);
            for (int i = 0; i < n; i++)
                squares += (values[i * v + a] - mean) * (values[i * v + a] - mean);
            double deviation = Math.Sqrt(squares / Math.Max(1, n));
            for (int i = 0; i < n; i++)
                x[i * v + a] = deviation > 0 ? (values[i * v + a] - mean) / deviation : 0;
        }
        return x;
    }
}
