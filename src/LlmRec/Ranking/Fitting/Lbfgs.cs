namespace LlmRec;

/// <summary>Limited-memory BFGS for smooth functions of a few hundred variables (Nocedal &amp; Wright, Numerical Optimization, algorithm 7.4), with a backtracking line search.</summary>
/// <remarks>Not thread-safe; deterministic.</remarks>
internal sealed class Lbfgs
{
    private const int Memory = 8;

    private readonly Func<double[], double[], double> _function;   // (x, gradient out) → value
    private readonly List<(double[] S, double[] Y, double Rho)> _pairs = [];
    private double[] _gradient;

    public Lbfgs(double[] start, Func<double[], double[], double> function)
    {
        _function = function;
        X = [.. start];
        _gradient = new double[start.Length];
        Value = function(X, _gradient);
    }

    public double[] X { get; private set; }

    public double Value { get; private set; }

    /// <summary>One iteration. False when no step makes the value smaller: the minimum, as far as the arithmetic can see.</summary>
    public bool Step()
    {
        double[] direction = Direction();
        double slope = Dot(direction, _gradient);
        if (!(slope < 0))
        {
            _pairs.Clear();
            direction = Array.ConvertAll(_gradient, g => -g);
            slope = Dot(direction, _gradient);
            if (!(slope < 0)) return false;
        }
        double step = _pairs.Count > 0 ? 1 : Math.Min(1, 1 / Math.Sqrt(-slope));
        for (int attempt = 0; attempt < 30; attempt++, step *= 0.5)
        {
            double[] x = Combine(X, step, direction);
            var gradient = new double[x.Length];
            double value = _function(x, gradient);
            if (!(value <= Value + 1e-4 * step * slope)) continue;
            Remember(x, gradient);
            bool better = value < Value;
            (X, _gradient, Value) = (x, gradient, value);
            return better;
        }
        return false;
    }

    private void Remember(double[] x, double[] gradient)
    {
        double[] s = Combine(x, -1, X), y = Combine(gradient, -1, _gradient);
        double curvature = Dot(s, y);
        if (curvature <= 1e-12 * Math.Sqrt(Dot(s, s) * Dot(y, y))) return;   // would spoil the positive definite model
        if (_pairs.Count == Memory) _pairs.RemoveAt(0);
        _pairs.Add((s, y, 1 / curvature));
    }

    private double[] Direction()
    {
        double[] q = Array.ConvertAll(_gradient, g => -g);
        var alpha = new double[_pairs.Count];
        for (int i = _pairs.Count - 1; i >= 0; i--)
        {
            alpha[i] = _pairs[i].Rho * Dot(_pairs[i].S, q);
            AddTo(q, -alpha[i], _pairs[i].Y);
        }
        if (_pairs.Count > 0)
        {
            double gamma = 1 / (_pairs[^1].Rho * Dot(_pairs[^1].Y, _pairs[^1].Y));
            for (int i = 0; i < q.Length; i++) q[i] *= gamma;
        }
        for (int i = 0; i < _pairs.Count; i++)
            AddTo(q, alpha[i] - _pairs[i].Rho * Dot(_pairs[i].Y, q), _pairs[i].S);
        return q;
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    private static void AddTo(double[] a, double factor, double[] b)
    {
        for (int i = 0; i < a.Length; i++) a[i] += factor * b[i];
    }

    private static double[] Combine(double[] a, double factor, double[] b)
    {
        var c = new double[a.Length];
        for (int i = 0; i < c.Length; i++) c[i] = a[i] + factor * b[i];
        return c;
    }
}
