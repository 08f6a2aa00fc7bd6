namespace LlmRec.Transformers;

public sealed partial class Tokenizer
{
    /// <summary>Everything about the tokens of a text, or of a pair: ids, segments, offsets, and the pieces that were cut off.</summary>
    /// <param name="text">The first text.</param>
    /// <param name="pair">The second text, or <c>null</c>.</param>
    /// <param name="options">Default: <see cref="EncodeOptions.Default"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <c>null</c>.</exception>
    /// <exception cref="ArgumentException">The options cannot be kept with these texts.</exception>
    public TokenEncoding Encode(string text, string? pair = null, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        options ??= EncodeOptions.Default;
        bool isPair = pair is not null;
        EncodeScratch scratch = Tokenize(text, pair, isPair, options, tracked: true);
        Truncation kept = Truncate(scratch, isPair, options, out _);
        List<Range> first = Parts(scratch.FirstCount, kept.First, options), second = Parts(scratch.Sink.Count - scratch.FirstCount, kept.Second, options);

        // The reference library's order: each piece of the first text with the second text and with each piece of that,
        // then the kept first text with each piece of the second.
        var overflow = new List<TokenEncoding>();
        for (int i = 1; i < first.Count; i++)
            for (int j = 0; j < second.Count; j++) overflow.Add(Detail(scratch, text, pair, first[i], second[j], options, []));
        for (int j = 1; j < second.Count; j++) overflow.Add(Detail(scratch, text, pair, first[0], second[j], options, []));
        TokenEncoding result = Detail(scratch, text, pair, first[0], second[0], options, overflow);
        _pool.Return(scratch);
        return result;
    }

    /// <summary>The kept part of a text, then the parts that were cut off.</summary>
    private static List<Range> Parts(int count, int kept, EncodeOptions options)
    {
        if (kept >= count) return [0..count];
        if (kept == 0) return [0..0, 0..count];
        if (options.Stride < 0 || options.Stride >= kept) throw new ArgumentException($"Stride {options.Stride} must be from 0 to {kept - 1}, less than the {kept} tokens that are kept");
        int step = kept - options.Stride;
        var parts = new List<Range>();
        if (options.TruncationSide == TokenSide.Right)
        {
            for (int start = 0, stop = 0; stop < count; start += step)
            {
                stop = Math.Min(start + kept, count);
                parts.Add(start..stop);
            }
        }
        else
        {
            for (int stop = count, start = count; start > 0; stop -= step)
            {
                start = Math.Max(0, stop - kept);
                parts.Add(start..stop);
            }
        }
        return parts;
    }

    private TokenEncoding Detail(EncodeScratch scratch, string text, string? pair, Range first, Range second, EncodeOptions options, List<TokenEncoding> overflow)
    {
        bool isPair = pair is not null;
        int n1 = first.End.Value - first.Start.Value, n2 = second.End.Value - second.Start.Value;
        int length = Length(new Truncation(n1, n2), isPair, options), at = 0;
        int[] ids = new int[length], typeIds = new int[length], sequences = new int[length];
        var offsets = new TokenSpan[length];
        foreach (TemplatePiece piece in _postProcessor.Pieces(isPair))
        {
            int count = piece.Sequence switch { 0 => n1, 1 => n2, _ => options.AddSpecialTokens ? piece.Ids.Length : 0 };
            for (int i = 0; i < count; i++)
            {
                (typeIds[at], sequences[at]) = (piece.TypeId, piece.Sequence);
                if (piece.Sequence < 0)
                {
                    ids[at++] = piece.Ids[i];
                    continue;
                }
                int token = piece.Sequence == 0 ? first.Start.Value + i : scratch.FirstCount + second.Start.Value + i;
                ids[at] = scratch.Sink.Ids[token];
                TokenSpan span = new(scratch.Sink.Starts[token], scratch.Sink.Ends[token]);
                offsets[at++] = _postProcessor.TrimOffsets ? Trim(scratch.Sink.Ids[token], span, i == 0, piece.Sequence == 0 ? text : pair) : span;
            }
        }
        return new TokenEncoding(ids, typeIds, sequences, offsets, overflow);
    }

    /// <summary>Takes the white space at the ends of a byte-level token out of its offsets, counted in code points.</summary>
    private TokenSpan Trim(int id, TokenSpan span, bool isFirst, ReadOnlySpan<char> text)
    {
        (int start, int end) = span;
        // An added token may have taken white space along: there the text counts, elsewhere the piece.
        ReadOnlySpan<char> token = Vocabulary.IsAdded(id) ? text[start..end] : Vocabulary[id];
        int leading = 0, trailing = 0;
        while (leading < token.Length && IsByteLevelSpace(token[leading])) leading++;
        while (trailing < token.Length && IsByteLevelSpace(token[token.Length - 1 - trailing])) trailing++;
        if (leading == 1 && _postProcessor.TrimKnowsPrefix && (isFirst || start == 0)) leading = 0;
        for (; leading > 0 && start < end; leading--) start += start + 1 < end && char.IsSurrogatePair(text[start], text[start + 1]) ? 2 : 1;
        for (; trailing > 0 && end > start; trailing--) end -= end - 1 > start && char.IsSurrogatePair(text[end - 2], text[end - 1]) ? 2 : 1;
        return new TokenSpan(start, end);
    }

    private static bool IsByteLevelSpace(char c) => c == '\u0120' || CodePoints.Is(c, CodePointClass.White);
}
