using System.Globalization;

namespace LlmRec.Transformers;

/// <summary>Writes the tensors of a checkpoint that are kept: rows of words, rows and columns of heads, layers under their new numbers.</summary>
/// <param name="checkpoint">The whole checkpoint.</param>
/// <param name="config">Its description.</param>
/// <param name="heads">Heads to keep of each kept layer.</param>
/// <param name="layers">Layers to keep, in order.</param>
/// <param name="words">Rows of words to keep, in order.</param>
internal sealed class CheckpointPruner(Checkpoint checkpoint, TransformerConfig config, int[][] heads, int[] layers, int[] words)
{
    private readonly KeyTable _keys = KeyTable.For(config);
    private readonly SafeTensorsWriter _writer = new();

    public void Write(string path)
    {
        string prefix = _keys.PrefixIn(checkpoint)!;
        foreach (string name in checkpoint.Tensors.Order(StringComparer.Ordinal))
        {
            // heads for other tasks are as large as the vocabulary, and an encoder does not need them
            string key = name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
            bool other = _keys.Ignored.Any(i => i[0] == '.' ? key.EndsWith(i, StringComparison.Ordinal) : key.StartsWith(i, StringComparison.Ordinal));
            if (!other && checkpoint.Info(name).Type is not (TensorType.I64 or TensorType.I32) && !name.EndsWith(Checkpoint.ScaleSuffix, StringComparison.Ordinal)) Add(name, prefix, key);
        }
        _writer.WriteAsync(path).GetAwaiter().GetResult();
    }

    private void Add(string name, string prefix, string key)
    {
        float[] values = checkpoint.ReadFloats(name);
        long[] shape = [.. checkpoint.Info(name).Shape];
        if (_keys.Words.Any(w => key == w + ".weight"))
        {
            values = Rows(values, (int)shape[1], words, 1);
            shape[0] = words.Length;
        }
        string[] layer = _keys.Layer.Split("{0}");
        if (!key.StartsWith(layer[0], StringComparison.Ordinal) || key.IndexOf(layer[1], layer[0].Length, StringComparison.Ordinal) is not (> 0 and var end)
            || !int.TryParse(key.AsSpan(layer[0].Length, end - layer[0].Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            Put(name, values, shape);
            return;
        }
        int place = Array.IndexOf(layers, number);
        if (place < 0) return;
        string inner = key[(end + layer[1].Length)..];
        int[] kept = heads[place];
        int size = config.HeadSize, hidden = config.HiddenSize;
        if (kept.Length < config.Heads && _keys.QueryKeyValue.Any(k => inner.StartsWith(k + ".", StringComparison.Ordinal)))
        {
            values = Rows(values, shape.Length == 2 ? (int)shape[1] : 1, kept, size);
            shape[0] = kept.Length * size;
        }
        else if (kept.Length < config.Heads && inner == _keys.AttentionOutput + ".weight")
        {
            values = [.. Enumerable.Range(0, hidden).SelectMany(o => kept.SelectMany(h => new ArraySegment<float>(values, o * config.Heads * size + h * size, size)))];
            shape[1] = kept.Length * size;
        }
        Put(prefix + string.Format(CultureInfo.InvariantCulture, _keys.Layer, place) + inner, values, shape);
    }

    /// <summary>Groups of rows in a new order.</summary>
    private static float[] Rows(float[] values, int columns, int[] groups, int rowsAGroup)
    {
        int length = columns * rowsAGroup;
        var kept = new float[groups.Length * length];
        for (int i = 0; i < groups.Length; i++) values.AsSpan(groups[i] * length, length).CopyTo(kept.AsSpan(i * length));
        return kept;
    }

    private void Put(string name, float[] values, long[] shape) => _writer.Add(name, values, shape);
}
