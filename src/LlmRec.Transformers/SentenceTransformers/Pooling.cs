using System.Numerics.Tensors;
using System.Text.Json;
using LlmRec.Kernels;

namespace LlmRec.Transformers;

/// <summary>The pooling module of a sentence-transformers folder: one mode, or several side by side.</summary>
/// <param name="Modes">The modes, in the order in which their vectors stand.</param>
/// <param name="IncludesPrompt">Whether the tokens of a prompt take part.</param>
internal sealed record Pooling(IReadOnlyList<PoolingMode> Modes, bool IncludesPrompt)
{
    /// <summary>Where a folder says nothing, sentence-transformers takes the mean.</summary>
    public static Pooling Default { get; } = new([PoolingMode.Mean], true);

    /// <summary>The keys of versions 2 to 5 in the order in which several are put side by side.</summary>
    private static readonly (string Key, PoolingMode Mode)[] Flags =
    [
        ("pooling_mode_cls_token", PoolingMode.First), ("pooling_mode_max_tokens", PoolingMode.Max), ("pooling_mode_mean_tokens", PoolingMode.Mean),
        ("pooling_mode_mean_sqrt_len_tokens", PoolingMode.MeanRoot), ("pooling_mode_weightedmean_tokens", PoolingMode.WeightedMean), ("pooling_mode_lasttoken", PoolingMode.Last),
    ];

    /// <exception cref="InvalidDataException">The mode is not known, or the width is not that of the hidden states.</exception>
    public static Pooling Read(ConfigObject c, int hidden)
    {
        int width = c.Int("embedding_dimension", c.Int("word_embedding_dimension", hidden));
        if (width != hidden) throw new InvalidDataException($"{c.Where}: the pooling is made for {width} dimensions, the hidden states have {hidden}");
        List<PoolingMode> modes = [];
        if (c.Find("pooling_mode") is { } mode)
        {
            if (mode.ValueKind == JsonValueKind.Array) modes.AddRange(mode.EnumerateArray().Select(m => ModeOf(c, m.ValueKind == JsonValueKind.String ? m.GetString()! : m.GetRawText())));
            else modes.Add(ModeOf(c, c.String("pooling_mode")!));
        }
        else
        {
            // the mean is on unless a file says otherwise
            modes.AddRange(Flags.Where(f => c.Bool(f.Key, f.Mode == PoolingMode.Mean)).Select(f => f.Mode));
        }

        if (modes.Count is 0 or > 6) throw new InvalidDataException($"{c.Where} names {modes.Count} pooling modes");
        return new(modes, c.Bool("include_prompt", true));
    }

    /// <summary>Writes the vector of a text.</summary>
    /// <param name="x">Hidden states (t, h).</param>
    /// <param name="prompt">Tokens of the prompt at the beginning, which are left out if the pooling leaves them out and something remains.</param>
    /// <param name="vector">Takes modes · h values.</param>
    public void Apply(ReadOnlyMatrixSpan x, int prompt, Span<float> vector)
    {
        int h = x.Columns, from = IncludesPrompt || prompt >= x.Rows ? 0 : prompt;
        foreach (PoolingMode mode in Modes)
        {
            Span<float> v = vector[..h];
            vector = vector[h..];
            switch (mode)
            {
                case PoolingMode.First: x.Row(0).CopyTo(v); break;
                case PoolingMode.Last: x.Row(x.Rows - 1).CopyTo(v); break;
                case PoolingMode.Max:
                    x.Row(from).CopyTo(v);
                    for (int t = from + 1; t < x.Rows; t++) TensorPrimitives.Max(v, x.Row(t), v);
                    break;
                default:
                    v.Clear();
                    double weights = 0;
                    for (int t = from; t < x.Rows; t++)
                    {
                        float weight = mode == PoolingMode.WeightedMean ? t + 1 : 1;
                        weights += weight;
                        TensorPrimitives.MultiplyAdd(x.Row(t), weight, v, v);
                    }

                    TensorPrimitives.Multiply(v, (float)(1 / (mode == PoolingMode.MeanRoot ? Math.Sqrt(weights) : weights)), v);
                    break;
            }
        }
    }

    private static PoolingMode ModeOf(ConfigObject c, string name) => name switch
    {
        "cls" => PoolingMode.First,
        "max" => PoolingMode.Max,
        "mean" => PoolingMode.Mean,
        "mean_sqrt_len_tokens" => PoolingMode.MeanRoot,
        "weightedmean" => PoolingMode.WeightedMean,
        "lasttoken" => PoolingMode.Last,
        _ => throw new InvalidDataException($"{c.Where}: the pooling mode '{name}' is not supported; supported are cls, max, mean, mean_sqrt_len_tokens, weightedmean and lasttoken"),
    };
}
