using System.Globalization;
using LlmRec.Kernels;

namespace LlmRec.Transformers;

/// <summary>Fills the blocks of a model from a checkpoint by the architecture's key table. Every tensor must be there, have its shape, and be known.</summary>
internal sealed class WeightReader
{
    private readonly Checkpoint _checkpoint;
    private readonly TransformerConfig _config;
    private readonly KeyTable _keys;
    private readonly WeightFormat _format;
    private readonly string _prefix;
    private readonly MatrixMemory _memory;
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    private WeightReader(Checkpoint checkpoint, TransformerConfig config, WeightFormat format)
    {
        _checkpoint = checkpoint;
        _config = config;
        _format = format;
        _keys = KeyTable.For(config);
        // A configuration may promise what the checkpoint does not hold: the first tensor shows it, and until then no more is asked for than the file could fill.
        long values = checkpoint.Tensors.Sum(t => checkpoint.Info(t).Count);
        _memory = new(Math.Min(MatrixBytes(config, format), 2 * BytesOf(format) * values + (1 << 20)));
        _prefix = _keys.PrefixIn(checkpoint)
            ?? throw new InvalidDataException($"{checkpoint.Name} has no tensor '{_keys.Words[0]}.weight' (nor with one of {string.Join(", ", _keys.Prefixes.Where(p => p.Length > 0))} before it), so it is no checkpoint of the architecture {config.Architecture} that its config.json names");
    }

    /// <exception cref="InvalidDataException">A tensor is missing, has another shape, or is not known; the message names it.</exception>
    public static TransformerWeights Read(Checkpoint checkpoint, TransformerConfig config, WeightFormat format, CancellationToken cancellationToken)
    {
        var reader = new WeightReader(checkpoint, config, format);
        TransformerWeights weights = reader.Read(cancellationToken);
        reader.RefuseUnknown();
        return weights;
    }

    private TransformerWeights Read(CancellationToken cancellationToken)
    {
        TransformerConfig c = _config;
        int hidden = c.HiddenSize;
        string words = _keys.Words.First(w => _checkpoint.Contains($"{_prefix}{w}.weight"));
        // positions and token types are few and touch every token: int8 would save nothing and cost precision
        WeightFormat small = _format == WeightFormat.Int8 ? WeightFormat.BFloat16 : _format;
        var layers = new LayerWeights[c.Layers];
        for (int i = 0; i < layers.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            layers[i] = Layer(i);
        }

        return new()
        {
            Words = Table(words, c.VocabularySize, hidden, _format),
            Positions = c.LearnedPositions == 0 ? null : Table(_keys.Positions!, c.LearnedPositions, hidden, small),
            TokenTypes = c.TokenTypes == 0 || _keys.TokenTypes is null ? null : Table(_keys.TokenTypes, c.TokenTypes, hidden, small),
            EmbeddingNorm = Norm(_keys.EmbeddingNorm, hidden),
            Layers = layers,
            FinalNorm = Norm(_keys.FinalNorm, hidden),
            RelativeBias = _keys.RelativeBias is null ? null
                : new(Tensor(_keys.RelativeBias + ".weight", c.RelativeBuckets, c.Heads), c.Heads, c.RelativeBuckets, c.RelativeDistance),
        };
    }

    /// <summary>About what all matrices take, in whole panels of 32 columns.</summary>
    private static long MatrixBytes(TransformerConfig c, WeightFormat format)
    {
        static long Size(long inputs, long outputs) => inputs * ((outputs + 31) / 32 * 32) + 64;
        long queries = (long)c.Heads * c.HeadSize, keys = (long)c.KeyHeads * c.HeadSize;
        long layer = Size(c.HiddenSize, queries + 2 * keys) + Size(queries, c.HiddenSize) + Size(c.HiddenSize, (c.IsGated ? 2L : 1) * c.IntermediateSize) + Size(c.IntermediateSize, c.HiddenSize);
        return c.Layers * layer * BytesOf(format);
    }

    private static int BytesOf(WeightFormat format) => format == WeightFormat.Float32 ? 4 : format == WeightFormat.BFloat16 ? 2 : 1;

