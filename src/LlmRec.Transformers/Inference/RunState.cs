using LlmRec.Kernels;

namespace LlmRec.Transformers;

/// <summary>The buffers of one forward pass over t tokens. They grow to the largest t seen and are used again; a thread at a time.</summary>
internal sealed class RunState(TransformerConfig config)
{
    private AlignedBuffer<float> _memory = new(0);
    private AlignedBuffer<int> _ids = new(0);
    private int _tokens;

    private int Queries => config.Heads * config.HeadSize;

    private int Keys => config.KeyHeads * config.HeadSize;

    private int Inner => config.IsGated ? 2 * config.IntermediateSize : config.IntermediateSize;

    /// <summary>Prepares for t tokens.</summary>
    public void Prepare(int tokens)
    {
        _tokens = tokens;
        long size = (long)tokens * (2 * Pad(config.HiddenSize) + Math.Max(Pad(Queries + 2 * Keys), Pad(Inner)));
        // never less than what is given huge pages
        if (_memory.Length < size) _memory = new AlignedBuffer<float>(Math.Max(1 << 20, checked((int)size)));
        if (_ids.Length < 2 * tokens) _ids = new AlignedBuffer<int>(2 * tokens);
    }

    /// <summary>(t) words.</summary>
    public Span<int> Ids => _ids.Span[.._tokens];

    /// <summary>(t) token types.</summary>
    public Span<int> Types => _ids.Span.Slice(_tokens, _tokens);

    /// <summary>(t, hidden): the residual stream.</summary>
    public MatrixSpan X => Take(0, config.HiddenSize);

    /// <summary>(t, hidden): a sublayer's input after a norm of its own, or its output before one.</summary>
    public MatrixSpan Branch => Take(Pad(config.HiddenSize), config.HiddenSize);

    /// <summary>(t, queries + keys + values); what attention gathers takes the queries' place.</summary>
    public MatrixSpan QueryKeyValue => Take(2 * Pad(config.HiddenSize), Queries + 2 * Keys);

    /// <summary>(t, intermediate), or (t, 2 · intermediate) for gate and up; in the memory of <see cref="QueryKeyValue"/>, which is done with by then.</summary>
    public MatrixSpan Up => Take(2 * Pad(config.HiddenSize), Inner);

    /// <summary>Rows begin on cache lines.</summary>
    private static int Pad(int columns) => (columns + 15) & ~15;

    private MatrixSpan Take(long columnsBefore, int columns) =>
        new(_memory.Span.Slice((int)(columnsBefore * _tokens), _tokens * Pad(columns)), _tokens, columns, Pad(columns));
}
