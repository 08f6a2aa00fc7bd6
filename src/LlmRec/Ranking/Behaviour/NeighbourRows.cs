namespace LlmRec;

/// <summary>
/// For each item the items found near it in histories, with summed weights: sparse rows that take single updates in less than a
/// microsecond and never hold more than twice their bound.
/// </summary>
/// <remarks>Reading from several threads is safe while nobody writes. 8 bytes a neighbour plus 64 bytes a row.</remarks>
internal sealed partial class NeighbourRows
{
    private int[][] _ids;
    private float[][] _weights;
    private int[] _counts;

    public NeighbourRows(int rows, int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        Bound = bound;
        _ids = new int[rows][];
        _weights = new float[rows][];
        _counts = new int[rows];
        _ids.AsSpan().Fill([]);
        _weights.AsSpan().Fill([]);
    }

    /// <summary>How many neighbours a row is cut down to; it may grow to twice as many before the next cut.</summary>
    public int Bound { get; }

    public int Rows => _counts.Length;

    /// <summary>Bytes held by the rows.</summary>
    public long Bytes
    {
        get
        {
            long bytes = 0;
            foreach (int[] row in _ids) bytes += 8L * row.Length + 64;
            return bytes;
        }
    }

    public ReadOnlySpan<int> Ids(int row) => _ids[row].AsSpan(0, _counts[row]);

    public ReadOnlySpan<float> Weights(int row) => _weights[row].AsSpan(0, _counts[row]);

    /// <summary>The weight of a neighbour, 0 when it is none.</summary>
    public float WeightOf(int row, int neighbour)
    {
        int at = Ids(row).IndexOf(neighbour);
        return at < 0 ? 0f : _weights[row][at];
    }

    /// <summary>Replaces a row; keeps the heaviest neighbours when there are more than the bound, and orders them by id.</summary>
    /// <param name="row">The row.</param>
    /// <param name="ids">Distinct ids; reordered.</param>
    /// <param name="weights">Their weights; reordered.</param>
    public void Set(int row, Span<int> ids, Span<float> weights)
    {
        int n = Heaviest(ids, weights, Bound);
        ids[..n].Sort(weights[..n]);
        _ids[row] = ids[..n].ToArray();
        _weights[row] = weights[..n].ToArray();
        _counts[row] = n;
    }

    /// <summary>Adds to the weight of a neighbour. When a row is full, its lightest half makes room.</summary>
    public void Add(int row, int neighbour, float weight)
    {
        int n = _counts[row];
        int at = _ids[row].AsSpan(0, n).IndexOf(neighbour);
        if (at >= 0)
        {
            _weights[row][at] += weight;
            return;
        }
        if (n >= 2 * Bound)
            _counts[row] = n = Heaviest(_ids[row].AsSpan(0, n), _weights[row].AsSpan(0, n), Bound);
        if (n == _ids[row].Length)
        {
            int capacity = Math.Min(2 * Bound, Math.Max(8, n + (n >> 1)));
            Array.Resize(ref _ids[row], capacity);
            Array.Resize(ref _weights[row], capacity);
        }
        _ids[row][n] = neighbour;
        _weights[row][n] = weight;
        _counts[row] = n + 1;
    }

    public void GrowTo(int rows)
    {
        int old = Rows;
        if (rows <= old) return;
        Array.Resize(ref _ids, rows);
        Array.Resize(ref _weights, rows);
        Array.Resize(ref _counts, rows);
        _ids.AsSpan(old).Fill([]);
        _weights.AsSpan(old).Fill([]);
    }

    /// <summary>Empties a row and takes its item out of all others. Reads every row once.</summary>
    public void Remove(int item)
    {
        _ids[item] = [];
        _weights[item] = [];
        _counts[item] = 0;
        for (int row = 0; row < Rows; row++)
        {
            int at = Ids(row).IndexOf(item);
            if (at < 0) continue;
            int last = --_counts[row];
            _ids[row].AsSpan(at + 1, last - at).CopyTo(_ids[row].AsSpan(at));
            _weights[row].AsSpan(at + 1, last - at).CopyTo(_weights[row].AsSpan(at));
        }
    }

    /// <summary>Moves the k heaviest to the front, heaviest first, ties by lower id.</summary>
    private static int Heaviest(Span<int> ids, Span<float> weights, int k)
    {
        if (ids.Length <= k) return ids.Length;
        var order = new (float Minus, int Id)[ids.Length];
        for (int i = 0; i < order.Length; i++) order[i] = (-weights[i], ids[i]);
        Array.Sort(order);
        for (int i = 0; i < k; i++) (weights[i], ids[i]) = (-order[i].Minus, order[i].Id);
        return k;
    }
}
