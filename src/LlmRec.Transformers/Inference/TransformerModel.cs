using System.Collections.Concurrent;
using LlmRec.Kernels;

namespace LlmRec.Transformers;

/// <summary>
/// A transformer in memory, from words' ids to hidden states. Texts are computed without padding, several at a time; a text gives the same
/// bits alone and in a batch, and with any number of threads.
/// </summary>
/// <remarks>Thread-safe. Weights are packed once, at load; buffers are kept and used again.</remarks>
public sealed partial class TransformerModel
{
    private readonly TransformerWeights _weights;
    private readonly (RotaryTable? Global, RotaryTable? Local) _rotary;
    private readonly ConcurrentBag<RunState> _states = [];

    private TransformerModel(TransformerConfig config, TransformerWeights weights, WeightFormat format)
    {
        Config = config;
        Weights = format;
        _weights = weights;
        _rotary = (config.Rotary is null ? null : new(config.Rotary, config.HeadSize), config.LocalRotary is null ? null : new(config.LocalRotary, config.HeadSize));
    }

    /// <summary>Loads a Hugging Face folder: <c>config.json</c> and <c>model.safetensors</c>, or its parts with their index.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">How to load; null for the defaults.</param>
    /// <param name="cancellationToken">Asked between layers.</param>
    /// <exception cref="FileNotFoundException">A file is missing, or there is only a pickle; the message says which.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, the architecture is not supported, or a tensor is missing, unknown or of another shape; the message names it.</exception>
    public static TransformerModel Load(string folder, TransformerOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"there is no folder '{folder}'");
        TransformerConfig config = TransformerConfig.Load(folder);
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        WeightFormat format = options?.Weights ?? WeightFormat.Float32;
        return new(config, WeightReader.Read(checkpoint, config, format, cancellationToken), format);
    }

    /// <summary>What the model is like.</summary>
    public TransformerConfig Config { get; }

    /// <summary>How its weights lie in memory.</summary>
    public WeightFormat Weights { get; }

    /// <summary>Bytes of its matrices and tables.</summary>
    public long WeightBytes => _weights.Bytes;

    /// <summary>Computes the last hidden states (after the final norm where there is one) of every token.</summary>
    /// <param name="batch">Texts of at most <see cref="TransformerConfig.MaxTokens"/> ids each.</param>
    /// <param name="hidden">Takes (ids, hidden size).</param>
    /// <param name="threads">Most threads, at least 1.</param>
    /// <param name="cancellationToken">Asked before every layer.</param>
    /// <exception cref="ArgumentException">An id or type is outside its table, a text is too long, or <paramref name="hidden"/> has another shape.</exception>
    /// <exception cref="ArithmeticException">The weights hold NaN or infinity, or values overflow.</exception>
    public unsafe void Forward(in PackedTokens batch, MatrixSpan hidden, int threads = 1, CancellationToken cancellationToken = default)
    {
        if (hidden.Rows != batch.Ids.Length || hidden.Columns != Config.HiddenSize)
            throw new ArgumentException($"the hidden states are {batch.Ids.Length} x {Config.HiddenSize}, the destination {hidden.Rows} x {hidden.Columns}", nameof(hidden));
        int stride = hidden.Stride;
        int[] starts = batch.Starts.ToArray();
        fixed (float* values = hidden.Values)
        {
            // the workers write rows of their own while this frame holds the memory still
            nint address = (nint)values;
            Run(batch, (text, rows) =>
            {
                for (int t = 0; t < rows.Rows; t++)
                    rows.Row(t).CopyTo(new Span<float>((float*)address + (nint)(starts[text] + t) * stride, rows.Columns));
            }, threads, null, cancellationToken);
        }
    }

    internal RunState Rent() => _states.TryTake(out RunState? state) ? state : new(Config);

    internal void Return(RunState state) => _states.Add(state);

    /// <summary>One forward pass over texts whose ids and types are in the buffers.</summary>
    internal void Run(RunState state, ReadOnlySpan<int> starts, int threads, HiddenTap? tap, CancellationToken cancellationToken) =>
        ForwardPass.Run(Config, _weights, _rotary, state, starts, threads, tap, cancellationToken);

    internal void Verify(in PackedTokens batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            int n = batch.Starts[i + 1] - batch.Starts[i];
            if (n > Config.MaxTokens && (Config.LearnedPositions > 0 || n > int.MaxValue / 8))
                throw new ArgumentException($"text {i} has {n} tokens, the model has positions for {Config.MaxTokens}; truncate it");
        }

        foreach (int id in batch.Ids)
            if ((uint)id >= (uint)Config.VocabularySize)
                throw new ArgumentException($"the id {id} is outside the model's vocabulary of {Config.VocabularySize}; do tokenizer and model belong together?");
        foreach (int type in batch.Types)
            if (type < 0 || (type >= Config.TokenTypes && Config.TokenTypes > 0))
                throw new ArgumentException($"the token type {type} is outside the model's {Config.TokenTypes}");
    }
}
