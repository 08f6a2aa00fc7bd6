using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace LlmRec.Transformers;

/// <summary>Collects tensors and writes them as a safetensors file. The same tensors give the same bytes, whatever the order they were added in.</summary>
/// <remarks>Not thread-safe. Arrays are referenced, not copied, until they are written.</remarks>
public sealed class SafeTensorsWriter
{
    private readonly SortedDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    private sealed record Entry(TensorType Type, long[] Shape, ByteCopy CopyTo, long Length);

    private delegate void ByteCopy(long at, Span<byte> target);

    /// <summary>Notes that go into the header.</summary>
    public IDictionary<string, string> Metadata { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Adds a tensor.</summary>
    /// <typeparam name="T">Element type: a float or integer type, <see cref="Half"/> or <see cref="bool"/>.</typeparam>
    /// <param name="name">Its key, not used before.</param>
    /// <param name="values">Row-major elements.</param>
    /// <param name="shape">Sizes whose product is the number of elements; none means one dimension.</param>
    /// <exception cref="ArgumentException">The name is taken, or the shape does not fit the number of elements.</exception>
    public void Add<T>(string name, ReadOnlyMemory<T> values, params ReadOnlySpan<long> shape) where T : unmanaged =>
        Add(name, TensorTypeTable.Of<T>(), values, shape);

    /// <summary>Adds a one-dimensional tensor, or one of the given shape.</summary>
    /// <inheritdoc cref="Add{T}(string, ReadOnlyMemory{T}, ReadOnlySpan{long})"/>
    public void Add<T>(string name, T[] values, params ReadOnlySpan<long> shape) where T : unmanaged =>
        Add(name, TensorTypeTable.Of<T>(), (ReadOnlyMemory<T>)values, shape);

    /// <summary>Adds a bfloat16 tensor from the upper halves of its floats.</summary>
    /// <inheritdoc cref="Add{T}(string, ReadOnlyMemory{T}, ReadOnlySpan{long})"/>
    public void AddBFloat16(string name, ReadOnlyMemory<ushort> values, params ReadOnlySpan<long> shape) =>
        Add(name, TensorType.BF16, values, shape);

    /// <summary>Writes to a stream.</summary>
    public async Task WriteAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        // Wide types first, as the reference writer does, so that every tensor is aligned to its element size.
        var ordered = _entries.OrderByDescending(e => TensorTypeTable.SizeOf(e.Value.Type)).ToArray();
        byte[] header = Header(ordered);
        byte[] prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        await stream.WriteAsync(prefix, cancellationToken).ConfigureAwait(false);
        await stream.WriteAsync(header, cancellationToken).ConfigureAwait(false);
        byte[] block = new byte[1 << 16];
        foreach ((_, Entry entry) in ordered)
            for (long at = 0; at < entry.Length; at += block.Length)
            {
                int n = (int)Math.Min(block.Length, entry.Length - at);
                entry.CopyTo(at, block.AsSpan(0, n));
                await stream.WriteAsync(block.AsMemory(0, n), cancellationToken).ConfigureAwait(false);
            }
    }

    /// <summary>Writes a file: beside its place first and then renamed, so that a crash leaves the old one whole.</summary>
    public async Task WriteAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string beside = path + ".part";
        await using (var stream = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, useAsync: true))
        {
            await WriteAsync(stream, cancellationToken).ConfigureAwait(false);
            stream.Flush(flushToDisk: true);
        }
        File.Move(beside, path, overwrite: true);
    }

    private void Add<T>(string name, TensorType type, ReadOnlyMemory<T> values, ReadOnlySpan<long> shape) where T : unmanaged
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name == "__metadata__") throw new ArgumentException("'__metadata__' is the header's own key and cannot name a tensor", nameof(name));
        long[] sizes = shape.IsEmpty ? [values.Length] : shape.ToArray();
        long count = 1;
        foreach (long size in sizes)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(shape));
            count = checked(count * size);
        }
        if (count != values.Length)
            throw new ArgumentException($"the tensor '{name}' has {values.Length} elements, which do not fill the shape [{string.Join(", ", sizes)}]", nameof(shape));
        int elementSize = TensorTypeTable.SizeOf(type);
        long bytes = count * elementSize;
        // Blocks are whole elements, so a tensor of more bytes than a span can hold is written all the same.
        void CopyTo(long at, Span<byte> target) => MemoryMarshal.AsBytes(values.Span.Slice((int)(at / elementSize), target.Length / elementSize)).CopyTo(target);
        if (!_entries.TryAdd(name, new Entry(type, sizes, CopyTo, bytes)))
            throw new ArgumentException($"there already is a tensor '{name}'", nameof(name));
    }

    private byte[] Header(KeyValuePair<string, Entry>[] ordered)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (Metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach ((string key, string value) in Metadata) json.WriteString(key, value);
                json.WriteEndObject();
            }
            long at = 0;
            foreach ((string name, Entry entry) in ordered)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", TensorTypeTable.NameOf(entry.Type));
                json.WriteStartArray("shape");
                foreach (long size in entry.Shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(at);
                json.WriteNumberValue(at += entry.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }
}
