using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LlmRec.Transformers;

/// <summary>
/// Words to their ids: text is mostly words seen a moment ago. An entry is one cache line:
/// a key of 32 bytes (up to 15 UTF-16 units, the length in lane 15) and a value of 32 bytes (up to 7 ids, their number in
/// lane 7). A word has two places, side by side; a new one takes the first and moves what was there to the second, so that a rare
/// word does not drive out a frequent one at once. The cache begins small and grows with what it is given, up to a
/// limit, so memory is bounded whatever the text.
/// </summary>
internal sealed unsafe class WordCache
{
    /// <summary>Longest word, in UTF-16 units.</summary>
    public const int MaxWord = 15;

    /// <summary>Most tokens of a word.</summary>
    public const int MaxTokens = 7;

    private const int EntryBytes = 64, PairBytes = 2 * EntryBytes;

    // Row n keeps the first n lanes.
    private static readonly Vector256<ushort>[] Masks = MakeMasks();

    private const int FirstBits = 8, MoreBits = 3;

    private readonly int _maxBits;
    private byte[] _pinned;
    private byte* _entries;
    private int _bits, _shift, _stored;

    /// <param name="maxBits">Logarithm of the largest number of entries.</param>
    public WordCache(int maxBits)
    {
        _maxBits = maxBits;
        Allocate(Math.Min(FirstBits, maxBits));
    }

    /// <summary>The key of a word whose buffer may be read for 16 units.</summary>
    /// <param name="word">First unit.</param>
    /// <param name="length">Units, 1 to 15.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> KeyOf(ref char word, int length)
    {
        Vector256<ushort> raw = Vector256.LoadUnsafe(ref Unsafe.As<char, ushort>(ref word));
        return raw & Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Masks), length) | Lane15(length);
    }

    /// <summary>ASCII capitals to small letters, in all lanes; the length lane is never in their range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> Lower(Vector256<ushort> key)
    {
        Vector256<ushort> capital = Vector256.LessThan(key - Vector256.Create((ushort)'A'), Vector256.Create((ushort)26));
        return key + (capital & Vector256.Create((ushort)32));
    }

    /// <summary>Appends the ids of a word that is known.</summary>
    /// <returns><c>false</c> when the word is not here; nothing was appended.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAppend(Vector256<ushort> key, TokenSink sink)
    {
        byte* entry = Slot(key);
        if (Vector256.Load((ushort*)entry) != key)
        {
            entry = Beside(entry);
            if (Vector256.Load((ushort*)entry) != key) return false;
        }
        Vector256<int> value = Vector256.Load((int*)(entry + 32));
        value.StoreUnsafe(ref sink.Reserve());
        sink.Count += value[7];
        return true;
    }

    /// <summary>Remembers a word, unless it has too many tokens.</summary>
    public void Store(Vector256<ushort> key, ReadOnlySpan<int> ids)
    {
        if (ids.Length > MaxTokens) return;
        if (++_stored > 1 << _bits - 1 && _bits < _maxBits) Grow();
        byte* entry = Slot(key);
        Buffer.MemoryCopy(entry, Beside(entry), EntryBytes, EntryBytes);
        key.Store((ushort*)entry);
        int* value = (int*)(entry + 32);
        for (int i = 0; i < ids.Length; i++) value[i] = ids[i];
        value[7] = ids.Length;
    }

    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(_pinned))]
    private void Allocate(int bits)
    {
        _pinned = GC.AllocateArray<byte>((EntryBytes << bits) + PairBytes, pinned: true);
        nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_pinned));
        _entries = (byte*)(address + PairBytes - 1 & ~(nuint)(PairBytes - 1));
        (_bits, _shift) = (bits, 64 - bits);
    }

    private void Grow()
    {
        byte[] old = _pinned;
        byte* from = _entries;
        int count = 1 << _bits;
        Allocate(Math.Min(_bits + MoreBits, _maxBits));
        for (int i = 0; i < count; i++, from += EntryBytes)
        {
            Vector256<ushort> key = Vector256.Load((ushort*)from);
            if (key == Vector256<ushort>.Zero) continue;
            byte* to = Slot(key);
            if (Vector256.Load((ushort*)to) != Vector256<ushort>.Zero) to = Beside(to);
            Buffer.MemoryCopy(from, to, EntryBytes, EntryBytes);
        }
        GC.KeepAlive(old);
    }

    /// <summary>The other place: pairs are aligned to their size, so it differs in one bit of the address.</summary>
    private static byte* Beside(byte* entry) => (byte*)((nuint)entry ^ EntryBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Slot(Vector256<ushort> key)
    {
        Vector256<ulong> k = key.AsUInt64();
        ulong hash = k[0] * 0x9E3779B97F4A7C15 + BitOperations.RotateLeft(k[1] * 0xC2B2AE3D27D4EB4F, 29)
            + (k[2] * 0x165667B19E3779F9 ^ BitOperations.RotateLeft(k[3] * 0x27D4EB2F165667C5, 17));
        hash ^= hash >> 32;
        hash *= 0xD6E8FEB86659FD93;
        return _entries + (hash >> _shift) * EntryBytes;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> Lane15(int length) =>
        Vector256.Create(0UL, 0UL, 0UL, (ulong)length << 48).AsUInt16();

    private static Vector256<ushort>[] MakeMasks()
    {
        var masks = new Vector256<ushort>[MaxWord + 1];
        Span<ushort> lanes = stackalloc ushort[16];
        for (int n = 0; n <= MaxWord; n++)
        {
            for (int i = 0; i < 16; i++) lanes[i] = i < n ? ushort.MaxValue : (ushort)0;
            masks[n] = Vector256.Create<ushort>(lanes);
        }
        return masks;
    }
}
