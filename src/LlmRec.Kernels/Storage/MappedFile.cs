using System.IO.MemoryMappedFiles;

namespace LlmRec.Kernels;

/// <summary>A file mapped for reading. The mapping ends when it is disposed of (or forgotten) and the last user has let go.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    /// <exception cref="InvalidDataException">The file is shorter than <paramref name="least"/> bytes.</exception>
    public MappedFile(string path, int least)
    {
        Path = path;
        // Others may read, rename and replace the file meanwhile, not write into it.
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        try
        {
            Length = stream.Length;
            // An empty file cannot be mapped at all.
            if (Length < least) throw new InvalidDataException($"{path} is too short to be a saved index ({Length} bytes)");
            _file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
        _view = _file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        Pointer = (byte*)_view.SafeMemoryMappedViewHandle.DangerousGetHandle() + _view.PointerOffset;
    }

    public string Path { get; }

    public long Length { get; }

    /// <summary>The first byte, on a page boundary; valid while somebody holds on.</summary>
    public byte* Pointer { get; }

    /// <summary>Keeps the mapping for as long as the returned value is not disposed of.</summary>
    /// <exception cref="ObjectDisposedException">It has ended.</exception>
    public Hold HoldOn()
    {
        bool held = false;
        _view.SafeMemoryMappedViewHandle.DangerousAddRef(ref held);
        return new Hold(this);
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    /// <summary>A user's hold on a mapping; the default value holds nothing.</summary>
    public readonly ref struct Hold(MappedFile file)
    {
        private readonly MappedFile? _held = file;

        public void Dispose() => _held?._view.SafeMemoryMappedViewHandle.DangerousRelease();
    }
}
