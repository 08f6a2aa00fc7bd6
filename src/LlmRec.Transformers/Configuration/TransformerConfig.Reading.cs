using LlmRec.Kernels;

namespace LlmRec.Transformers;

public sealed partial record TransformerConfig
{
    /// <summary>Most of anything a configuration may ask for; what is larger is a damaged file, not a model.</summary>
    private const int MostLayers = 1024, MostWidth = 1 << 17, MostWords = 1 << 24;

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <param name="path">The file, or the folder that holds it.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, lacks a key, or describes an architecture that is not supported; the message says which.</exception>
    public static TransformerConfig Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Read(ConfigObject.Load(Directory.Exists(path) ? Path.Combine(path, "config.json") : path));
    }

    /// <summary>Reads the content of a <c>config.json</c>.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <param name="name">A name for messages.</param>
    /// <exception cref="InvalidDataException">As for <see cref="Load"/>.</exception>
    public static TransformerConfig Parse(ReadOnlyMemory<byte> json, string name = "config.json") => Read(ConfigObject.Parse(json, name));

    private static TransformerConfig Read(ConfigObject c)
    {
        // models that also see pictures keep their text part in an object of its own
        if (c.Object("text_config") is { } text && c.Find("hidden_size") is null) c = text;
        string type = c.String("model_type") ?? throw c.Missing("model_type");
        TransformerConfig config = type switch
        {
            "bert" => Bert(c, Architecture.Bert, 0),
            "roberta" or "xlm-roberta" or "camembert" => Bert(c, Architecture.Roberta, c.Int("pad_token_id", 1, 0) + 1),
            "mpnet" => Bert(c, Architecture.MPNet, c.Int("pad_token_id", 1, 0) + 1) with
            {
                TokenTypes = 0, RelativeBuckets = c.Int("relative_attention_num_buckets", 32, 4, 4096), RelativeDistance = 128,
            },
            "distilbert" => DistilBert(c),
            "modernbert" => ModernBert(c),
            "t5" or "mt5" => T5(c),
            "llama" => Decoder(c, Architecture.Llama),
            "mistral" => Decoder(c, Architecture.Mistral),
            "qwen2" => Decoder(c, Architecture.Qwen2),
            "qwen3" => Decoder(c, Architecture.Qwen3),
            "gemma3_text" or "gemma3" => Gemma3(c),
            "gpt2" => Gpt2(c),
            _ => throw new InvalidDataException($"{c.Where}: the model type '{type}' is not supported; supported are bert, roberta, xlm-roberta, camembert, distilbert, mpnet, modernbert, t5, mt5, llama, mistral, qwen2, qwen3, gemma3_text and gpt2"),
        };
        if (config.Heads % config.KeyHeads != 0) throw new InvalidDataException($"{c.Where}: {config.Heads} attention heads cannot share {config.KeyHeads} heads of keys");
        if ((long)config.Heads * config.HeadSize > 4 * MostWidth) throw new InvalidDataException($"{c.Where}: {config.Heads} heads of {config.HeadSize} dimensions are no model, but a damaged file");
        // half of the buckets each way, half of those for single distances, the others up to the largest in steps of the logarithm
        if (config.RelativeBuckets > 0 && config.RelativeDistance <= config.RelativeBuckets / 4)
            throw new InvalidDataException($"{c.Where}: {config.RelativeBuckets} buckets of relative positions need distances above {config.RelativeBuckets / 4}, not {config.RelativeDistance}");
        if (config.Rotary is not null && config.HeadSize % 2 != 0) throw new InvalidDataException($"{c.Where}: rotary positions need heads of even width, not {config.HeadSize}");
        return config;
    }

    private static TransformerConfig Bert(ConfigObject c, Architecture architecture, int offset)
    {
        if (c.String("position_embedding_type") is { } kind and not "absolute")
            throw new InvalidDataException($"{c.Where}: the position embedding type '{kind}' is not supported, only 'absolute'");
        if (c.Bool("is_decoder", false)) throw new InvalidDataException($"{c.Where}: 'is_decoder' is true; of this family only encoders are supported");
        (int hidden, int layers, int heads) = Sizes(c);
        int positions = c.Int("max_position_embeddings", 512, offset + 1, MostWords);
        return new()
        {
            Architecture = architecture, VocabularySize = c.Int("vocab_size", most: MostWords), HiddenSize = hidden, Layers = layers, Heads = heads, KeyHeads = heads,
            HeadSize = HeadSizeOf(c, hidden, heads), IntermediateSize = c.Int("intermediate_size", most: MostWidth), Activation = ActivationOf(c, "hidden_act", "gelu"),
            NormEpsilon = Epsilon(c, "layer_norm_eps", 1e-12), LearnedPositions = positions, PositionOffset = offset, MaxTokens = positions - offset,
            TokenTypes = c.Int("type_vocab_size", 2, 0, 1024), ScoreScale = InverseRoot(HeadSizeOf(c, hidden, heads)), Windows = Everywhere(layers, causal: false),
            PaddingId = c.Int("pad_token_id", offset == 0 ? 0 : offset - 1, 0),
            HasNormBias = true, HasQueryBias = true, HasOutputBias = true, HasFeedForwardBias = true,
        };
    }

    private static TransformerConfig DistilBert(ConfigObject c)
    {
        int hidden = c.Int("dim", 768, most: MostWidth), layers = c.Int("n_layers", 6, most: MostLayers), heads = c.Int("n_heads", 12, most: MostWidth);
        int positions = c.Int("max_position_embeddings", 512, most: MostWords);
        return new()
        {
            Architecture = Architecture.DistilBert, VocabularySize = c.Int("vocab_size", most: MostWords), HiddenSize = hidden, Layers = layers, Heads = heads, KeyHeads = heads,
            HeadSize = HeadSizeOf(c, hidden, heads), IntermediateSize = c.Int("hidden_dim", 4 * hidden, most: MostWidth), Activation = ActivationOf(c, "activation", "gelu"),
            NormEpsilon = 1e-12f, LearnedPositions = positions, MaxTokens = positions, ScoreScale = InverseRoot(HeadSizeOf(c, hidden, heads)),
            Windows = Everywhere(layers, causal: false), PaddingId = c.Int("pad_token_id", 0, 0),
            HasNormBias = true, HasQueryBias = true, HasOutputBias = true, HasFeedForwardBias = true,
        };
    }

    private static TransformerConfig ModernBert(ConfigObject c)
    {
        (int hidden, int layers, int heads) = Sizes(c);
        int each = c.Int("local_attention", 128, most: MostWords) / 2, every = c.Int("global_attn_every_n_layers", 3);
        return new()
        {
            Architecture = Architecture.ModernBert, VocabularySize = c.Int("vocab_size", most: MostWords), HiddenSize = hidden, Layers = layers, Heads = heads, KeyHeads = heads,
            HeadSize = HeadSizeOf(c, hidden, heads), IntermediateSize = c.Int("intermediate_size", most: MostWidth), Activation = ActivationOf(c, "hidden_activation", "gelu"),
            IsGated = true, NormPlacement = NormPlacement.Before, NormEpsilon = Epsilon(c, "norm_eps", 1e-5), ScoreScale = InverseRoot(hidden / heads),
            Windows = WindowsOf(c, layers, i => i % every != 0, new(each, each, true), new(int.MaxValue, int.MaxValue, false)),
            Rotary = RotaryReader.Read(c, "full_attention", "global_rope_theta", 160_000), LocalRotary = RotaryReader.Read(c, "sliding_attention", "local_rope_theta", 10_000),
            MaxTokens = c.Int("max_position_embeddings", 8192), PaddingId = c.Int("pad_token_id", 0, 0), HasNormBias = c.Bool("norm_bias", false),
            HasQueryBias = c.Bool("attention_bias", false), HasOutputBias = c.Bool("attention_bias", false), HasFeedForwardBias = c.Bool("mlp_bias", false),
        };
    }

    private static TransformerConfig T5(ConfigObject c)
    {
        int hidden = c.Int("d_model", most: MostWidth), layers = c.Int("num_layers", most: MostLayers), heads = c.Int("num_heads", most: MostWidth);
        // "relu", "gated-gelu" (whose GELU is the tanh form, unlike elsewhere) or "gated-silu"
        string projection = c.String("feed_forward_proj") ?? "relu";
        bool gated = projection.StartsWith("gated-", StringComparison.Ordinal);
        string name = projection == "gated-gelu" ? "gelu_new" : gated ? projection[6..] : projection;
        return new()
        {
            Architecture = Architecture.T5, VocabularySize = c.Int("vocab_size", most: MostWords), HiddenSize = hidden, Layers = layers, Heads = heads, KeyHeads = heads,
            HeadSize = c.Int("d_kv", most: MostWidth), IntermediateSize = c.Int("d_ff", most: MostWidth), Activation = ActivationOf(name, "feed_forward_proj", c.Where),
            IsGated = gated, Norm = NormKind.Rms, NormPlacement = NormPlacement.Before, NormEpsilon = Epsilon(c, "layer_norm_epsilon", 1e-6),
            ScoreScale = 1, Windows = Everywhere(layers, causal: false), RelativeBuckets = c.Int("relative_attention_num_buckets", 32, 4, 4096),
            RelativeDistance = c.Int("relative_attention_max_distance", 128), PaddingId = c.Int("pad_token_id", 0, 0),
        };
    }

    private static TransformerConfig Decoder(ConfigObject c, Architecture architecture)
    {
        (int hidden, int layers, int heads) = Sizes(c);
        int size = c.Int("head_dim", hidden / heads, most: MostWidth);
        int window = c.Int("sliding_window", int.MaxValue, 0), firstLocal = c.Int("max_window_layers", 0, 0);
        bool always = architecture == Architecture.Mistral && window > 0, sometimes = c.Bool("use_sliding_window", false) && window > 0;
        bool biased = (architecture is Architecture.Llama or Architecture.Qwen3) && c.Bool("attention_bias", false);
        // a window of w tokens holds the token itself
        AttentionWindow local = new(window == int.MaxValue ? window : Math.Max(window - 1, 0), 0, true), all = new(int.MaxValue, 0, false);
        return new()
        {
            Architecture = architecture, VocabularySize = c.Int("vocab_size", most: MostWords), HiddenSize = hidden, Layers = layers, Heads = heads,
            KeyHeads = c.Int("num_key_value_heads", heads, most: MostWidth), HeadSize = size, IntermediateSize = c.Int("intermediate_size", most: MostWidth),
            Activation = ActivationOf(c, "hidden_act", "silu"), IsGated = true, Norm = NormKind.Rms, NormPlacement = NormPlacement.Before,
            NormEpsilon = Epsilon(c, "rms_norm_eps", 1e-6), HasHeadNorms = architecture == Architecture.Qwen3, ScoreScale = InverseRoot(size),
            Windows = always ? [.. Enumerable.Repeat(local, layers)] : sometimes ? WindowsOf(c, layers, i => i >= firstLocal, local, all) : Everywhere(layers, causal: true),
            Rotary = RotaryReader.Read(c, null, "rope_theta", 10_000), MaxTokens = c.Int("max_position_embeddings", int.MaxValue), PaddingId = c.Int("pad_token_id", -1, -1),
            HasQueryBias = architecture == Architecture.Qwen2 || biased, HasOutputBias = biased, HasFeedForwardBias = architecture == Architecture.Llama && c.Bool("mlp_bias", false),
        };
    }

    private static TransformerConfig Gemma3(ConfigObject c)
    {
        (int hidden, int layers, int heads) = Sizes(c);
        bool twoWay = c.Bool("use_bidirectional_attention", false);
        int window = c.Int("sliding_window", 4096), pattern = c.Int("sliding_window_pattern", c.Int("_sliding_window_pattern", 6));
        int all = twoWay ? int.MaxValue : 0;
        // two-way layers see half the window on each side, causal ones the token itself and the window − 1 before it
        AttentionWindow local = twoWay ? new(window / 2, window / 2, true) : new(window - 1, 0, true);
        if (c.Find("attn_logit_softcapping") is not null) throw new InvalidDataException($"{c.Where}: 'attn_logit_softcapping' is not supported");
        return new()
        {
            Architecture = Architecture.Gemma3, VocabularySize = c.Int("vocab_size", most: MostWords), HiddenSize = hidden, Layers = layers, Heads = heads,
            KeyHeads = c.Int("num_key_value_heads", heads, most: MostWidth), HeadSize = c.Int("head_dim", 256, most: MostWidth), IntermediateSize = c.Int("intermediate_size", most: MostWidth),
            Activation = ActivationOf(c, "hidden_activation", "gelu_pytorch_tanh"), IsGated = true, Norm = NormKind.Rms, NormPlacement = NormPlacement.Around,
            NormEpsilon = Epsilon(c, "rms_norm_eps", 1e-6), NormGainOffset = 1, HasHeadNorms = true, EmbeddingScale = MathF.Sqrt(hidden),
            ScoreScale = (float)(1 / Math.Sqrt(Within(c, "query_pre_attn_scalar", 256, 1e-6, 1e12))),
            Windows = WindowsOf(c, layers, i => (i + 1) % pattern != 0, local, new(int.MaxValue, all, false)),
            Rotary = RotaryReader.Read(c, "full_attention", "rope_theta", 1_000_000), LocalRotary = RotaryReader.Read(c, "sliding_attention", "rope_local_base_freq", 10_000),
            MaxTokens = c.Int("max_position_embeddings", int.MaxValue), PaddingId = c.Int("pad_token_id", 0, 0),
            HasQueryBias = c.Bool("attention_bias", false), HasOutputBias = c.Bool("attention_bias", false),
        };
    }

    private static TransformerConfig Gpt2(ConfigObject c)
    {
        int hidden = c.Int("n_embd", most: MostWidth), layers = c.Int("n_layer", most: MostLayers), heads = c.Int("n_head", most: MostWidth);
        int positions = c.Int("n_positions", 1024, most: MostWords);
        if (c.Bool("scale_attn_by_inverse_layer_idx", false)) throw new InvalidDataException($"{c.Where}: 'scale_attn_by_inverse_layer_idx' is not supported");
        return new()
        {
            Architecture = Architecture.Gpt2, VocabularySize = c.Int("vocab_size", most: MostWords), HiddenSize = hidden, Layers = layers, Heads = heads, KeyHeads = heads,
            HeadSize = HeadSizeOf(c, hidden, heads), IntermediateSize = c.Int("n_inner", 4 * hidden, most: MostWidth), Activation = ActivationOf(c, "activation_function", "gelu_new"),
            NormPlacement = NormPlacement.Before, NormEpsilon = Epsilon(c, "layer_norm_epsilon", 1e-5), LearnedPositions = positions, MaxTokens = positions,
            ScoreScale = c.Bool("scale_attn_weights", true) ? InverseRoot(hidden / heads) : 1, Windows = Everywhere(layers, causal: true), PaddingId = c.Int("pad_token_id", -1, -1),
            HasNormBias = true, HasQueryBias = true, HasOutputBias = true, HasFeedForwardBias = true,
        };
    }

    private static (int Hidden, int Layers, int Heads) Sizes(ConfigObject c)
    {
        int hidden = c.Int("hidden_size", most: MostWidth), heads = c.Int("num_attention_heads", most: MostWidth);
        return (hidden, c.Int("num_hidden_layers", most: MostLayers), heads);
    }

    /// <summary>The width of a head: said in so many words where heads were pruned, else all of them together are as wide as the hidden states.</summary>
    private static int HeadSizeOf(ConfigObject c, int hidden, int heads) =>
        c.Find("head_dim") is not null ? c.Int("head_dim", most: MostWidth)
        : hidden % heads == 0 ? hidden / heads : throw new InvalidDataException($"{c.Where}: a hidden size of {hidden} cannot be divided into {heads} heads");

    /// <summary>What keeps a norm from dividing by zero.</summary>
    private static float Epsilon(ConfigObject c, string key, double fallback) => (float)Within(c, key, fallback, 1e-30, 1);

    private static double Within(ConfigObject c, string key, double fallback, double least, double most) =>
        c.Double(key, fallback) is var value && value >= least && value <= most ? value
        : throw new InvalidDataException(FormattableString.Invariant($"{c.Where}: '{key}' is {value}, expected {least} to {most}"));

    private static float InverseRoot(int headSize) => (float)(1 / Math.Sqrt(headSize));

    private static AttentionWindow[] Everywhere(int layers, bool causal) => [.. Enumerable.Repeat(new AttentionWindow(int.MaxValue, causal ? 0 : int.MaxValue, false), layers)];

    /// <summary>The windows by the list of layer types where there is one, else by a rule.</summary>
    private static AttentionWindow[] WindowsOf(ConfigObject c, int layers, Func<int, bool> isLocal, AttentionWindow local, AttentionWindow full)
    {
        string[]? types = c.Strings("layer_types");
        if (types is null) return [.. Enumerable.Range(0, layers).Select(i => isLocal(i) ? local : full)];
        if (types.Length != layers) throw new InvalidDataException($"{c.Where}: 'layer_types' has {types.Length} entries for {layers} layers");
        return [.. types.Select(t => t switch
        {
            "sliding_attention" => local,
            "full_attention" => full,
            _ => throw new InvalidDataException($"{c.Where}: the layer type '{t}' is not supported; supported are full_attention and sliding_attention"),
        })];
    }

    private static Activation ActivationOf(ConfigObject c, string key, string fallback) => ActivationOf(c.String(key) ?? fallback, key, c.Where);

    private static Activation ActivationOf(string name, string key, string where) => name switch
    {
        "gelu" or "gelu_python" => Activation.Gelu,
        "gelu_new" or "gelu_pytorch_tanh" or "gelu_fast" => Activation.GeluTanh,
        "silu" or "swish" => Activation.Silu,
        "relu" => Activation.Relu,
        _ => throw new InvalidDataException($"{where}: the activation '{name}' of '{key}' is not supported; supported are gelu, gelu_new, gelu_pytorch_tanh, silu and relu"),
    };
}
