using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LlmRec.Transformers;

public sealed partial class Tokenizer
{
    /// <summary>Appends the tokens of a text, without anything around them, to the scratch's sink.</summary>
    /// <param name="text">The text.</param>
    /// <param name="scratch">Buffers.</param>
    /// <param name="allowSpecial">Whether special tokens in the text are recognised.</param>
    /// <param name="limit">More tokens than this are not wanted: the rest of the text may be left out once there are.</param>
    private void Run(ReadOnlySpan<char> text, EncodeScratch scratch, bool allowSpecial, int limit)
    {
        if (text.IsEmpty) return;
        AddedTokenMatcher? raw = allowSpecial ? _raw : _rawSafe;
        AddedTokenMatcher? normalized = allowSpecial ? _normalized : _normalizedSafe;
        if (raw is null && normalized is null && _fast is not null && !scratch.Sink.Tracked)
        {
            _fast.Run(text, scratch, this, limit);
            return;
        }
        if (raw is null)
        {
            Piece(text, 0, scratch, normalized, limit);
            return;
        }
        text = scratch.WithoutLoneSurrogates(text);
        int position = 0, done = 0;
        while (raw.TryNext(text, ref position, done, out int start, out int end, out AddedToken token))
        {
            if (done < start) Piece(text[done..start], done, scratch, normalized, limit);
            scratch.Sink.Add(token.Id, start, end);
            done = end;
            if (scratch.Sink.Count > limit) return;
        }
        if (done < text.Length) Piece(text[done..], done, scratch, normalized, limit);
    }

    /// <summary>A stretch of the text between added tokens.</summary>
    private void Piece(ReadOnlySpan<char> piece, int origin, EncodeScratch scratch, AddedTokenMatcher? normalized, int limit)
    {
        AlignedText text = scratch.Text;
        text.Load(piece, origin, scratch.Sink.Tracked || _needsOrigins);
        _normalizer?.Apply(text);
        if (text.Length == 0) return;
        int position = 0, done = 0;
        while (normalized is not null && normalized.TryNext(text.Span, ref position, done, out int start, out int end, out AddedToken token))
        {
            if (done < start)
            {
                scratch.Part.Load(text, done, start);
                Words(scratch.Part, scratch, limit);
            }
            if (text.Tracked)
                scratch.Sink.Add(token.Id, text.StartOf(start), text.EndOf(end - 1));
            else
                scratch.Sink.Add(token.Id, 0, 0);
            done = end;
            if (scratch.Sink.Count > limit) return;
        }
        if (done == 0)
        {
            Words(text, scratch, limit);
        }
        else if (done < text.Length)
        {
            scratch.Part.Load(text, done, text.Length);
            Words(scratch.Part, scratch, limit);
        }
    }

    /// <summary>Cuts a normalised stretch into words and gives them to the model.</summary>
    private void Words(AlignedText text, EncodeScratch scratch, int limit)
    {
        scratch.Splits.Reset(text.Length);
        _preTokenizer?.Apply(text, scratch.Splits);
        TokenSink sink = scratch.Sink;
        if (sink.Tracked)
        {
            foreach ((int start, int end) in scratch.Splits.Items)
            {
                int first = sink.Count;
                _model.Encode(text.Span[start..end], scratch);
                ToOriginal(text, start, sink.Starts[first..], sink.Ends[first..]);
                if (sink.Count > limit) return;
            }
            return;
        }
        ref char chars = ref MemoryMarshal.GetReference(text.Padded);
        bool cacheable = _model.Cacheable;
        foreach ((int start, int end) in scratch.Splits.Items)
        {
            int length = end - start;
            if (!cacheable || length > WordCache.MaxWord)
            {
                _model.Encode(text.Span.Slice(start, length), scratch);
            }
            else
            {
                Vector256<ushort> key = WordCache.KeyOf(ref Unsafe.Add(ref chars, start), length);
                if (!scratch.Cache.TryAppend(key, sink)) Miss(key, text.Span.Slice(start, length), scratch);
            }
            if (sink.Count > limit) return;
        }
    }

    /// <summary>Asks the model for a word and remembers the answer.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Miss(Vector256<ushort> key, ReadOnlySpan<char> word, EncodeScratch scratch)
    {
        int first = scratch.Sink.Count;
        _model.Encode(word, scratch);
        scratch.Cache.Store(key, scratch.Sink.Ids[first..]);
    }

    /// <summary>The model and the cache for words of a stretch that the fast path leaves to the full pipeline.</summary>
    internal void RunSlowly(ReadOnlySpan<char> piece, EncodeScratch scratch, int limit) => Piece(piece, 0, scratch, null, limit);

    internal void Model(ReadOnlySpan<char> word, EncodeScratch scratch) => _model.Encode(word, scratch);

    private static void ToOriginal(AlignedText text, int word, Span<int> starts, Span<int> ends)
    {
        for (int i = 0; i < starts.Length; i++)
        {
            (int start, int end) = (starts[i] + word, ends[i] + word);
            starts[i] = start < text.Length ? text.StartOf(start) : text.EndOf(text.Length - 1);
            ends[i] = end > start ? text.EndOf(end - 1) : starts[i];
        }
    }
}
