namespace LlmRec.Kernels;

/// <summary>
/// A living index of vectors under integer keys: rows are added, replaced and removed while others search. Every search is exact
/// and sees the index as it was at the moment the search began.
/// </summary>
/// <remarks>
/// Thread-safe. Readers never wait: a row is written once, to a place no reader looks at, and then published by one store. Writers
/// take turns. An update leaves a dead row behind; when an eighth of a block of rows is dead the writer moves the rest
/// together and drops the block, so dead rows never cost a search more than about an eighth. After warm-up a search allocates nothing.
/// </remarks>
public sealed partial class VectorIndex : IDisposable
{
    private const int FirstRows = 256;

    private readonly Lock _writing = new();
    private readonly KeyMap _map;
    private readonly VectorIndexOptions _options;
    private readonly float[] _row;
    private IndexState _state;
    private int _count;

    /// <summary>Creates an empty index.</summary>
    /// <param name="dimensions">Length d of every vector, 1 to 65,536.</param>
    /// <param name="options">Layout; <c>null</c> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public VectorIndex(int dimensions, VectorIndexOptions? options = null)
    {
        options ??= new();
        Check(dimensions, options);
        Dimensions = dimensions;
        _options = options;
        _row = new float[dimensions];
        _map = new KeyMap(capacity: options.Capacity);
        _state = new IndexState([NewChunk(Math.Max(options.Capacity, FirstRows))], 0, IndexState.MakeStamp(0, 0));
    }

    /// <summary>Length d of every vector.</summary>
    public int Dimensions { get; }

    /// <summary>How vectors are compared.</summary>
    public VectorMetric Metric => _options.Metric;

    /// <summary>How rows are kept.</summary>
    public RowFormat Format => _options.Format;

    /// <summary>Number of keys in the index.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>True when the key has a vector.</summary>
    public bool Contains(int key)
    {
        using MappedFile.Hold hold = HoldFile();
        return _map.Find(key) >= 0;
    }

    /// <summary>Reads a key's vector as it is stored: at unit length under <see cref="VectorMetric.Cosine"/>, rounded to the <see cref="Format"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="destination">Receives d values.</param>
    /// <returns>False when the key has no vector; then nothing is written.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is not d long.</exception>
    public unsafe bool TryGet(int key, Span<float> destination)
    {
        if (destination.Length != Dimensions)
            throw new ArgumentException($"the destination has {destination.Length} values, the index has {Dimensions} dimensions", nameof(destination));
        using MappedFile.Hold hold = HoldFile();
        while (true)
        {
            IndexState state = Volatile.Read(ref _state);
            long version = IndexState.Version(state.Stamp);
            int place = _map.Find(key);
            if (place < 0) return false;
            // A place newer than the state just read, or one whose chunk has been replaced meanwhile: look again, the writer is past it.
            int c = place >> IndexChunk.PlaceBits, i = place & (IndexChunk.MaxRows - 1);
            if (c < state.Chunks.Length && state.Chunks[c] is { } chunk && i < chunk.Capacity && chunk.Keys[i] == key && chunk.IsLive(i, version))
            {
                chunk.Verify(i, i + 1);
                chunk.Rows.Read(i, destination);
                return true;
            }
        }
    }

    /// <summary>Adds the key's vector or replaces it.</summary>
    /// <param name="key">The key, at least 0. Dense keys make the smallest filters.</param>
    /// <param name="vector">d finite values; copied, and under <see cref="VectorMetric.Cosine"/> scaled to unit length.</param>
    /// <returns>True when the key is new, false when its vector was replaced.</returns>
    /// <exception cref="ArgumentException">The vector has another length, holds NaN or infinity, or is all zeros under <see cref="VectorMetric.Cosine"/>. The index is unchanged.</exception>
    public bool Upsert(int key, ReadOnlySpan<float> vector)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(key);
        if (vector.Length != Dimensions)
            throw new ArgumentException($"the vector of key {key} has {vector.Length} values, the index has {Dimensions} dimensions", nameof(vector));
        Similarity.ThrowIfNotFinite(vector, nameof(vector));
        if (Metric == VectorMetric.Cosine && vector.IndexOfAnyExcept(0f) < 0)
            throw new ArgumentException($"the vector of key {key} is all zeros, which has no direction and so no cosine", nameof(vector));

        if (Metric != VectorMetric.Cosine && !(RowCoding.Fits(Format, vector) && (_options.Coarse is not { } coarse || RowCoding.Fits(coarse, vector))))
            throw new ArgumentException($"the vector of key {key} has a value beyond float16's range of ±65,504; scale the vectors or choose {nameof(RowFormat.BFloat16)}", nameof(vector));

        using MappedFile.Hold hold = HoldFile();
        lock (_writing)
        {
            if (Metric == VectorMetric.Cosine)
            {
                Similarity.Normalize(vector, _row);
                vector = _row;
            }
            IndexChunk chunk = RoomForOne(out int i);
            chunk.Write(i, key, vector);

            int old = _map.Find(key);
            Publish(key, i, old);
            Volatile.Write(ref _count, _map.Count);
            if (old >= 0) CompactIfSparse(old >> IndexChunk.PlaceBits);
            return old < 0;
        }
    }

    /// <summary>Removes a key and its vector.</summary>
    /// <param name="key">The key.</param>
    /// <returns>False when the key was not there.</returns>
    public bool Remove(int key)
    {
        using MappedFile.Hold hold = HoldFile();
        lock (_writing)
        {
            int place = _map.Find(key);
            if (place < 0) return false;
            long stamp = _state.Stamp, version = IndexState.Version(stamp) + 1;
            _map.Remove(key);
            Kill(place, version);
            _state.Stamp = IndexState.MakeStamp(version, IndexState.OpenRows(stamp));
            Volatile.Write(ref _count, _map.Count);
            CompactIfSparse(place >> IndexChunk.PlaceBits);
            return true;
        }
    }

    internal static void Check(int dimensions, VectorIndexOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimensions);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, 65_536);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Capacity, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.CandidatesPerHit, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.CandidatesPerHit, 1000, nameof(options));
        if (!Enum.IsDefined(options.Metric))
            throw new ArgumentOutOfRangeException(nameof(options), options.Metric, "unknown metric");
        if (!Enum.IsDefined(options.Format) || (options.Coarse is { } coarse && !Enum.IsDefined(coarse)))
            throw new ArgumentOutOfRangeException(nameof(options), options.Format, "unknown row format");
        if (options.Metric == VectorMetric.SquaredDistance && (options.Format != RowFormat.Float32 || options.Coarse is not null))
            throw new ArgumentException($"{nameof(VectorMetric.SquaredDistance)} needs rows kept as {nameof(RowFormat.Float32)} without a coarse copy", nameof(options));
    }
}
