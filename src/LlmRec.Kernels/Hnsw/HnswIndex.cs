namespace LlmRec.Kernels;

/// <summary>
/// Approximate nearest neighbours by a hierarchical navigable small-world graph: rows with integer keys, found by cosine or inner
/// product in time that grows with the logarithm of their number. Takes rows, changes and removals at any time.
/// </summary>
/// <remarks>
/// <para>Malkov and Yashunin, Efficient and robust approximate nearest neighbor search using hierarchical navigable small world
/// graphs, arXiv 1603.09320.</para>
/// <para>Thread-safe: searches never wait, also not for a change that is going on; changes wait for one another. A search sees each
/// row as it was before or after a change, never half of it.</para>
/// <para>The graph of a batch is built over the rows rounded to int8, whatever the format: the scores of <see cref="RowFormat.Float32"/>
/// rows are exact all the same. The same rows, options and seed give the same index, for any number of threads.</para>
/// <para>Memory beyond the rows: about 8·<see cref="HnswOptions.Connections"/> + 20 bytes a row.</para>
/// </remarks>
public sealed partial class HnswIndex
{
    private readonly HnswScratchPool _scratches = new();
    private readonly Lock _writing = new();
    private HnswState _state;

    /// <summary>Makes an empty index.</summary>
    /// <param name="columns">Length d of a row, 1 to 65,536.</param>
    /// <param name="options">Options; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size or an option is out of its range.</exception>
    public HnswIndex(int columns, HnswOptions? options = null)
        : this(columns, options ?? new(), null)
    {
    }

    internal HnswIndex(int columns, HnswOptions options, HnswState? state)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, MaxColumns);
        options.Validate();
        Columns = columns;
        Options = options;
        _state = state ?? HnswState.Empty(options, columns, 0, 0);
    }

    /// <summary>The longest row.</summary>
    internal const int MaxColumns = 65_536;

    /// <summary>Builds an index over the rows of a matrix; the key of a row is its number.</summary>
    /// <param name="rows">n rows; they are copied.</param>
    /// <param name="options">Options; null for the defaults.</param>
    /// <param name="progress">Told the number of rows done.</param>
    /// <param name="cancellationToken">Stops the build.</param>
    /// <exception cref="ArgumentException">A row has a value that is not finite, or no direction under <see cref="VectorMetric.Cosine"/>.</exception>
    /// <exception cref="OperationCanceledException">The build was stopped.</exception>
    public static HnswIndex Build(RowMatrix rows, HnswOptions? options = null, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var index = new HnswIndex(rows.Columns, options);
        int[] keys = new int[rows.Rows];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = i;
        index.Upsert(keys, rows, progress, cancellationToken);
        return index;
    }

    /// <summary>Length d of a row.</summary>
    public int Columns { get; }

    /// <summary>The options it was made with.</summary>
    public HnswOptions Options { get; }

    /// <summary>Number of rows that can be found.</summary>
    public int Count => _state.LiveCount;

    /// <summary>Removed and replaced rows that still take room; see <see cref="Compact"/>.</summary>
    public int RemovedCount => _state.DeadCount;

    /// <summary>Bytes held beyond the rows themselves.</summary>
    public long OverheadBytes => _state.OverheadBytes;

    /// <summary>True when there is a row with this key. O(1).</summary>
    /// <param name="key">The key.</param>
    public bool Contains(int key)
    {
        HnswState state = Volatile.Read(ref _state);
        int slot = state.Slots.Find(key, state.Keys);
        return slot >= 0 && !state.IsDead(slot);
    }

    /// <summary>Copies the row of a key: of unit length under <see cref="VectorMetric.Cosine"/>, rounded when kept as int8.</summary>
    /// <param name="key">The key.</param>
    /// <param name="row">Room for d values.</param>
    /// <returns>False when there is no such row.</returns>
    /// <exception cref="ArgumentException"><paramref name="row"/> has another length.</exception>
    public bool TryGet(int key, Span<float> row)
    {
        if (row.Length != Columns)
            throw new ArgumentException($"rows have {Columns} values, there is room for {row.Length}", nameof(row));
        HnswState state = Volatile.Read(ref _state);
        int slot = state.Slots.Find(key, state.Keys);
        if (slot < 0 || state.IsDead(slot))
            return false;
        state.Rows.Read(slot, row);
        return true;
    }

    private int Threads => Options.Threads == 0 ? Environment.ProcessorCount : Options.Threads;

    /// <summary>Checks a row or query, copies it and, for the cosine, brings it to unit length.</summary>
    private void Prepare(ReadOnlySpan<float> vector, Span<float> unit, string what, string parameter)
    {
        if (vector.Length != Columns)
            throw new ArgumentException($"{what} has {vector.Length} values, the index has rows of {Columns}", parameter);
        double square = 0;
        for (int j = 0; j < vector.Length; j++)
        {
            if (!float.IsFinite(vector[j]))
                throw new ArgumentException($"{what} has {vector[j]} at column {j}; all values must be finite", parameter);
            square += (double)vector[j] * vector[j];
        }
        if (Options.Metric != VectorMetric.Cosine)
        {
            if (square > 1e36)
                throw new ArgumentException($"{what} is longer than 1e18, so that products overflow; scale the vectors down", parameter);
            vector.CopyTo(unit);
            return;
        }
        if (square == 0)
            throw new ArgumentException($"{what} is all zeros and has no direction; leave it out or compare by inner product", parameter);
        double inverse = 1 / Math.Sqrt(square);
        for (int j = 0; j < vector.Length; j++)
            unit[j] = (float)(vector[j] * inverse);
    }
}
