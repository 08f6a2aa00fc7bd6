using System.Globalization;
using System.Text;

namespace LlmRec.Transformers;

/// <summary>
/// Byte-pair encoding (Sennrich et al. 2016): the word as single symbols, then again and again the pair of the lowest rank
/// merged, the leftmost first. Symbols are bytes (GPT-2) or code points, the latter with single bytes for those the
/// vocabulary lacks, if it says so (SentencePiece).
/// </summary>
internal sealed partial class BpeModel : TokenModel
{
    private readonly Vocabulary _vocabulary;
    private readonly MergeTable _merges;
    private readonly CharTrie _whole;
    private readonly Settings _settings;
    private readonly int _unknown = -1;
    private readonly bool _mergesBytes;

    /// <summary>Token of a byte: where it begins or not, and where it ends the word or not, [first][last][byte].</summary>
    private readonly int[]? _byteIds;

    private readonly int[] _fallback = new int[256];

    public BpeModel(Vocabulary vocabulary, IReadOnlyList<(string First, string Second)> merges, Settings settings, JsonView where)
    {
        (_vocabulary, _settings) = (vocabulary, settings);
        IReadOnlyDictionary<string, int> ids = vocabulary.ModelEntries;
        _merges = new MergeTable(merges.Count);
        for (int i = 0; i < merges.Count; i++)
        {
            (string first, string second) = merges[i];
            string merged = first + (second.Length >= settings.Prefix.Length ? second[settings.Prefix.Length..] : "");
            if (!ids.TryGetValue(first, out int a) || !ids.TryGetValue(second, out int b) || !ids.TryGetValue(merged, out int result))
                throw new JsonView(default, $"{where.Path}.merges[{i}]", where.File).Error($"the merge of '{TokenizerJson.Short(first)}' and '{TokenizerJson.Short(second)}' has a part or a result that is not in the vocabulary");
            _merges.Add(a, b, i, result);
            _mergesBytes |= IsByte(first) || IsByte(second);
        }
        if (settings.Unknown is { } unknown && ids.TryGetValue(unknown, out int id)) _unknown = id;
        for (int b = 0; b < 256; b++) _fallback[b] = ids.GetValueOrDefault(string.Create(CultureInfo.InvariantCulture, $"<0x{b:X2}>"), -1);

        _whole = new CharTrie(settings.IgnoreMerges || !settings.Bytes ? vocabulary.TotalUnits : 0);
        if (settings.IgnoreMerges || !settings.Bytes)
            foreach ((string token, int tokenId) in ids) _whole.Add(token, tokenId);
        if (!settings.Bytes) return;
        _byteIds = new int[4 * 256];
        for (int i = 0; i < _byteIds.Length; i++)
        {
            string symbol = ByteAlphabet.CharOf((byte)i).ToString();
            if ((i & 512) == 0) symbol = settings.Prefix + symbol;
            if ((i & 256) != 0) symbol += settings.Suffix;
            _byteIds[i] = ids.GetValueOrDefault(symbol, -1);
        }
    }

    public override string Type => "BPE";

    public override int? UnknownId => _unknown >= 0 ? _unknown : null;

    /// <summary>
    /// A step that cuts words further without a change of their tokens, or <c>null</c>: symbols must be the characters
    /// themselves, single bytes must not merge, and unknown stretches, which would fuse over a cut, must not arise.
    /// </summary>
    public PreTokenizer? Boundaries
    {
        get
        {
            if (_settings.Bytes || _settings.IgnoreMerges || _settings.Prefix.Length + _settings.Suffix.Length > 0 || !_settings.ByteFallback || _fallback.Contains(-1) || _mergesBytes) return null;
            return new PairBoundaryPreTokenizer(_vocabulary.ModelEntries.Keys);
        }
    }

    public override void Encode(ReadOnlySpan<char> word, EncodeScratch scratch)
    {
        TokenSink sink = scratch.Sink;
        MergeBuffers m = scratch.Merges;
        int count = _settings.Bytes ? FromBytes(word, m, sink) : FromCodePoints(word, m, sink);
        if (count < 0) return; // the word is a token as it is
        if (count > ShortWord) MergeLong(m, count); else count = MergeShort(m, count);

        int position = 0;
        for (int i = 0; i < count; i++)
        {
            int width = m.Lengths[i];
            if (width == 0) continue;
            if (sink.Tracked)
                sink.Add(m.Ids[i], m.Units[position], m.Units[position + width - 1] + 1);
            else
                sink.Add(m.Ids[i], 0, 0);
            position += width;
        }
    }

