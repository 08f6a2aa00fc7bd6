using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>
/// One column of SLIM by coordinate descent on the Gram matrix G: minimises ½N⁻¹‖x_j − Xw‖² + αρ‖w‖₁ + ½α(1 − ρ)‖w‖² with w ≥ 0
/// and w_j = 0. Only items that share a user with the target can have a weight, and of those the most similar when their number is limited. A working set is solved alone and then grows by the items
/// that would still move (J. Friedman, T. Hastie and R. Tibshirani, Regularization Paths for Generalized Linear Models, 2010).
/// </summary>
/// <remarks>Scratch of one thread, used again for every column.</remarks>
internal sealed class SlimColumn
{
    private const int Growth = 64;

    private readonly int[][] _ids;
    private readonly int[][] _counts;
    private readonly double[] _diagonal;   // G(k, k)
    private readonly double _users;
    private readonly SlimOptions _options;
    private readonly double[] _target;     // G(·, j)
    private readonly double[] _fit;        // (G w) over all items
    private readonly int[] _place;         // item → place in the working set, or −1
    private readonly LargestOfRow? _similar;
    private readonly List<int> _set = [];
    private readonly List<(double Step, int Item)> _waiting = [];
    private double[] _gram = [];           // G of the working set, row after row
    private double[] _weights = [];
    private double[] _setFit = [];

    public SlimColumn(int[][] ids, int[][] counts, double[] diagonal, int users, SlimOptions options)
    {
        _ids = ids;
        _counts = counts;
        _diagonal = diagonal;
        _users = users;
        _options = options;
        _target = new double[ids.Length];
        _fit = new double[ids.Length];
        if (options.Candidates > 0) _similar = new(options.Candidates);
        _place = new int[ids.Length];
        Array.Fill(_place, -1);
    }

    /// <summary>The items with a weight, ascending, and the weights.</summary>
    public (int[] Ids, float[] Values) Solve(int j)
    {
        int[] common = _ids[j], candidates = Candidates(j);
        for (int k = 0; k < common.Length; k++) _target[common[k]] = _counts[j][k];
        _set.Clear();
        Array.Clear(_weights);
        // early rounds need no more precision than it takes to see which items matter
        double tolerance = Math.Max(_options.Tolerance, 1e-3);
        while (true)
        {
            bool grew = Grow(j, candidates);
            if (!grew && tolerance <= _options.Tolerance) break;
            if (!grew) tolerance = Math.Max(_options.Tolerance, tolerance * 1e-3);
            LoadSet();
            Descend(tolerance);
        }

        int[] order = [.. Enumerable.Range(0, _set.Count).Where(a => _weights[a] > 0).OrderBy(a => _set[a])];
        (int[], float[]) column = ([.. order.Select(a => _set[a])], [.. order.Select(a => (float)_weights[a])]);
        foreach (int k in common) _target[k] = 0;
        foreach (int k in _set) _place[k] = -1;
        return column;
    }

    /// <summary>The items of the highest cosine with item j, or all that share a user with it when those are no more than wanted; ascending.</summary>
    private int[] Candidates(int j)
    {
        int[] common = _ids[j];
        if (_similar is null || common.Length <= _options.Candidates) return common;
        _similar.Clear();
        for (int k = 0; k < common.Length; k++)
            if (common[k] != j) _similar.Add(common[k], (float)(_counts[j][k] / Math.Sqrt(_diagonal[common[k]])));
        (int[] ids, _) = _similar.Take();
        Array.Sort(ids);
        return ids;
    }

    /// <summary>Takes the items in whose weight would move the most; false when none would.</summary>
    private bool Grow(int j, int[] candidates)
    {
        foreach (int k in candidates) _fit[k] = 0;
        for (int a = 0; a < _set.Count; a++)
        {
            double w = _weights[a];
            if (w == 0) continue;
            int[] ids = _ids[_set[a]], counts = _counts[_set[a]];
            for (int k = 0; k < ids.Length; k++) _fit[ids[k]] += w * counts[k];
        }
        _waiting.Clear();
        foreach (int k in candidates)
        {
            if (k == j || _place[k] >= 0) continue;
            double step = Weight(_target[k] - _fit[k], _diagonal[k]);
            if (step > _options.Tolerance) _waiting.Add((step, k));
        }
        if (_waiting.Count == 0) return false;
        _waiting.Sort(static (a, b) => a.Step != b.Step ? b.Step.CompareTo(a.Step) : a.Item.CompareTo(b.Item));
        foreach ((_, int k) in _waiting.Take(Math.Max(Growth, _set.Count)))
        {
            _place[k] = _set.Count;
            _set.Add(k);
        }
        return true;
    }

    private double Weight(double rest, double diagonal) =>
        Math.Max(0, (rest / _users - _options.Penalty * _options.L1Share) / (diagonal / _users + _options.Penalty * (1 - _options.L1Share)));

    private void LoadSet()
    {
        int n = _set.Count;
        if (_weights.Length < n)
        {
            Array.Resize(ref _weights, 2 * n);
            _setFit = new double[2 * n];
            _gram = new double[4 * n * n];
        }
        _gram.AsSpan(0, n * n).Clear();
        for (int a = 0; a < n; a++)
        {
            int[] ids = _ids[_set[a]], counts = _counts[_set[a]];
            for (int k = 0; k < ids.Length; k++)
                if (_place[ids[k]] is >= 0 and int b) _gram[a * n + b] = counts[k];
        }
        Span<double> fit = _setFit.AsSpan(0, n);
        fit.Clear();
        for (int a = 0; a < n; a++)
            if (_weights[a] != 0) TensorPrimitives.MultiplyAdd(_gram.AsSpan(a * n, n), _weights[a], fit, fit);
    }

    private void Descend(double tolerance)
    {
        int n = _set.Count;
        Span<double> fit = _setFit.AsSpan(0, n);
        for (int pass = 0; pass < _options.MaxPasses; pass++)
        {
            double most = 0;
            for (int a = 0; a < n; a++)
            {
                double old = _weights[a], diagonal = _gram[a * n + a];
                double change = Weight(_target[_set[a]] - fit[a] + diagonal * old, diagonal) - old;
                if (change == 0) continue;
                _weights[a] = old + change;
                TensorPrimitives.MultiplyAdd(_gram.AsSpan(a * n, n), change, fit, fit);
                most = Math.Max(most, Math.Abs(change));
            }
            if (most <= tolerance) return;
        }
    }
}
