using System.Runtime.CompilerServices;

namespace LlmRec.Kernels;

/// <summary>
/// Rows on 64-byte boundaries in pinned chunks of some 16 MiB: grows by copying no more than its last chunk, holds more than one
/// array can, and a chunk is large enough for huge pages, which random access to rows profits from most. The padding of a row is zero.
/// </summary>
internal sealed unsafe class ChunkedRows<T> where T : unmanaged
{
    private const int ChunkBytes = 16 << 20;

    private readonly int _shift;
    private readonly AlignedBuffer<T>[] _chunks;
    private readonly AlignedBuffer<nint> _table;

    public ChunkedRows(int columns, int rows) : this(null, columns, rows)
    {
    }

    private ChunkedRows(ChunkedRows<T> old, int rows) : this(old, old.Columns, rows)
    {
    }

    private ChunkedRows(ChunkedRows<T>? old, int columns, int rows)
    {
        int size = Unsafe.SizeOf<T>(), perLine = AlignedBuffer<T>.Alignment / size;
        Columns = columns;
        Capacity = rows;
        Stride = checked((columns + perLine - 1) / perLine * perLine);
        _shift = Math.Max(0, (int)Math.Log2(Math.Max(1, ChunkBytes / ((double)Stride * size))));
        int chunkRows = 1 << _shift;
        _chunks = new AlignedBuffer<T>[(int)(((long)rows + chunkRows - 1) >> _shift)];
        _table = new(_chunks.Length);
        for (int c = 0; c < _chunks.Length; c++)
        {
            int length = Math.Min(chunkRows, rows - (c << _shift)) * Stride;
            AlignedBuffer<T>? had = old is not null && c < old._chunks.Length ? old._chunks[c] : null;
            if (had is null || had.Length != length)
            {
                _chunks[c] = new(length);
                had?.Span[..Math.Min(had.Length, length)].CopyTo(_chunks[c].Span);
            }
            else
            {
                _chunks[c] = had;
            }
            _table.Span[c] = (nint)_chunks[c].Pointer;
        }
    }

    public int Columns { get; }

    /// <summary>Elements from one row to the next within a chunk.</summary>
    public int Stride { get; }

    /// <summary>Rows there is room for.</summary>
    public int Capacity { get; }

    /// <summary>Where the rows are, for kernels. Valid while this object is reachable.</summary>
    public RowTable<T> Table => new((T**)_table.Pointer, _shift, Stride);

    public T* Pointer(int i) => (T*)_table.Pointer[i >> _shift] + (long)(i & ((1 << _shift) - 1)) * Stride;

    /// <summary>The row's elements without its padding.</summary>
    public Span<T> Row(int i) => new(Pointer(i), Columns);

    /// <summary>A copy with room for <paramref name="rows"/> rows that shares the chunks both have whole; this one stays valid.</summary>
    public ChunkedRows<T> Resized(int rows) => new(this, rows);
}
