using LlmRec.Kernels;
using LlmRec.Tests;

namespace LlmRec.Transformers.Tests;

/// <summary>A tiny golden model: its folder, and what the reference computed for its six texts of 48 to 1 tokens.</summary>
internal sealed class TinyModel
{
    private readonly Dictionary<string, float[]> _floats = [];

    public TinyModel(string name, string? outputs = null)
    {
        Folder = SharedData.PathOrSkip($"golden/transformers/tiny/{name}");
        using var inputs = SafeTensorsFile.Open(SharedData.PathOrSkip($"golden/transformers/tiny/{(outputs is null ? name : "bert")}/io.safetensors"));
        using var io = SafeTensorsFile.Open(SharedData.PathOrSkip($"golden/transformers/tiny/{outputs ?? name}/io.safetensors"));
        foreach (string key in io.Tensors.Keys)
            if (io.Tensors[key].Type == TensorType.F32) _floats[key] = io.ReadFloats(key);
        ReadOnlySpan<long> ids = inputs.Get<long>("input_ids"), mask = inputs.Get<long>("attention_mask");
        ReadOnlySpan<long> types = inputs.Tensors.ContainsKey("token_type_ids") ? inputs.Get<long>("token_type_ids") : default;
        Texts = (int)inputs.Tensors["input_ids"].Shape[0];
        Padded = (int)inputs.Tensors["input_ids"].Shape[1];
        var packed = new List<int>();
        var packedTypes = new List<int>();
        Starts = new int[Texts + 1];
        for (int i = 0; i < Texts; i++)
        {
            for (int t = 0; t < Padded && mask[i * Padded + t] == 1; t++)
            {
                packed.Add((int)ids[i * Padded + t]);
                if (!types.IsEmpty) packedTypes.Add((int)types[i * Padded + t]);
            }

            Starts[i + 1] = packed.Count;
        }

        Ids = [.. packed];
        Types = [.. packedTypes];
    }

    public string Folder { get; }

    public int Texts { get; }

    public int Padded { get; }

    public int[] Ids { get; }

    public int[] Types { get; }

    public int[] Starts { get; }

    public PackedTokens Batch => new(Ids, Starts, Types);

    public bool Has(string key) => _floats.ContainsKey(key);

    public float[] Expected(string key) => _floats[key];

    /// <summary>Rows of a padded tensor (texts, padded, columns) without the padding.</summary>
    public float[] ExpectedRows(string key)
    {
        float[] all = _floats[key];
        int columns = all.Length / Texts / Padded;
        var rows = new List<float>();
        for (int i = 0; i < Texts; i++) rows.AddRange(all.AsSpan(i * Padded * columns, (Starts[i + 1] - Starts[i]) * columns));
        return [.. rows];
    }

    public float[] Forward(TransformerModel model, int threads = 1)
    {
        int h = model.Config.HiddenSize;
        var hidden = new float[Ids.Length * h];
        model.Forward(Batch, new MatrixSpan(hidden, Ids.Length, h), threads);
        return hidden;
    }

    /// <summary>What comes out of every layer, from one pass over all texts.</summary>
    public float[][] Layers(TransformerModel model)
    {
        var layers = new float[model.Config.Layers + 1][];
        RunState state = model.Rent();
        state.Prepare(Ids.Length);
        Ids.CopyTo(state.Ids);
        state.Types.Clear();
        Types.CopyTo(state.Types);
        model.Run(state, Starts, 1, (layer, x) =>
        {
            layers[layer] = new float[x.Rows * x.Columns];
            for (int t = 0; t < x.Rows; t++) x.Row(t).CopyTo(layers[layer].AsSpan(t * x.Columns));
        }, default);
        return layers;
    }

    public static float LargestDifference(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (a.Length != b.Length) return float.PositiveInfinity;
        float most = 0;
        for (int i = 0; i < a.Length; i++)
        {
            float difference = Math.Abs(a[i] - b[i]);
            if (!(difference <= most)) most = float.IsNaN(difference) ? float.PositiveInfinity : difference;
        }

        return most;
    }
}
