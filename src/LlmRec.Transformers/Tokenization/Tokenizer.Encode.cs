using System.Buffers;

namespace LlmRec.Transformers;

public sealed partial class Tokenizer
{
    /// <summary>The ids of a text.</summary>
    /// <param name="text">Any text; empty gives only the special tokens.</param>
    /// <param name="options">Default: <see cref="EncodeOptions.Default"/>.</param>
    /// <returns>(tokens)</returns>
    /// <exception cref="ArgumentException">The options cannot be kept with this text.</exception>
    public int[] EncodeToIds(ReadOnlySpan<char> text, EncodeOptions? options = null) => EncodeToIds(text, default, isPair: false, options);

    /// <summary>The ids of a pair of texts.</summary>
    /// <param name="text">The first text.</param>
    /// <param name="pair">The second text.</param>
    /// <param name="options">Default: <see cref="EncodeOptions.Default"/>.</param>
    /// <returns>(tokens)</returns>
    /// <exception cref="ArgumentException">The options cannot be kept with these texts.</exception>
    public int[] EncodeToIds(ReadOnlySpan<char> text, ReadOnlySpan<char> pair, EncodeOptions? options = null) => EncodeToIds(text, pair, isPair: true, options);

    /// <summary>The ids of a text, as many as are wanted.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="maxTokenCount">Most tokens, special ones included.</param>
    /// <param name="charsConsumed">UTF-16 units of the text that the ids stand for: its length when nothing was cut off.</param>
    /// <param name="options">Default: <see cref="EncodeOptions.Default"/>.</param>
    /// <returns>(tokens)</returns>
    /// <exception cref="ArgumentException">The options cannot be kept with this text.</exception>
    public int[] EncodeToIds(ReadOnlySpan<char> text, int maxTokenCount, out int charsConsumed, EncodeOptions? options = null)
    {
        options = (options ?? EncodeOptions.Default) with { MaxTokenCount = maxTokenCount };
        EncodeScratch scratch = Tokenize(text, default, false, options, tracked: true);
        Truncation kept = Truncate(scratch, false, options, out bool truncated);
        charsConsumed = text.Length;
        if (truncated)
        {
            charsConsumed = 0;
            Span<int> ends = options.TruncationSide == TokenSide.Right ? scratch.Sink.Ends[..kept.First] : scratch.Sink.Ends;
            foreach (int end in ends) charsConsumed = Math.Max(charsConsumed, end);
        }
        int[] ids = new int[Length(kept, false, options)];
        Write(scratch, kept, false, options, ids, default);
        _pool.Return(scratch);
        return ids;
    }

    /// <summary>The number of tokens of a text.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="options">Default: <see cref="EncodeOptions.Default"/>.</param>
    /// <exception cref="ArgumentException">The options cannot be kept with this text.</exception>
    public int CountTokens(ReadOnlySpan<char> text, EncodeOptions? options = null)
    {
        options ??= EncodeOptions.Default;
        EncodeScratch scratch = Tokenize(text, default, false, options, tracked: false);
        int length = Length(Truncate(scratch, false, options, out _), false, options);
        _pool.Return(scratch);
        return length;
    }

    /// <summary>Writes the ids of a text; what does not fit is cut off as if it were beyond <see cref="EncodeOptions.MaxTokenCount"/>. Allocates nothing once warm.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="destination">Receives the ids; must hold the special tokens.</param>
    /// <param name="options">Default: <see cref="EncodeOptions.Default"/>.</param>
    /// <returns>The number of ids written.</returns>
    /// <exception cref="ArgumentException">The options cannot be kept with this text, or the destination cannot hold the special tokens.</exception>
    public int Encode(ReadOnlySpan<char> text, Span<int> destination, EncodeOptions? options = null)
    {
        options ??= EncodeOptions.Default;
        EncodeScratch scratch = Tokenize(text, default, false, options, tracked: false);
        Truncation kept = Truncate(scratch, false, options, out _);
        int length = Length(kept, false, options);
        if (length > destination.Length)
        {
            int room = destination.Length - Length(default, false, options);
            if (room < 0) throw new ArgumentException($"the destination has room for {destination.Length} ids, less than the special tokens need", nameof(destination));
            kept = new(room, 0);
            length = destination.Length;
        }
        Write(scratch, kept, false, options, destination[..length], default);
        _pool.Return(scratch);
        return length;
    }

