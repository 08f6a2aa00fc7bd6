namespace LlmRec.Transformers;

public sealed partial class Tokenizer
{
    /// <summary>Appends texts to a packed batch. Allocates nothing once warm.</summary>
    /// <param name="texts">The texts; none may be <c>null</c>.</param>
    /// <param name="batch">Receives ids, segments and row starts.</param>
    /// <param name="options">Default: <see cref="EncodeOptions.Default"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="batch"/> or a text is <c>null</c>.</exception>
    /// <exception cref="ArgumentException">The options cannot be kept with a text.</exception>
    public void EncodeBatch(ReadOnlySpan<string> texts, TokenBatch batch, EncodeOptions? options = null)
    {
        foreach (string text in texts)
        {
            ArgumentNullException.ThrowIfNull(text, nameof(texts));
            EncodeTo(batch, text, options);
        }
    }

    /// <summary>Appends pairs of texts to a packed batch. Allocates nothing once warm.</summary>
    /// <param name="texts">The first texts.</param>
    /// <param name="pairs">The second texts, as many.</param>
    /// <param name="batch">Receives ids, segments and row starts.</param>
    /// <param name="options">Default: <see cref="EncodeOptions.Default"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="batch"/> or a text is <c>null</c>.</exception>
    /// <exception cref="ArgumentException">There are not as many second texts as first ones, or the options cannot be kept with a pair.</exception>
    public void EncodeBatch(ReadOnlySpan<string> texts, ReadOnlySpan<string> pairs, TokenBatch batch, EncodeOptions? options = null)
    {
        if (texts.Length != pairs.Length) throw new ArgumentException($"{texts.Length} first texts but {pairs.Length} second ones", nameof(pairs));
        for (int i = 0; i < texts.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(texts[i], nameof(texts));
            ArgumentNullException.ThrowIfNull(pairs[i], nameof(pairs));
            EncodeTo(batch, texts[i], pairs[i], options);
        }
    }

    /// <summary>Appends one text to a packed batch. Allocates nothing once warm.</summary>
    /// <param name="batch">Receives ids, segments and the row's end.</param>
    /// <param name="text">Any text.</param>
    /// <param name="options">Default: <see cref="EncodeOptions.Default"/>.</param>
    /// <returns>The number of tokens appended.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="batch"/> is <c>null</c>.</exception>
    /// <exception cref="ArgumentException">The options cannot be kept with this text.</exception>
    public int EncodeTo(TokenBatch batch, ReadOnlySpan<char> text, EncodeOptions? options = null) => EncodeTo(batch, text, default, isPair: false, options);

    /// <summary>Appends a pair of texts to a packed batch. Allocates nothing once warm.</summary>
    /// <param name="batch">Receives ids, segments and the row's end.</param>
    /// <param name="text">The first text.</param>
    /// <param name="pair">The second text.</param>
    /// <param name="options">Default: <see cref="EncodeOptions.Default"/>.</param>
    /// <returns>The number of tokens appended.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="batch"/> is <c>null</c>.</exception>
    /// <exception cref="ArgumentException">The options cannot be kept with these texts.</exception>
    public int EncodeTo(TokenBatch batch, ReadOnlySpan<char> text, ReadOnlySpan<char> pair, EncodeOptions? options = null) => EncodeTo(batch, text, pair, isPair: true, options);

    /// <summary>Texts as a rectangle of ids.</summary>
    /// <param name="texts">The texts; none may be <c>null</c>.</param>
    /// <param name="padding">Default: to the longest text, on the right.</param>
    /// <param name="options">Default: <see cref="EncodeOptions.Default"/>.</param>
    /// <exception cref="ArgumentNullException">A text is <c>null</c>.</exception>
    /// <exception cref="ArgumentException">The options cannot be kept with a text, or there is no padding token.</exception>
    public PaddedBatch EncodePadded(ReadOnlySpan<string> texts, PaddingOptions? padding = null, EncodeOptions? options = null)
    {
        padding ??= new PaddingOptions();
        int pad = padding.PadId ?? SpecialTokens.Pad ?? throw new ArgumentException("the tokenizer has no padding token: give one in PaddingOptions.PadId", nameof(padding));
        var batch = new TokenBatch();
        EncodeBatch(texts, batch, options);
        return new PaddedBatch(batch, padding, pad);
    }

    private int EncodeTo(TokenBatch batch, ReadOnlySpan<char> text, ReadOnlySpan<char> pair, bool isPair, EncodeOptions? options)
    {
        ArgumentNullException.ThrowIfNull(batch);
        options ??= EncodeOptions.Default;
        EncodeScratch scratch = Tokenize(text, pair, isPair, options, tracked: false);
        Truncation kept = Truncate(scratch, isPair, options, out bool truncated);
        int length = Length(kept, isPair, options);
        Span<int> ids = batch.Begin(length, out Span<int> typeIds);
        Write(scratch, kept, isPair, options, ids, typeIds);
        batch.End(length, truncated);
        _pool.Return(scratch);
        return length;
    }
}