    private LayerWeights Layer(int i)
    {
        TransformerConfig c = _config;
        string at = string.Format(CultureInfo.InvariantCulture, _keys.Layer, i);
        int hidden = c.HiddenSize, queries = c.Heads * c.HeadSize, keys = c.KeyHeads * c.HeadSize, inner = c.IntermediateSize;
        string? In(string? key) => key is null ? null : at + key;
        int[] upSizes = _keys.Up.Length == 2 ? [inner, inner] : [c.IsGated ? 2 * inner : inner];
        return new()
        {
            QueryKeyValue = Join(at, _keys.QueryKeyValue, hidden, _keys.QueryKeyValue.Length == 3 ? [queries, keys, keys] : [queries + 2 * keys], c.HasQueryBias),
            AttentionOutput = Join(at, [_keys.AttentionOutput], queries, [hidden], c.HasOutputBias),
            Up = Join(at, _keys.Up, hidden, upSizes, c.HasFeedForwardBias),
            Down = Join(at, [_keys.Down], inner, [hidden], c.HasFeedForwardBias),
            BeforeAttention = i == _keys.LayerWithoutFirstNorm ? null : Norm(In(_keys.BeforeAttention), hidden),
            AfterAttention = Norm(In(_keys.AfterAttention), hidden),
            BeforeFeedForward = Norm(In(_keys.BeforeFeedForward), hidden),
            AfterFeedForward = Norm(In(_keys.AfterFeedForward), hidden),
            Query = Norm(In(_keys.QueryNorm), c.HeadSize),
            Key = Norm(In(_keys.KeyNorm), c.HeadSize),
        };
    }

    /// <summary>Matrices of the same input side by side as one.</summary>
    private Linear Join(string at, string[] keys, int inputs, int[] outputs, bool hasBias)
    {
        int total = outputs.Sum();
        float[] bias = hasBias ? new float[total] : [], weights = [];
        for (int i = 0, row = 0; i < keys.Length; row += outputs[i++])
        {
            string key = at + keys[i];
            float[] part = _keys.InputsFirst ? Tensor(key + ".weight", inputs, outputs[i]) : Tensor(key + ".weight", outputs[i], inputs);
            if (keys.Length == 1) weights = part;
            else
            {
                if (i == 0) weights = new float[checked(total * inputs)];
                part.CopyTo(weights, row * inputs);
            }

            if (hasBias) Tensor(key + ".bias", outputs[i]).CopyTo(bias, row);
        }

        try
        {
            return new(weights, inputs, total, bias, _format, _keys.InputsFirst, _memory);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{_checkpoint.Name}: '{_prefix}{at}{keys[0]}.weight' cannot be kept as {_format}: {e.Message}", e);
        }
    }

    private EmbeddingTable Table(string key, int rows, int columns, WeightFormat format) =>
        new(_checkpoint.ReadAligned(Find(key + ".weight"), rows, columns), rows, columns, format);

    private NormWeights? Norm(string? key, int size)
    {
        if (key is null) return null;
        float[] gain = Tensor(key + ".weight", size);
        if (_config.NormGainOffset != 0)
            for (int i = 0; i < gain.Length; i++) gain[i] += _config.NormGainOffset;
        return new(_config.Norm, gain, _config.HasNormBias ? Tensor(key + ".bias", size) : [], _config.NormEpsilon);
    }

    private float[] Tensor(string key, params ReadOnlySpan<long> shape) => _checkpoint.ReadFloats(Find(key), shape);

    /// <summary>The full name of a tensor, which then counts as known.</summary>
    private string Find(string key)
    {
        string name = _prefix + key;
        if (!_checkpoint.Contains(name))
        {
            // TensorFlow's names for a norm's gain and bias live on in old checkpoints
            string old = name.EndsWith(".weight", StringComparison.Ordinal) ? name[..^6] + "gamma" : name[..^4] + "beta";
            if (!_checkpoint.Contains(old))
                throw new InvalidDataException($"{_checkpoint.Name} has no tensor '{name}', which the architecture {_config.Architecture} with {_config.Layers} layers needs");
            name = old;
        }

        _used.Add(name);
        if (_checkpoint.Info(name).Type == TensorType.I8) _used.Add(name + Checkpoint.ScaleSuffix);
        return name;
    }

    private void RefuseUnknown()
    {
        string[] unknown = [.. _checkpoint.Tensors.Where(t => !_used.Contains(t) && !IsIgnored(t)).Order(StringComparer.Ordinal)];
        if (unknown.Length == 0) return;
        throw new InvalidDataException($"{_checkpoint.Name} has {unknown.Length} tensors that the architecture {_config.Architecture} with {_config.Layers} layers does not know: {string.Join(", ", unknown.Take(5).Select(t => _checkpoint.Info(t)))}{(unknown.Length > 5 ? ", …" : "")}; does its config.json belong to it?");
    }

    private bool IsIgnored(string tensor)
    {
        string local = _prefix.Length > 0 && tensor.StartsWith(_prefix, StringComparison.Ordinal) ? tensor[_prefix.Length..] : tensor;
        foreach (string rule in _keys.Ignored)
            if (rule[0] == '.' ? tensor.EndsWith(rule, StringComparison.Ordinal)
                : local.StartsWith(rule, StringComparison.Ordinal) || tensor.StartsWith(rule, StringComparison.Ordinal))
                return true;
        return false;
    }
}
