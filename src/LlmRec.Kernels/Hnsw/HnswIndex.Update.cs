namespace LlmRec.Kernels;

public sealed partial class HnswIndex
{
    // From this share of new rows on, rounding all rows to int8 once costs less than it saves.
    private const int ProxyShare = 64;

    /// <summary>Adds a row or replaces the row of a key. O(log n), about a thousand dot products.</summary>
    /// <param name="key">The key, any integer.</param>
    /// <param name="row">d values.</param>
    /// <exception cref="ArgumentException">Wrong length, a value that is not finite, or no direction under <see cref="VectorMetric.Cosine"/>.</exception>
    public void Upsert(int key, ReadOnlySpan<float> row)
    {
        var unit = new float[Columns];
        Prepare(row, unit, $"the row of key {key}", nameof(row));
        lock (_writing)
        {
            int node = Append(key, unit);
            Link(node, node + 1, null, CancellationToken.None);
            _state.Show(node);
            CompactIfDue();
        }
    }

    /// <summary>Adds or replaces many rows at once, on several threads. Of rows with the same key the last stands.</summary>
    /// <param name="keys">The keys, one for each row.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="progress">Told the number of rows done.</param>
    /// <param name="cancellationToken">Stops after the batch at hand; rows linked by then stay, the others are left out.</param>
    /// <exception cref="ArgumentException">Sizes differ, or a row is not acceptable; then nothing was changed.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public void Upsert(ReadOnlySpan<int> keys, RowMatrix rows, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (keys.Length != rows.Rows)
            throw new ArgumentException($"{keys.Length} keys for {rows.Rows} rows", nameof(keys));
        if (rows.Columns != Columns)
            throw new ArgumentException($"rows have {rows.Columns} values, the index has rows of {Columns}", nameof(rows));
        var unit = new float[Columns];
        for (int i = 0; i < keys.Length; i++)
            Prepare(rows.Row(i), unit, $"row {i}", nameof(rows));

        lock (_writing)
        {
            Reserve(keys.Length);
            int start = _state.Graph.Count, done = 0;
            for (int i = 0; i < keys.Length; i++)
            {
                Prepare(rows.Row(i), unit, $"row {i}", nameof(rows));
                Append(keys[i], unit);
            }
            try
            {
                Link(start, start + keys.Length, n =>
                {
                    done = n;
                    progress?.Report(n);
                }, cancellationToken);
            }
            finally
            {
                for (int node = start; node < start + done; node++)
                    _state.Show(node);
                if (done < keys.Length)
                    _state.Truncate(start + done);
            }
            CompactIfDue();
        }
    }

    /// <summary>Removes the row of a key: it is not found any more, its room is taken back by <see cref="Compact"/>. O(1).</summary>
    /// <param name="key">The key.</param>
    /// <returns>False when there was no such row.</returns>
    public bool Remove(int key)
    {
        lock (_writing)
        {
            int slot = _state.Slots.Find(key, _state.Keys);
            if (slot < 0 || _state.IsDead(slot))
                return false;
            _state.Bury(slot);
            CompactIfDue();
            return true;
        }
    }

    private void CompactIfDue()
    {
        if (_state.DeadCount >= 64 && _state.DeadCount >= Options.CompactAt * _state.Graph.Count)
            Rebuild();
    }
}
