using System.Globalization;
using System.Text;

namespace LlmRec.Transformers;

/// <summary>
/// Unigram (Kudo 2018): of all ways to spell the word in pieces the one with the highest sum of scores, found by Viterbi. A
/// code point without a piece of its own may be unknown at the lowest score less ten; unknowns side by side are one token, or
/// the tokens of their bytes.
/// </summary>
internal sealed class UnigramModel : TokenModel
{
    private const double UnknownPenalty = 10;

    private readonly CharTrie _trie;
    private readonly double[] _scores;
    private readonly int _unknown;
    private readonly double _unknownScore;
    private readonly bool _byteFallback;
    private readonly int[] _bytes = new int[256];

    /// <param name="vocabulary">The pieces.</param>
    /// <param name="scores">Score of each piece by id.</param>
    /// <param name="unknown">The unknown token, -1 when there is none.</param>
    /// <param name="byteFallback">Whether unknown text becomes the tokens of its bytes.</param>
    public UnigramModel(Vocabulary vocabulary, double[] scores, int unknown, bool byteFallback)
    {
        (_scores, _unknown, _byteFallback) = (scores, unknown, byteFallback);
        _trie = new CharTrie(vocabulary.TotalUnits);
        foreach ((string piece, int id) in vocabulary.ModelEntries)
            if (piece.Length > 0) _trie.Add(piece, id);
        double lowest = double.PositiveInfinity;
        foreach (double score in scores) lowest = Math.Min(lowest, score);
        _unknownScore = lowest - UnknownPenalty;
        for (int b = 0; b < 256; b++) _bytes[b] = vocabulary.ModelEntries.GetValueOrDefault(string.Create(CultureInfo.InvariantCulture, $"<0x{b:X2}>"), -1);
    }

    public override string Type => "Unigram";

    public override int? UnknownId => _unknown >= 0 ? _unknown : null;

    public override void Encode(ReadOnlySpan<char> word, EncodeScratch scratch)
    {
        PathBuffers path = scratch.Path;
        path.Reserve(word.Length + 1);
        Search(word, path.Scores, path.Ids, path.Starts);

        TokenSink sink = scratch.Sink;
        int first = sink.Count, unknownEnd = -1;
        for (int end = word.Length; end > 0;)
        {
            int start = path.Starts[end], id = path.Ids[end];
            if (id == _unknown)
            {
                if (unknownEnd < 0) unknownEnd = end;
            }
            else
            {
                if (unknownEnd >= 0) AddUnknown(word, end, unknownEnd, sink);
                unknownEnd = -1;
                sink.Add(id, start, end);
            }
            end = start;
        }
        if (unknownEnd >= 0) AddUnknown(word, 0, unknownEnd, sink);
        sink.Reverse(first);
    }

    private void Search(ReadOnlySpan<char> word, Span<double> scores, Span<int> ids, Span<int> starts)
    {
        starts[..(word.Length + 1)].Fill(-1);
        scores[0] = 0;
        for (int at = 0, units; at < word.Length; at += units)
        {
            CodePoints.At(word, at, out units);
            double here = scores[at];
            bool single = false;
            int node = CharTrie.Root;
            for (int i = at; i < word.Length; i++)
            {
                node = _trie.Step(node, word[i]);
                if (node < 0) break;
                int id = _trie.IdAt(node);
                if (id < 0) continue;
                Offer(scores, ids, starts, i + 1, at, id, _scores[id] + here);
                single |= i + 1 - at == units;
            }
            if (single) continue;
            if (_unknown < 0) throw new InvalidOperationException("the text has a character that the vocabulary cannot spell, and the tokenizer has no unknown token");
            Offer(scores, ids, starts, at + units, at, _unknown, _unknownScore + here);
        }
    }

    private static void Offer(Span<double> scores, Span<int> ids, Span<int> starts, int end, int start, int id, double score)
    {
        if (starts[end] >= 0 && score <= scores[end]) return;
        (scores[end], ids[end], starts[end]) = (score, id, start);
    }

    /// <summary>Appends what an unknown stretch comes to, last token first.</summary>
    private void AddUnknown(ReadOnlySpan<char> word, int start, int end, TokenSink sink)
    {
        ReadOnlySpan<char> text = word[start..end];
        if (_trie.Find(text) is >= 0 and int known)
        {
            sink.Add(known, start, end);
            return;
        }
        if (_byteFallback && AllBytesKnown(text))
        {
            Span<byte> bytes = stackalloc byte[4];
            for (int i = text.Length; i > 0;)
            {
                int units = i > 1 && char.IsLowSurrogate(text[i - 1]) ? 2 : 1;
                int count = new Rune(CodePoints.At(text, i - units, out _)).EncodeToUtf8(bytes);
                while (count > 0) sink.Add(_bytes[bytes[--count]], start, end);
                i -= units;
            }
            return;
        }
        sink.Add(_unknown, start, end);
    }

    private bool AllBytesKnown(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[4];
        for (int i = 0, units; i < text.Length; i += units)
        {
            int count = new Rune(CodePoints.At(text, i, out units)).EncodeToUtf8(bytes);
            foreach (byte b in bytes[..count])
                if (_bytes[b] < 0) return false;
        }
        return true;
    }
}