    /// <summary>Appends the ids of a text to a writer. Allocates nothing once warm, if the writer does not.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="writer">Receives the ids.</param>
    /// <param name="options">Default: <see cref="EncodeOptions.Default"/>.</param>
    /// <returns>The number of ids written.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="writer"/> is <c>null</c>.</exception>
    /// <exception cref="ArgumentException">The options cannot be kept with this text.</exception>
    public int Encode(ReadOnlySpan<char> text, IBufferWriter<int> writer, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(writer);
        options ??= EncodeOptions.Default;
        EncodeScratch scratch = Tokenize(text, default, false, options, tracked: false);
        Truncation kept = Truncate(scratch, false, options, out _);
        int length = Length(kept, false, options);
        Write(scratch, kept, false, options, writer.GetSpan(length)[..length], default);
        writer.Advance(length);
        _pool.Return(scratch);
        return length;
    }

    private int[] EncodeToIds(ReadOnlySpan<char> text, ReadOnlySpan<char> pair, bool isPair, EncodeOptions? options)
    {
        options ??= EncodeOptions.Default;
        EncodeScratch scratch = Tokenize(text, pair, isPair, options, tracked: false);
        Truncation kept = Truncate(scratch, isPair, options, out _);
        int[] ids = new int[Length(kept, isPair, options)];
        Write(scratch, kept, isPair, options, ids, default);
        _pool.Return(scratch);
        return ids;
    }

    /// <summary>Both texts' tokens, one after the other, in a scratch's sink; the scratch is to be returned.</summary>
    private EncodeScratch Tokenize(ReadOnlySpan<char> text, ReadOnlySpan<char> pair, bool isPair, EncodeOptions options, bool tracked)
    {
        EncodeScratch scratch = _pool.Rent();
        scratch.Sink.Count = 0;
        scratch.Sink.Tracked = tracked;
        // One text cut on the right needs no more tokens than the limit lets through, and one to see that there are more.
        int limit = isPair || tracked || options.TruncationSide == TokenSide.Left ? int.MaxValue : options.MaxTokenCount;
        Run(text, scratch, options.AllowSpecialTokens, limit);
        scratch.FirstCount = scratch.Sink.Count;
        if (isPair) Run(pair, scratch, options.AllowSpecialTokens, limit);
        return scratch;
    }

    private Truncation Truncate(EncodeScratch scratch, bool isPair, EncodeOptions options, out bool truncated)
    {
        int n1 = scratch.FirstCount, n2 = scratch.Sink.Count - n1;
        Truncation kept = Truncation.Of(n1, n2, isPair, options.AddSpecialTokens ? _postProcessor.Added(isPair) : 0, options);
        truncated = kept.First < n1 || kept.Second < n2;
        return kept;
    }

    private int Length(Truncation kept, bool isPair, EncodeOptions options)
    {
        int length = options.AddSpecialTokens ? _postProcessor.Added(isPair) : 0;
        foreach (ref readonly TemplatePiece piece in _postProcessor.Pieces(isPair))
            length += piece.Sequence switch { 0 => kept.First, 1 => kept.Second, _ => 0 };
        return length;
    }

    /// <summary>Puts the kept tokens into the template.</summary>
    private void Write(EncodeScratch scratch, Truncation kept, bool isPair, EncodeOptions options, Span<int> ids, Span<int> typeIds)
    {
        int at = 0;
        foreach (ref readonly TemplatePiece piece in _postProcessor.Pieces(isPair))
        {
            if (piece.Sequence < 0 && !options.AddSpecialTokens) continue;
            ReadOnlySpan<int> source = piece.Sequence < 0 ? piece.Ids : Kept(scratch, piece.Sequence, kept, options, scratch.Sink.Ids);
            source.CopyTo(ids[at..]);
            if (typeIds.Length > 0) typeIds.Slice(at, source.Length).Fill(piece.TypeId);
            at += source.Length;
        }
    }

    /// <summary>The kept part of one text's values.</summary>
    private static ReadOnlySpan<int> Kept(EncodeScratch scratch, int sequence, Truncation kept, EncodeOptions options, ReadOnlySpan<int> values)
    {
        ReadOnlySpan<int> all = sequence == 0 ? values[..scratch.FirstCount] : values[scratch.FirstCount..];
        int count = sequence == 0 ? kept.First : kept.Second;
        return options.TruncationSide == TokenSide.Right ? all[..count] : all[^count..];
    }
}
