namespace LlmRec.Kernels;

public sealed partial class HnswIndex
{
    /// <summary>Writes the index to a file, beside it first and then renamed, so that a reader never meets half a file.</summary>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <remarks>Changes wait meanwhile, searches do not.</remarks>
    /// <exception cref="IOException">The file could not be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        lock (_writing)
            HnswFile.Write(path, HnswIndexHeader.Of(Options, Columns, _state), _state);
    }

    /// <summary>Reads an index that <see cref="Save"/> wrote. Everything is checked.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not an index, is cut short or was changed.</exception>
    public static HnswIndex Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        (HnswOptions options, int columns, HnswState state) = HnswFile.Read(path);
        return new(columns, options, state);
    }
}
