using System.Runtime.CompilerServices;

namespace LlmRec.Transformers;

/// <summary>Pairs of tokens that merge: rank (lower merges first) and the token that comes of it. Open addressing.</summary>
internal sealed class MergeTable
{
    private const ulong Free = ulong.MaxValue;

    private readonly Entry[] _entries;
    private readonly int _mask, _shift;

    public MergeTable(int count)
    {
        int bits = 4;
        while (1L << bits < count * 3L / 2 + 8) bits++;
        _entries = new Entry[1 << bits];
        Array.Fill(_entries, new Entry { Key = Free });
        _mask = (1 << bits) - 1;
        _shift = 64 - bits;
    }

    /// <summary>Adds a pair; a later one of the same tokens counts.</summary>
    public void Add(int first, int second, int rank, int result)
    {
        ref Entry entry = ref Probe((ulong)(uint)first << 32 | (uint)second);
        entry = new Entry { Key = (ulong)(uint)first << 32 | (uint)second, Rank = rank, Result = result };
    }

    /// <summary>The rank of a pair, or <see cref="int.MaxValue"/> when it does not merge.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int RankOf(int first, int second, out int result)
    {
        ref Entry entry = ref Probe((ulong)(uint)first << 32 | (uint)second);
        result = entry.Result;
        return entry.Key == Free ? int.MaxValue : entry.Rank;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Entry Probe(ulong key)
    {
        int slot = (int)((key ^ key >> 29) * 0x9E3779B97F4A7C15 >> _shift);
        while (_entries[slot].Key != key && _entries[slot].Key != Free) slot = slot + 1 & _mask;
        return ref _entries[slot];
    }

    private struct Entry
    {
        public ulong Key;
        public int Rank, Result;
    }
}
