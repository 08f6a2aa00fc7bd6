using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace LlmRec.Transformers;

/// <summary>
/// SentencePiece's compiled character map: a double-array trie over UTF-8 (Darts) whose values point into a pool of
/// replacements. As in the reference library a grapheme cluster of less than six bytes is looked up whole, and the shortest
/// prefix that is found replaces all of it; other clusters go code point by code point.
/// </summary>
internal sealed class PrecompiledNormalizer : TextNormalizer
{
    private readonly uint[] _trie;
    private readonly byte[] _pool;
    private readonly SearchValues<char> _plain; // ASCII that stays as it is

    public PrecompiledNormalizer(ReadOnlySpan<byte> map, JsonView where)
    {
        if (map.Length < 4) throw where.Error("the character map is too short");
        uint bytes = BinaryPrimitives.ReadUInt32LittleEndian(map);
        if (bytes > map.Length - 4 || bytes % 4 != 0) throw where.Error($"the character map claims a trie of {bytes} bytes and has {map.Length - 4}");
        _trie = new uint[bytes / 4];
        for (int i = 0; i < _trie.Length; i++) _trie[i] = BinaryPrimitives.ReadUInt32LittleEndian(map[(4 + 4 * i)..]);
        _pool = map[(4 + (int)bytes)..].ToArray();

        var plain = new List<char>();
        for (char c = '\0'; c < 128; c++)
            if (c != '\r' && Find([(byte)c]) < 0) plain.Add(c);
        _plain = SearchValues.Create(CollectionsMarshal.AsSpan(plain));
    }

    public override void Apply(AlignedText text)
    {
        if (!text.Span.ContainsAnyExcept(_plain)) return;
        var writer = new Writer(text);
        ReadOnlySpan<char> chars = text.Span;
        Span<byte> bytes = stackalloc byte[12];
        text.Begin();
        for (int i = 0; i < chars.Length;)
        {
            // Plain ASCII, but for the last one before something else: a mark may join it.
            int run = chars[i..].IndexOfAnyExcept(_plain);
            if (run < 0) run = chars.Length - i;
            else if (chars[i + run] >= 128) run--;
            if (run > 0)
            {
                writer.Flush();
                text.EmitRun(i, run);
                i += run;
                continue;
            }
            int length = StringInfo.GetNextTextElementLength(chars[i..]);
            ReadOnlySpan<char> cluster = chars.Slice(i, length);
            i += length;
            if (length <= 5 && TryEncode(cluster, bytes, out int count) && Find(bytes[..count]) is >= 0 and int whole)
            {
                Replace(ref writer, CodePointCount(cluster), whole);
                continue;
            }
            for (int j = 0, units; j < cluster.Length; j += units)
            {
                int c = CodePoints.At(cluster, j, out units);
                int used = new Rune(c).EncodeToUtf8(bytes);
                if (Find(bytes[..used]) is >= 0 and int single)
                    Replace(ref writer, 1, single);
                else
                    writer.Emit(c, 0);
            }
        }
        writer.Flush();
        text.Commit();
    }

    /// <summary>Emits a replacement: of more code points the last are insertions, of fewer the last one drops the rest.</summary>
    private void Replace(ref Writer writer, int old, int at)
    {
        ReadOnlySpan<byte> rest = _pool.AsSpan(at);
        int end = rest.IndexOf((byte)0);
        if (end >= 0) rest = rest[..end];
        int count = 0;
        for (ReadOnlySpan<byte> r = rest; r.Length > 0; count++)
        {
            Rune.DecodeFromUtf8(r, out _, out int used);
            r = r[used..];
        }
        for (int i = 0; i < count; i++)
        {
            Rune.DecodeFromUtf8(rest, out Rune rune, out int used);
            rest = rest[used..];
            writer.Emit(rune.Value, i < old ? 0 : 1);
        }
        if (count < old) writer.Adjust(count - old);
    }

    /// <summary>UTF-8 of a cluster of less than six bytes; the buffer takes one code point more.</summary>
    private static bool TryEncode(ReadOnlySpan<char> cluster, Span<byte> bytes, out int count)
    {
        count = 0;
        for (int i = 0, units; i < cluster.Length; i += units)
        {
            count += new Rune(CodePoints.At(cluster, i, out units)).EncodeToUtf8(bytes[count..]);
            if (count >= 6) return false;
        }
        return true;
    }

    private static int CodePointCount(ReadOnlySpan<char> text)
    {
        int count = text.Length;
        foreach (char c in text)
            if (char.IsLowSurrogate(c)) count--;
        return count;
    }

    /// <summary>The value of the shortest prefix in the trie, or -1.</summary>
    private int Find(ReadOnlySpan<byte> key)
    {
        uint node = 0;
        if (_trie.Length == 0) return -1;
        node ^= OffsetOf(_trie[0]);
        foreach (byte b in key)
        {
            if (b == 0) break;
            node ^= b;
            if (node >= (uint)_trie.Length) return -1;
            uint unit = _trie[node];
            if ((unit & 0x800000FF) != b) return -1;
            node ^= OffsetOf(unit);
            if ((unit >> 8 & 1) == 0) continue;
            if (node >= (uint)_trie.Length) return -1;
            uint value = _trie[node] & 0x7FFFFFFF;
            return value < _pool.Length ? (int)value : -1;
        }
        return -1;
    }

    private static uint OffsetOf(uint unit) => unit >> 10 << (int)((unit & 1 << 9) >> 6);

    /// <summary>Holds the last code point back, since what follows may still change what it did.</summary>
    private ref struct Writer(AlignedText text)
    {
        private int _codePoint, _change;
        private bool _holds;

        public void Emit(int codePoint, int change)
        {
            Flush();
            (_codePoint, _change, _holds) = (codePoint, change, true);
        }

        /// <summary>
        /// Makes the last code point drop as many more. A run emitted at once replaced its characters, so the cursor just
        /// moves on; without anything before it nothing moves, and the reference library lets the ranges slip.
        /// </summary>
        public void Adjust(int change)
        {
            if (_holds)
                _change += change;
            else if (text.Position > 0)
                for (; change < 0; change++) text.Drop();
        }

        public void Flush()
        {
            if (_holds) text.Emit(_codePoint, _change);
            _holds = false;
        }
    }
}
