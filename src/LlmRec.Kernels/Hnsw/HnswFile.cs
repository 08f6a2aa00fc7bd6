using System.Runtime.InteropServices;

namespace LlmRec.Kernels;

/// <summary>
/// The file of an index: a header of fixed size, then levels, keys, removed marks, links, scales and rows, then a checksum of
/// everything before. Little-endian. Nothing is believed: sizes are held against the file's length before memory is taken, and
/// each number that is used as an address is checked.
/// </summary>
internal static class HnswFile
{
    private const ulong Magic = 0x57534E48_6D6C6C52; // "RllmHNSW"
    private const int Version = 1;

    public static void Write(string path, HnswIndexHeader header, HnswState state)
    {
        string beside = path + ".writing";
        using (var file = new ChecksumStream(new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16)))
        {
            file.Write(Magic);
            file.Write(Version);
            file.Write(header);
            HnswGraph graph = state.Graph;
            file.Write<byte>(graph.Levels);
            file.Write<int>(state.Keys.AsSpan(0, header.Count));
            file.Write<ulong>(state.Dead[..((header.Count + 63) / 64)]);
            file.Write<int>(graph.BaseLinks);
            file.Write<int>(graph.UpperLinks);
            if (state.Rows.Format == RowFormat.Int8)
                file.Write<float>(state.Rows.Scales.Span[..header.Count]);
            for (int i = 0; i < header.Count; i++)
            {
                if (state.Rows.Format == RowFormat.Int8)
                    file.Write<sbyte>(state.Rows.Bytes.Row(i));
                else
                    file.Write<float>(state.Rows.Floats.Row(i));
            }
            file.WriteChecksum();
        }
        File.Move(beside, path, overwrite: true);
    }

    /// <exception cref="InvalidDataException">The file is not an index, is cut short or was changed.</exception>
    public static (HnswOptions Options, int Columns, HnswState State) Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        return Read(file, path);
    }

    /// <exception cref="InvalidDataException">The stream is not an index, is cut short or was changed.</exception>
    public static (HnswOptions Options, int Columns, HnswState State) Read(Stream stream, string path)
    {
        using var file = new ChecksumStream(stream);
        try
        {
            if (file.Read<ulong>() != Magic)
                throw new InvalidDataException($"{path} is not an HNSW index");
            if (file.Read<int>() is var version and not Version)
                throw new InvalidDataException($"{path} is an HNSW index of version {version}; this library reads version {Version}");
            var header = file.Read<HnswIndexHeader>();
            HnswOptions options = header.Check(path, file.Length);
            HnswState state = Read(file, header, options, path);
            file.CheckChecksum(path);
            Check(state, header, path);
            return (options, header.Columns, state);
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException($"{path} is cut short; copy or build the index again", e);
        }
    }

    private static HnswState Read(ChecksumStream file, HnswIndexHeader header, HnswOptions options, string path)
    {
        int n = header.Count;
        var levels = new byte[n];
        file.Read<byte>(levels);
        long upper = 0;
        foreach (byte level in levels)
            upper += level * (long)header.Connections;
        if (upper != header.UpperLength || levels.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)HnswGraph.MaxLevel))
            throw Damaged(path, "the levels do not add up");

        HnswState state = HnswState.Empty(options, header.Columns, n, header.UpperLength);
        file.Read<int>(state.Keys);
        var dead = new ulong[(n + 63) / 64];
        file.Read<ulong>(dead);
        for (int i = 0; i < n; i++)
            state.Graph.Add(levels[i]);
        file.Read(state.Graph.BaseLinks);
        file.Read(state.Graph.UpperLinks);
        HnswRows rows = state.Rows;
        if (rows.Format == RowFormat.Int8)
            file.Read(rows.Scales.Span[..n]);
        for (int i = 0; i < n; i++)
        {
            if (rows.Format == RowFormat.Int8)
                file.Read(rows.Bytes.Row(i));
            else
                file.Read(rows.Floats.Row(i));
        }
        for (int i = 0; i < n; i++)
        {
            if ((dead[i >> 6] >> (i & 63) & 1) != 0)
                state.Bury(i);
        }
        state.Graph.Entry = header.Entry;
        return state;
    }

    // A checksum keeps accidents out; this keeps a forged file from leading a search out of its memory.
    private static unsafe void Check(HnswState state, HnswIndexHeader header, string path)
    {
        HnswGraph graph = state.Graph;
        for (int i = 0; i < graph.Count; i++)
        {
            if (graph.Level(i) > graph.TopLevel)
                throw Damaged(path, "the entry is not on the top level");
            for (int level = graph.Level(i); level >= 0; level--)
            {
                int* links = graph.Links(i, level);
                bool ended = false;
                for (int j = 0; j < graph.Places(level); j++)
                {
                    ended |= links[j] == -1;
                    if (ended ? links[j] != -1 : (uint)links[j] >= (uint)graph.Count || graph.Level(links[j]) < level)
                        throw Damaged(path, $"row {i} has a link to nowhere");
                }
            }

            bool sound = state.Rows.Format == RowFormat.Int8
                ? !state.Rows.Bytes.Row(i).Contains(sbyte.MinValue) && float.IsFinite(state.Rows.Scales.Span[i])
                : Finite(state.Rows.Floats.Row(i));
            if (!sound)
                throw Damaged(path, $"row {i} has values that are not finite");
            if (state.IsDead(i))
                continue;
            if (state.Slots.Find(state.Keys[i], state.Keys) >= 0)
                throw Damaged(path, $"the key {state.Keys[i]} stands twice");
            state.Slots.Set(state.Keys[i], i, state.Keys);
        }
        if (header.Count == 0 != (header.Entry == -1))
            throw Damaged(path, "the entry is missing");
    }

    // The bits of a finite number, sign apart, lie below those of infinity.
    private static bool Finite(ReadOnlySpan<float> row)
    {
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(row);
        int most = 0;
        foreach (int b in bits)
            most = Math.Max(most, b & int.MaxValue);
        return most < 0x7F80_0000;
    }

    private static InvalidDataException Damaged(string path, string what) =>
        new($"{path} is damaged: {what}; copy or build the index again");
}
