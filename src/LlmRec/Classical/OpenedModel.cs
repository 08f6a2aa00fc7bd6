using System.Text.Json;
using LlmRec.Transformers;

namespace LlmRec;

/// <summary>A saved model while it is read. An option that the file lacks keeps its default, so that older files keep opening.</summary>
internal sealed class OpenedModel(SafeTensorsFile tensors, JsonElement options, IReadOnlyList<FittedModel> inner)
{
    /// <summary>The models it is made of, in their order.</summary>
    public IReadOnlyList<FittedModel> Inner => inner;

    public SafeTensorsFile Tensors => tensors;

    public Training Training { get; } = Training.Read(tensors, new() { Neighbours = options.TryGetProperty("cold.neighbours", out JsonElement n) ? n.GetInt32() : new ColdItemOptions().Neighbours });

    public double Get(string name, double otherwise) => options.TryGetProperty(name, out JsonElement v) ? v.GetDouble() : otherwise;

    public int Get(string name, int otherwise) => options.TryGetProperty(name, out JsonElement v) ? v.GetInt32() : otherwise;

    public bool Get(string name, bool otherwise) => options.TryGetProperty(name, out JsonElement v) ? v.GetBoolean() : otherwise;

    public string? Text(string name) => options.TryGetProperty(name, out JsonElement v) ? v.GetString() : null;

    /// <summary>A number that may be absent on purpose.</summary>
    public double? Maybe(string name) => options.TryGetProperty(name, out JsonElement v) ? v.GetDouble() : null;

    public T Get<T>(string name, T otherwise) where T : struct, Enum =>
        !options.TryGetProperty(name, out JsonElement v) ? otherwise
            : Enum.TryParse(v.GetString(), out T value) && Enum.IsDefined(value) ? value
            : throw new InvalidDataException($"{tensors.Name}: '{v}' is none of {typeof(T).Name}");

    public double[] Doubles(string name, params ReadOnlySpan<long> shape) => Finite(name, tensors.Get<double>(name, shape)).ToArray();

    public float[] Floats(string name, params ReadOnlySpan<long> shape) => Finite(name, tensors.Get<float>(name, shape)).ToArray();

    /// <summary>Numbers of items.</summary>
    public int[] Items(string name, params ReadOnlySpan<long> shape)
    {
        int[] ids = tensors.Get<int>(name, shape).ToArray();
        foreach (int i in ids)
            if ((uint)i >= (uint)Training.Items.Length) throw new InvalidDataException($"{tensors.Name}: '{name}' holds the item number {i}, but there are {Training.Items.Length} items");
        return ids;
    }

    private ReadOnlySpan<T> Finite<T>(string name, ReadOnlySpan<T> values) where T : System.Numerics.IFloatingPoint<T>
    {
        foreach (T x in values)
            if (!T.IsFinite(x)) throw new InvalidDataException($"{tensors.Name}: '{name}' holds {x}");
        return values;
    }
}
