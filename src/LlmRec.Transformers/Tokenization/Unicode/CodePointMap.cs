namespace LlmRec.Transformers;

/// <summary>Code point to text, in two stages: 256 code points a page, an entry per code point, the texts in one pool.</summary>
internal sealed class CodePointMap
{
    private readonly ushort[] _pages = new ushort[0x1100];
    private readonly List<int[]> _entries = [new int[256]];
    private readonly List<char> _building = [];
    private char[] _pool = [];

    /// <summary>The text that replaces a code point, or empty with <c>false</c> when the code point stays.</summary>
    public bool TryGet(int codePoint, out ReadOnlySpan<char> text)
    {
        int entry = _entries[_pages[codePoint >> 8]][codePoint & 255];
        text = _pool.AsSpan(entry >> 6, entry == 0 ? 0 : (entry & 63) - 1);
        return entry != 0;
    }

    public void Add(int codePoint, ReadOnlySpan<char> text)
    {
        ref ushort page = ref _pages[codePoint >> 8];
        if (page == 0)
        {
            page = (ushort)_entries.Count;
            _entries.Add(new int[256]);
        }
        _entries[page][codePoint & 255] = _building.Count << 6 | (text.Length + 1);
        foreach (char c in text) _building.Add(c);
    }

    /// <summary>Every pair that <paramref name="other"/> has and this map lacks.</summary>
    public void AddAll(CodePointMap other)
    {
        for (int c = 0; c < 0x110000; c++)
        {
            if ((c & 255) == 0 && other._pages[c >> 8] == 0)
                c += 255;
            else if (other.TryGet(c, out ReadOnlySpan<char> text) && _entries[_pages[c >> 8]][c & 255] == 0)
                Add(c, text);
        }
    }

    public void Freeze()
    {
        _pool = [.. _building];
        _building.Clear();
        _building.TrimExcess();
    }
}
