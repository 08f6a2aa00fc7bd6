using System.Globalization;
using System.Numerics.Tensors;

namespace LlmRec.Transformers;

/// <summary>Measures what each head and layer does for some texts, by leaving it out.</summary>
internal sealed class PartImportance
{
    private readonly SentenceEncoder _encoder;
    private readonly Checkpoint _checkpoint;
    private readonly string[] _texts;
    private readonly float[] _whole;
    private readonly List<PrunedPart> _parts = [];

    public PartImportance(SentenceEncoder encoder, Checkpoint checkpoint, string[] texts)
    {
        (_encoder, _checkpoint, _texts) = (encoder, checkpoint, texts);
        _whole = Encode(encoder, default);
    }

    /// <summary>All that was measured.</summary>
    public IReadOnlyList<PrunedPart> Parts => _parts;

    /// <summary>Which heads of each layer and which layers to keep, in order.</summary>
    public (int[][] Heads, int[] Layers) Choose(PruningOptions options, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        TransformerConfig c = _encoder.Model.Config;
        if (options.HeadsPerLayer >= c.Heads || options.Layers >= c.Layers)
            throw new ArgumentException($"of {c.Layers} layers of {c.Heads} heads, {options.Layers} layers and {options.HeadsPerLayer} heads of each cannot go", nameof(options));
        if ((options.HeadsPerLayer > 0 || options.Layers > 0) && c.Architecture is not (Architecture.Bert or Architecture.Roberta or Architecture.DistilBert or Architecture.MPNet))
            throw new NotSupportedException($"heads and layers can be taken out of BERT, RoBERTa, DistilBERT and MPNet, not of {c.Architecture}; its vocabulary can be pruned");

        if (options.HeadsPerLayer > 0 && c.Architecture == Architecture.MPNet)
            throw new NotSupportedException("MPNet's layers share one position bias by head, so heads cannot be taken out of each layer for itself; layers and vocabulary can be pruned");

        int steps = (options.HeadsPerLayer > 0 ? c.Layers * c.Heads : 0) + Enumerable.Range(0, options.Layers).Sum(i => c.Layers - i), done = 0;
        int[][] heads = [.. Enumerable.Range(0, c.Layers).Select(_ => Enumerable.Range(0, c.Heads).ToArray())];
        LayerWeights[] weights = [.. _encoder.Model.Parts.Layers];
        if (options.HeadsPerLayer > 0)
            for (int l = 0; l < c.Layers; l++)
            {
                var change = new double[c.Heads];
                for (int h = 0; h < c.Heads; h++)
                {
                    LayerWeights[] without = [.. _encoder.Model.Parts.Layers];
                    without[l] = without[l] with { AttentionOutput = Masked(l, [h]) };
                    change[h] = Change(without, cancellationToken);
                    progress?.Report(++done / (double)steps);
                }
                int[] removed = [.. Enumerable.Range(0, c.Heads).OrderBy(h => change[h]).ThenBy(h => h).Take(options.HeadsPerLayer)];
                heads[l] = [.. heads[l].Except(removed)];
                weights[l] = weights[l] with { AttentionOutput = Masked(l, removed) };
                for (int h = 0; h < c.Heads; h++) _parts.Add(new(l, h, change[h], removed.Contains(h)));
            }

        List<int> layers = [.. Enumerable.Range(0, c.Layers)];
        for (int round = 0; round < options.Layers; round++)
        {
            (int Layer, double Change) best = (-1, double.PositiveInfinity);
            int first = _parts.Count;
            foreach (int l in layers)
            {
                double change = Change([.. layers.Where(k => k != l).Select(k => weights[k])], cancellationToken);
                _parts.Add(new(l, -1, change, false));
                if (change < best.Change) best = (l, change);
                progress?.Report(++done / (double)steps);
            }
            int at = _parts.FindIndex(first, p => p.Layer == best.Layer);
            _parts[at] = _parts[at] with { Removed = true };
            layers.Remove(best.Layer);
        }
        return ([.. layers.Select(l => heads[l])], [.. layers]);
    }

    /// <summary>Mean cosine of an encoder's vectors to the whole one's.</summary>
    public double SimilarityOf(SentenceEncoder encoder, CancellationToken cancellationToken)
    {
        float[] vectors = Encode(encoder, cancellationToken);
        int d = _encoder.Dimensions;
        double sum = 0;
        for (int i = 0; i < _texts.Length; i++)
        {
            ReadOnlySpan<float> a = _whole.AsSpan(i * d, d), b = vectors.AsSpan(i * d, d);
            sum += a.ContainsAnyExcept(0f) && b.ContainsAnyExcept(0f) ? TensorPrimitives.CosineSimilarity(a, b) : a.SequenceEqual(b) ? 1 : 0;
        }
        return sum / _texts.Length;
    }

    private double Change(LayerWeights[] layers, CancellationToken cancellationToken)
    {
        TransformerModel model = _encoder.Model;
        TransformerWeights w = model.Parts;
        var weights = new TransformerWeights
        {
            Words = w.Words, Positions = w.Positions, TokenTypes = w.TokenTypes, EmbeddingNorm = w.EmbeddingNorm, FinalNorm = w.FinalNorm, RelativeBias = w.RelativeBias, Layers = layers,
        };
        return 1 - SimilarityOf(_encoder.With(model.With(model.Config with { Layers = layers.Length }, weights)), cancellationToken);
    }

    /// <summary>The attention's output matrix of a layer that hears nothing of some heads.</summary>
    private Linear Masked(int layer, ReadOnlySpan<int> heads)
    {
        TransformerConfig c = _encoder.Model.Config;
        KeyTable keys = KeyTable.For(c);
        string key = keys.PrefixIn(_checkpoint) + string.Format(CultureInfo.InvariantCulture, keys.Layer, layer) + keys.AttentionOutput;
        int inputs = c.Heads * c.HeadSize;
        float[] weights = _checkpoint.ReadFloats(key + ".weight", c.HiddenSize, inputs);
        foreach (int head in heads)
            for (int o = 0; o < c.HiddenSize; o++) weights.AsSpan(o * inputs + head * c.HeadSize, c.HeadSize).Clear();
        return new(weights, inputs, c.HiddenSize, _checkpoint.ReadFloats(key + ".bias", c.HiddenSize), _encoder.Model.Weights);
    }

    private float[] Encode(SentenceEncoder encoder, CancellationToken cancellationToken)
    {
        var vectors = new float[_texts.Length * encoder.Dimensions];
        encoder.Encode(_texts, vectors, cancellationToken: cancellationToken);
        return vectors;
    }
}
