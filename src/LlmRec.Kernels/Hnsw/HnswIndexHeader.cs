using System.Runtime.InteropServices;

namespace LlmRec.Kernels;

/// <summary>The sizes and options at the head of an index's file.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct HnswIndexHeader(
    double CompactAt, int Columns, int Format, int Metric, int Connections, int BuildBreadth, int SearchBreadth, int Seed,
    int Count, int UpperLength, int Entry)
{
    /// <summary>Bytes of the file before and after the parts whose length the header gives.</summary>
    private const int Fixed = 8 + 4 + (8 + 10 * 4) + 8;

    public static HnswIndexHeader Of(HnswOptions options, int columns, HnswState state) => new(
        options.CompactAt, columns, (int)options.Format, (int)options.Metric, options.Connections, options.BuildBreadth, options.SearchBreadth, options.Seed,
        state.Graph.Count, state.Graph.UpperLength, state.Graph.Entry);

    /// <summary>Holds the header against what is possible and against the file's length.</summary>
    /// <exception cref="InvalidDataException">It cannot be true.</exception>
    public HnswOptions Check(string path, long fileLength)
    {
        var options = new HnswOptions
        {
            Format = (RowFormat)Format,
            Metric = (VectorMetric)Metric,
            Connections = Connections,
            BuildBreadth = BuildBreadth,
            SearchBreadth = SearchBreadth,
            Seed = Seed,
            CompactAt = CompactAt,
        };
        try
        {
            options.Validate();
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new InvalidDataException($"{path} is damaged: {e.Message}", e);
        }
        if (Columns is < 1 or > HnswIndex.MaxColumns || Count < 0 || UpperLength < 0 || Entry < -1 || Entry >= Count)
            throw new InvalidDataException($"{path} is damaged: the sizes in its header are impossible; copy or build the index again");
        long rowBytes = options.Format == RowFormat.Int8 ? 4 + (long)Columns : 4L * Columns;
        long expected = Fixed + Count * (1 + 4 + 8L * Connections + rowBytes) + (Count + 63L) / 64 * 8 + 4L * UpperLength;
        if (fileLength != expected)
            throw new InvalidDataException($"{path} has {fileLength} bytes where its header asks for {expected}; copy or build the index again");
        return options;
    }
}
