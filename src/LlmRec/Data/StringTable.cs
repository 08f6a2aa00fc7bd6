namespace LlmRec;

/// <summary>Strings outside, dense integers inside: gives each distinct string the next free number.</summary>
internal sealed class StringTable
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _strings = [];

    public int Count => _strings.Count;

    public string this[int number] => _strings[number];

    public IReadOnlyList<string> Strings => _strings;

    /// <summary>The number of a string, or −1 when it was never added.</summary>
    public int Find(ReadOnlySpan<char> text) =>
        _numbers.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out int n) ? n : -1;

    /// <summary>The number of a string; the string itself is kept when it is new.</summary>
    public int Add(string text)
    {
        if (_numbers.TryGetValue(text, out int n)) return n;
        n = _strings.Count;
        _numbers.Add(text, n);
        _strings.Add(text);
        return n;
    }

    /// <summary>The number of a string; a new one is given when it was never seen, and only then is anything allocated.</summary>
    public int Add(ReadOnlySpan<char> text)
    {
        var lookup = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(text, out int n)) return n;
        return Add(text.ToString());
    }
}
