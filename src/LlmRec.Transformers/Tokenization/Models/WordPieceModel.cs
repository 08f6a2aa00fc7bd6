namespace LlmRec.Transformers;

/// <summary>
/// WordPiece: the longest piece that begins the word, then the longest that continues it, and so on; a word with one
/// missing piece, or of too many characters, is one unknown token (Schuster and Nakajima 2012; BERT).
/// </summary>
internal sealed class WordPieceModel : TokenModel
{
    private readonly CharTrie _beginning, _continuing;
    private readonly int _maxChars;
    private readonly int _unknown;

    /// <param name="vocabulary">All pieces.</param>
    /// <param name="unknown">Id of the unknown token, -1 when the vocabulary has none.</param>
    /// <param name="prefix">What marks a piece that continues a word, such as "##".</param>
    /// <param name="maxChars">Code points from which on a word is unknown.</param>
    public WordPieceModel(Vocabulary vocabulary, int unknown, string prefix, int maxChars)
    {
        (_unknown, _maxChars, Prefix) = (unknown, maxChars, prefix);
        _beginning = new CharTrie(vocabulary.TotalUnits);
        _continuing = new CharTrie(vocabulary.TotalUnits);
        foreach ((string token, int id) in vocabulary.ModelEntries)
        {
            _beginning.Add(token, id);
            if (token.Length > prefix.Length && token.StartsWith(prefix, StringComparison.Ordinal))
                _continuing.Add(token.AsSpan(prefix.Length), id);
        }
    }

    public override string Type => "WordPiece";

    public override int? UnknownId => _unknown >= 0 ? _unknown : null;

    /// <summary>What marks a piece that continues a word.</summary>
    public string Prefix { get; }

    public override void Encode(ReadOnlySpan<char> word, EncodeScratch scratch)
    {
        TokenSink sink = scratch.Sink;
        int first = sink.Count, at = 0;
        if (word.Length <= _maxChars || CodePointCount(word) <= _maxChars)
        {
            while (at < word.Length)
            {
                int length = (at == 0 ? _beginning : _continuing).Longest(word[at..], out int id);
                if (length == 0) break;
                sink.Add(id, at, at + length);
                at += length;
            }
            if (at == word.Length) return;
        }
        if (_unknown < 0) throw new InvalidOperationException("the text has a word that the vocabulary cannot spell, and the tokenizer has no unknown token");
        sink.Count = first;
        sink.Add(_unknown, 0, word.Length);
    }

    private static int CodePointCount(ReadOnlySpan<char> word)
    {
        int count = word.Length;
        foreach (char c in word)
            if (char.IsLowSurrogate(c)) count--;
        return count;
    }
}
