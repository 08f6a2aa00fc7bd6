namespace LlmRec;

/// <summary>A bounded cache in memory; the vector that was not asked for the longest goes first.</summary>
/// <remarks>Thread-safe. O(1) for everything.</remarks>
public sealed class MemoryEmbeddingCache : IEmbeddingCache
{
    private const long BytesBesideTheVector = 160;   // key, list node, dictionary entry, array header

    private readonly Lock _lock = new();
    private readonly Dictionary<EmbeddingKey, LinkedListNode<(EmbeddingKey Key, float[] Vector)>> _entries = [];
    private readonly LinkedList<(EmbeddingKey Key, float[] Vector)> _byUse = [];   // latest first
    private long _bytes;

    /// <summary>Creates the cache.</summary>
    /// <param name="maxBytes">Most bytes it takes, at least 1, default 256 MB.</param>
    public MemoryEmbeddingCache(long maxBytes = 256L << 20)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxBytes);
        MaxBytes = maxBytes;
    }

    /// <summary>Most bytes it takes.</summary>
    public long MaxBytes { get; }

    /// <summary>Vectors in it.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _entries.Count;
        }
    }

    /// <inheritdoc/>
    public bool TryGet(EmbeddingKey key, Span<float> vector)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out LinkedListNode<(EmbeddingKey Key, float[] Vector)>? node) || node.Value.Vector.Length != vector.Length) return false;
            node.Value.Vector.CopyTo(vector);
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Add(EmbeddingKey key, ReadOnlySpan<float> vector)
    {
        EmbeddingRecord.Check(vector);
        lock (_lock)
        {
            if (_entries.ContainsKey(key)) return;
            _entries.Add(key, _byUse.AddFirst((key, vector.ToArray())));
            _bytes += BytesOf(vector.Length);
            while (_bytes > MaxBytes && _byUse.Last is { } last)
            {
                _byUse.RemoveLast();
                _entries.Remove(last.Value.Key);
                _bytes -= BytesOf(last.Value.Vector.Length);
            }
        }
    }

    /// <summary>Does nothing: memory does not outlive the process.</summary>
    public void Flush()
    {
    }

    private static long BytesOf(int dimensions) => BytesBesideTheVector + 4L * dimensions;
}
