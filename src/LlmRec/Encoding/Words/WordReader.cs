using System.Buffers;
using System.Globalization;
using System.Text;

namespace LlmRec;

/// <summary>
/// Finds the words of a running text in a vocabulary that was made by somebody else's tokenizer: what stands between spaces as it is, then
/// without the punctuation around it, then its pieces; letters of scripts without spaces by longest match; phrases joined by underscores.
/// Its buffers are reused from text to text. Not thread-safe.
/// </summary>
internal sealed class WordReader(WordVectors words)
{
    private const int MostPhraseWords = 4;
    private const int LongestWord = 256;       // chars; longer ones are looked up in pieces only
    private const int LongestCjkWord = 12;     // runes

    private readonly char[] _other = new char[LongestWord];
    private readonly char[] _phrase = new char[LongestWord];
    private readonly List<Range> _chunks = [];
    private readonly List<int> _places = [];

    /// <summary>Numbers of the words found, in the order of the text.</summary>
    public List<int> Found { get; } = [];

    /// <summary>Parts of an item, kept here so that reading one allocates nothing.</summary>
    public List<TextPart> Parts { get; } = [];

    public void Read(ReadOnlySpan<char> text)
    {
        Found.Clear();
        _chunks.Clear();
        for (int i = 0; i < text.Length;)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                i++;
                continue;
            }
            int start = i;
            while (i < text.Length && !char.IsWhiteSpace(text[i])) i++;
            _chunks.Add(start..i);
        }
        for (int c = 0; c < _chunks.Count;)
        {
            int taken = words.HasPhrases ? Phrase(text, c) : 0;
            if (taken == 0) Chunk(text[_chunks[c]]);
            c += Math.Max(1, taken);
        }
    }

    /// <summary>Tries the longest sequence of chunks that is one entry, such as <c>New_York</c>; returns how many it took.</summary>
    private int Phrase(ReadOnlySpan<char> text, int first)
    {
        Span<int> ends = stackalloc int[MostPhraseWords + 1];
        int length = 0, n = 0;
        while (n < MostPhraseWords && first + n < _chunks.Count)
        {
            ReadOnlySpan<char> chunk = text[_chunks[first + n]], inner = Trim(chunk);
            bool opens = n == 0 || inner.Length > 0 && chunk.StartsWith(inner[..1]);   // punctuation before it parts it from the word before
            if (inner.IsEmpty || !opens || length + inner.Length + 1 > LongestWord) break;
            if (n > 0) _phrase[length++] = '_';
            inner.CopyTo(_phrase.AsSpan(length));
            length += inner.Length;
            ends[++n] = length;
            if (!chunk.EndsWith(inner[^1..])) break;                                   // and so does punctuation after it
        }
        for (; n >= 2; n--)
        {
            int number = Find(_phrase.AsSpan(0, ends[n]));
            if (number < 0) continue;
            Found.Add(number);
            return n;
        }
        return 0;
    }

    private void Chunk(ReadOnlySpan<char> chunk)
    {
        if (TryAdd(chunk)) return;
        ReadOnlySpan<char> inner = Trim(chunk);
        if (inner.Length < chunk.Length && TryAdd(inner)) return;

        int start = 0;
        for (int i = 0; i < chunk.Length;)
        {
            OperationStatus status = Rune.DecodeFromUtf16(chunk[i..], out Rune rune, out int used);
            bool valid = status == OperationStatus.Done;
            if (valid && TextFolding.IsCjk(rune))
            {
                if (i > start) TryAdd(chunk[start..i]);
                i = Cjk(chunk, i);
                start = i;
                continue;
            }
            if (!valid || !TextFolding.IsWord(rune))
            {
                if (i > start) TryAdd(chunk[start..i]);
                if (valid && Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherSymbol) TryAdd(chunk.Slice(i, used));
                start = i + used;
            }
            i += used;
        }
        if (start > 0 && start < chunk.Length) TryAdd(chunk[start..]);
    }

    /// <summary>A run of letters written without spaces: the longest entry at each place, or one letter passed over.</summary>
    private int Cjk(ReadOnlySpan<char> chunk, int from)
    {
        _places.Clear();
        int end = from;
        while (end < chunk.Length && Rune.DecodeFromUtf16(chunk[end..], out Rune rune, out int used) == OperationStatus.Done && TextFolding.IsCjk(rune))
        {
            _places.Add(end);
            end += used;
        }
        _places.Add(end);
        for (int i = 0; i < _places.Count - 1;)
        {
            int n = Math.Min(LongestCjkWord, _places.Count - 1 - i);
            while (n > 0 && !TryAdd(chunk[_places[i].._places[i + n]])) n--;
            i += Math.Max(1, n);
        }
        return end;
    }

    private bool TryAdd(ReadOnlySpan<char> word)
    {
        int number = Find(word);
        if (number >= 0) Found.Add(number);
        return number >= 0;
    }

    /// <summary>As it is spelt, in small letters, or with a capital: whichever the file has.</summary>
    private int Find(ReadOnlySpan<char> word)
    {
        if (word.Length is 0 or > LongestWord) return -1;
        int number = words.IndexOf(word);
        if (number >= 0) return number;
        Span<char> other = _other.AsSpan(0, TextFolding.Fold(word, _other));
        if (!other.SequenceEqual(word) && (number = words.IndexOf(other)) >= 0) return number;
        if (other.Length == 0 || !char.IsLower(other[0])) return -1;
        other[0] = char.ToUpperInvariant(other[0]);
        return other.SequenceEqual(word) ? -1 : words.IndexOf(other);
    }

    private static ReadOnlySpan<char> Trim(ReadOnlySpan<char> chunk)
    {
        while (chunk.Length > 0 && Rune.DecodeFromUtf16(chunk, out Rune rune, out int used) is var status && !(status == OperationStatus.Done && TextFolding.IsWord(rune)))
            chunk = chunk[used..];
        while (chunk.Length > 0 && Rune.DecodeLastFromUtf16(chunk, out Rune rune, out int used) is var status && !(status == OperationStatus.Done && TextFolding.IsWord(rune)))
            chunk = chunk[..^used];
        return chunk;
    }
}
