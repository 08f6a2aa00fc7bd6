using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace LlmRec.Transformers;

/// <summary>
/// An open safetensors file (huggingface/safetensors): tensors by name, memory-mapped, so that opening costs the header only.
/// No code runs when it is opened, and every claim of the header is checked.
/// </summary>
/// <remarks>Thread-safe. Spans taken from it are valid until <see cref="Dispose"/>.</remarks>
public sealed unsafe class SafeTensorsFile : IDisposable
{
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly SafeTensorsHeader _header;
    private readonly byte* _data;   // first byte after the header
    private GCHandle _pin;
    private int _disposed;

    private SafeTensorsFile(string name, SafeTensorsHeader header, byte* data, MemoryMappedFile? file, MemoryMappedViewAccessor? view, GCHandle pin)
    {
        Name = name;
        _header = header;
        _data = data;
        _file = file;
        _view = view;
        _pin = pin;
    }

    /// <summary>Opens a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not a valid safetensors file; the message says why.</exception>
    public static SafeTensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new FileNotFoundException($"there is no safetensors file '{path}'", path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        long bytes = stream.Length;
        Span<byte> prefix = stackalloc byte[8];
        int read = stream.ReadAtLeast(prefix, 8, throwOnEndOfStream: false);
        int length = SafeTensorsHeader.Length(prefix[..read], bytes, path);
        byte[] json = new byte[length];
        stream.ReadExactly(json);
        long dataBytes = bytes - 8 - length;
        SafeTensorsHeader header = SafeTensorsHeader.Parse(json, dataBytes, path);
        if (dataBytes == 0) return new SafeTensorsFile(path, header, null, null, null, default);

        MemoryMappedFile file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        MemoryMappedViewAccessor? view = null;
        try
        {
            view = file.CreateViewAccessor(0, bytes, MemoryMappedFileAccess.Read);
            byte* start = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            return new SafeTensorsFile(path, header, start + view.PointerOffset + 8 + length, file, view, default);
        }
        catch
        {
            view?.Dispose();
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads a file that is already in memory.</summary>
    /// <param name="content">The whole file; kept, not copied.</param>
    /// <param name="name">A name for messages.</param>
    /// <exception cref="InvalidDataException">The content is not a valid safetensors file.</exception>
    public static SafeTensorsFile Parse(byte[] content, string name = "the safetensors content")
    {
        ArgumentNullException.ThrowIfNull(content);
        int length = SafeTensorsHeader.Length(content.AsSpan(0, Math.Min(8, content.Length)), content.Length, name);
        SafeTensorsHeader header = SafeTensorsHeader.Parse(content.AsSpan(8, length), content.Length - 8 - length, name);
        GCHandle pin = GCHandle.Alloc(content, GCHandleType.Pinned);
        return new SafeTensorsFile(name, header, (byte*)pin.AddrOfPinnedObject() + 8 + length, null, null, pin);
    }

    /// <summary>The path, or the name given.</summary>
    public string Name { get; }

    /// <summary>All tensors by name.</summary>
    public IReadOnlyDictionary<string, TensorInfo> Tensors => _header.Tensors;

    /// <summary>The file's own notes, strings by key.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>A tensor's raw bytes.</summary>
    /// <exception cref="InvalidDataException">There is no such tensor, or it has more bytes than one span can hold (2 GB).</exception>
    public ReadOnlySpan<byte> Bytes(string tensor)
    {
        TensorInfo info = Find(tensor);
        if (info.Bytes > int.MaxValue) throw new InvalidDataException($"{Name}: {info} has {info.Bytes} bytes, more than one span can hold");
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return new ReadOnlySpan<byte>(_data + info.Offset, (int)info.Bytes);
    }

    /// <summary>A tensor's elements without a copy.</summary>
    /// <typeparam name="T">The element type of the file; <see cref="ushort"/> reads bfloat16.</typeparam>
    /// <param name="tensor">Its name.</param>
    /// <param name="shape">The shape it must have; −1 fits any size; empty fits any shape.</param>
    /// <exception cref="InvalidDataException">There is no such tensor, or its type or shape is another; the message names both.</exception>
    public ReadOnlySpan<T> Get<T>(string tensor, params ReadOnlySpan<long> shape) where T : unmanaged
    {
        TensorInfo info = Find(tensor);
        if (!TensorTypeTable.Holds<T>(info.Type))
            throw new InvalidDataException($"{Name}: {info} was expected to be {TensorTypeTable.NameOf(TensorTypeTable.Of<T>())}");
        CheckShape(info, shape);
        return Elements<T>(info);
    }

    /// <summary>A copy of a floating-point tensor as float32, whichever of F64, F32, F16 or BF16 the file holds.</summary>
    /// <param name="tensor">Its name.</param>
    /// <param name="shape">The shape it must have; −1 fits any size; empty fits any shape.</param>
    /// <exception cref="InvalidDataException">There is no such tensor, its shape is another, or it holds integers.</exception>
    public float[] ReadFloats(string tensor, params ReadOnlySpan<long> shape)
    {
        float[] values = new float[Verified(tensor, shape)];
        CopyFloats(tensor, values);
        return values;
    }

    /// <summary>How many elements a tensor of the right shape has.</summary>
    internal int Verified(string tensor, ReadOnlySpan<long> shape)
    {
        TensorInfo info = Find(tensor);
        CheckShape(info, shape);
        return checked((int)info.Count);
    }

    /// <summary>Writes a floating-point tensor as float32.</summary>
    internal void CopyFloats(string tensor, Span<float> values)
    {
        TensorInfo info = Find(tensor);
        switch (info.Type)
        {
            case TensorType.F32:
                Elements<float>(info).CopyTo(values);
                break;
            case TensorType.F64:
                ReadOnlySpan<double> doubles = Elements<double>(info);
                for (int i = 0; i < values.Length; i++) values[i] = (float)doubles[i];
                break;
            case TensorType.F16:
                ReadOnlySpan<Half> halves = Elements<Half>(info);
                for (int i = 0; i < values.Length; i++) values[i] = (float)halves[i];
                break;
            case TensorType.BF16:
                ReadOnlySpan<ushort> brains = Elements<ushort>(info);
                for (int i = 0; i < values.Length; i++) values[i] = BitConverter.UInt32BitsToSingle((uint)brains[i] << 16);
                break;
            default:
                throw new InvalidDataException($"{Name}: {info} was expected to be a floating-point tensor");
        }
    }

    /// <summary>Unmaps the file.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        if (_view is not null) _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view?.Dispose();
        _file?.Dispose();
        if (_pin.IsAllocated) _pin.Free();
        GC.SuppressFinalize(this);
    }

    private ReadOnlySpan<T> Elements<T>(TensorInfo info) where T : unmanaged
    {
        if (info.Count > Array.MaxLength) throw new InvalidDataException($"{Name}: {info} has {info.Count} elements, more than one span can hold");
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return new ReadOnlySpan<T>(_data + info.Offset, (int)info.Count);
    }

    private TensorInfo Find(string tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return Tensors.TryGetValue(tensor, out TensorInfo? info) ? info
            : throw new InvalidDataException($"{Name} has no tensor '{tensor}'; it has {Tensors.Count}: {string.Join(", ", Tensors.Keys.Order(StringComparer.Ordinal).Take(8))}{(Tensors.Count > 8 ? ", …" : "")}");
    }

    private void CheckShape(TensorInfo info, ReadOnlySpan<long> shape)
    {
        if (shape.IsEmpty) return;
        bool same = shape.Length == info.Shape.Count;
        for (int i = 0; same && i < shape.Length; i++) same = shape[i] < 0 || shape[i] == info.Shape[i];
        if (!same) throw new InvalidDataException($"{Name}: {info} was expected to have the shape [{string.Join(", ", shape.ToArray().Select(s => s < 0 ? "any" : s.ToString(System.Globalization.CultureInfo.InvariantCulture)))}]");
    }
}
