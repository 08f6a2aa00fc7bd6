namespace LlmRec.Transformers;

/// <summary>Reads rotary positions as transformers 5 writes them (<c>rope_parameters</c>) and as most published models have them (<c>rope_theta</c>, <c>rope_scaling</c>).</summary>
internal static class RotaryReader
{
    /// <param name="c">The configuration.</param>
    /// <param name="layerType">The layer type whose parameters are meant, or null where all layers share one set.</param>
    /// <param name="thetaKey">The older key of the base.</param>
    /// <param name="fallback">The base where none is given.</param>
    public static RotaryConfig Read(ConfigObject c, string? layerType, string thetaKey, double fallback)
    {
        if (c.Object("rope_parameters") is { } parameters)
        {
            if (layerType is not null && parameters.Object(layerType) is { } own) parameters = own;
            return Scaled(c, parameters, parameters.Double("rope_theta", c.Double(thetaKey, fallback)));
        }

        double theta = c.Double(thetaKey, fallback);
        // an older scaling is that of the global layers
        return c.Object("rope_scaling") is { } scaling && layerType != "sliding_attention" ? Scaled(c, scaling, theta) : new() { Theta = Positive(c, theta) };
    }

    private static RotaryConfig Scaled(ConfigObject c, ConfigObject s, double theta)
    {
        string kind = s.String("rope_type") ?? s.String("type") ?? "default";
        if (s.Double("partial_rotary_factor", c.Double("partial_rotary_factor", 1)) != 1)
            throw new InvalidDataException($"{s.Where}: rotary positions on a part of the head ('partial_rotary_factor') are not supported");
        var config = new RotaryConfig { Theta = Positive(c, theta) };
        if (kind == "default") return config;
        config = config with { Factor = s.Double("factor") };
        if (!(config.Factor >= 1)) throw new InvalidDataException($"{s.Where}: the rotary 'factor' must be at least 1, not {config.Factor}");
        switch (kind)
        {
            case "linear":
                return config with { Scaling = RotaryScaling.Linear };
            case "llama3":
                config = config with
                {
                    Scaling = RotaryScaling.Llama3, LowFrequencyFactor = s.Double("low_freq_factor", 1), HighFrequencyFactor = s.Double("high_freq_factor", 4),
                    OriginalPositions = s.Int("original_max_position_embeddings"),
                };
                return config.LowFrequencyFactor > 0 && config.HighFrequencyFactor > config.LowFrequencyFactor ? config
                    : throw new InvalidDataException($"{s.Where}: 'high_freq_factor' must be above 'low_freq_factor', and that above 0");
            case "yarn":
                config = config with
                {
                    Scaling = RotaryScaling.Yarn, OriginalPositions = s.Int("original_max_position_embeddings", c.Int("max_position_embeddings", 2048)),
                    BetaFast = s.Double("beta_fast", 32), BetaSlow = s.Double("beta_slow", 1), AttentionFactor = s.Double("attention_factor", 0),
                };
                return config.BetaSlow > 0 && config.BetaFast >= config.BetaSlow && config.AttentionFactor >= 0 && s.Find("mscale") is null ? config
                    : throw new InvalidDataException($"{s.Where}: these YaRN parameters are not supported ('beta_fast' at least 'beta_slow', that above 0, no 'mscale')");
            default:
                throw new InvalidDataException($"{s.Where}: the rotary scaling '{kind}' is not supported; supported are default, linear, llama3 and yarn");
        }
    }

    private static double Positive(ConfigObject c, double theta) =>
        theta > 0 ? theta : throw new InvalidDataException($"{c.Where}: the rotary base must be above 0, not {theta}");
}