    /// <summary>The bytes of the word as symbols; -1 when the word was a token.</summary>
    private int FromBytes(ReadOnlySpan<char> word, MergeBuffers m, TokenSink sink)
    {
        m.Reserve(word.Length * 3 + 1);
        int length = Encoding.UTF8.GetBytes(word, m.Bytes);
        ReadOnlySpan<byte> bytes = m.Bytes.AsSpan(0, length);
        if (_settings.IgnoreMerges)
        {
            int node = CharTrie.Root;
            for (int i = 0; i < length && node >= 0; i++) node = _whole.Step(node, ByteAlphabet.CharOf(bytes[i]));
            if (node > 0 && _whole.IdAt(node) is >= 0 and int whole)
            {
                sink.Add(whole, 0, word.Length);
                return -1;
            }
        }
        if (sink.Tracked) TrackBytes(word, m, mapped: true);
        int count = 0, pending = -1;
        for (int i = 0; i < length; i++)
        {
            byte b = bytes[i];
            int id = _byteIds![(i == 0 ? 512 : 0) | (i == length - 1 ? 256 : 0) | b];
            Symbol(m, ref count, ref pending, id, ByteAlphabet.WidthOf(b));
        }
        return count;
    }

    /// <summary>The code points of the word as symbols; -1 when the word was a token.</summary>
    private int FromCodePoints(ReadOnlySpan<char> word, MergeBuffers m, TokenSink sink)
    {
        if (_settings.IgnoreMerges && _whole.Find(word) is >= 0 and int whole)
        {
            sink.Add(whole, 0, word.Length);
            return -1;
        }
        m.Reserve(word.Length * 3 + 1);
        if (sink.Tracked) TrackBytes(word, m, mapped: false);
        int count = 0, pending = -1;
        Span<byte> bytes = stackalloc byte[4];
        for (int i = 0, units; i < word.Length; i += units)
        {
            int c = CodePoints.At(word, i, out units);
            int width = new Rune(c).Utf8SequenceLength;
            int id = SymbolId(word.Slice(i, units), i == 0, i + units == word.Length);
            if (id < 0 && _settings.ByteFallback)
            {
                int used = new Rune(c).EncodeToUtf8(bytes);
                bool all = true;
                foreach (byte b in bytes[..used]) all &= _fallback[b] >= 0;
                if (all)
                {
                    // An unknown stretch before it stays pending: the reference library puts it after these bytes.
                    foreach (byte b in bytes[..used]) (m.Ids[count], m.Lengths[count++]) = (_fallback[b], 1);
                    continue;
                }
            }
            Symbol(m, ref count, ref pending, id, width);
        }
        if (pending >= 0) (m.Ids[count], m.Lengths[count++]) = (_unknown, pending);
        return count;
    }

    /// <summary>Appends a known symbol; an unknown one becomes or joins the unknown token, or is dropped where there is none.</summary>
    private void Symbol(MergeBuffers m, ref int count, ref int pending, int id, int width)
    {
        if (id >= 0)
        {
            if (pending >= 0) (m.Ids[count], m.Lengths[count++]) = (_unknown, pending);
            pending = -1;
            (m.Ids[count], m.Lengths[count++]) = (id, width);
        }
        else if (_unknown >= 0)
        {
            if (pending >= 0 && !_settings.FuseUnknown)
            {
                (m.Ids[count], m.Lengths[count++]) = (_unknown, pending);
                pending = -1;
            }
            pending = Math.Max(pending, 0) + width;
        }
    }

    private static bool IsByte(string token) => token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>';

    private int SymbolId(ReadOnlySpan<char> symbol, bool first, bool last)
    {
        if ((first || _settings.Prefix.Length == 0) && (!last || _settings.Suffix.Length == 0)) return _whole.Find(symbol);
        string decorated = (first ? "" : _settings.Prefix) + symbol.ToString() + (last ? _settings.Suffix : "");
        return _vocabulary.ModelEntries.GetValueOrDefault(decorated, -1);
    }

    /// <summary>The unit of the word that each byte belongs to, in the reference library's measure.</summary>
    private static void TrackBytes(ReadOnlySpan<char> word, MergeBuffers m, bool mapped)
    {
        m.ReserveUnits(word.Length * 6 + 1);
        Span<byte> bytes = stackalloc byte[4];
        int at = 0;
        for (int i = 0, units; i < word.Length; i += units)
        {
            int used = new Rune(CodePoints.At(word, i, out units)).EncodeToUtf8(bytes), width = used;
            if (mapped)
            {
                width = 0;
                foreach (byte b in bytes[..used]) width += ByteAlphabet.WidthOf(b);
            }
            m.Units.AsSpan(at, width).Fill(i);
            at += width;
        }
    }

    /// <summary>What tokenizer.json says of a BPE model.</summary>
    /// <param name="Bytes">Symbols are bytes, spelt in GPT-2's alphabet.</param>
    /// <param name="Unknown">The unknown token, if any.</param>
    /// <param name="Prefix">What marks a symbol that continues a word.</param>
    /// <param name="Suffix">What marks a symbol that ends a word.</param>
    /// <param name="FuseUnknown">Neighbouring unknown symbols are one token.</param>
    /// <param name="ByteFallback">Unknown code points become the tokens of their bytes.</param>
    /// <param name="IgnoreMerges">A word that is a token is not taken apart.</param>
    internal sealed record Settings(bool Bytes, string? Unknown, string Prefix, string Suffix, bool FuseUnknown, bool ByteFallback, bool IgnoreMerges);
}
