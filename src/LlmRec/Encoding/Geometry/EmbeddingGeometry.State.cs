using LlmRec.Transformers;

namespace LlmRec;

public sealed partial class EmbeddingGeometry
{
    private const int StateVersion = 1;

    internal void Save(SafeTensorsWriter writer, string prefix)
    {
        writer.Add(prefix + "version", new[] { StateVersion });
        writer.Add(prefix + "mean", _mean);
        writer.Add(prefix + "parts", _parts.SelectMany(p => new[] { p.First, p.Inputs, p.Outputs }).ToArray(), _parts.Length, 3);
        for (int g = 0; g < _parts.Length; g++) writer.Add($"{prefix}map.{g}", _parts[g].Map, _parts[g].Outputs, _parts[g].Inputs);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing, of another shape or type, or its contents contradict the others.</exception>
    internal static EmbeddingGeometry Load(SafeTensorsFile file, string prefix)
    {
        int version = file.Get<int>(prefix + "version", 1)[0];
        if (version != StateVersion) throw new InvalidDataException($"{file.Name}: an embedding geometry of version {version}; this library reads version {StateVersion}: update the library");
        float[] mean = file.Get<float>(prefix + "mean", -1).ToArray();
        int[] sizes = file.Get<int>(prefix + "parts", -1, 3).ToArray();
        var parts = new Part[sizes.Length / 3];
        int next = 0;
        for (int g = 0; g < parts.Length; g++)
        {
            (int first, int inputs, int outputs) = (sizes[3 * g], sizes[3 * g + 1], sizes[3 * g + 2]);
            if (first != next || inputs < 1 || outputs < 1 || inputs > mean.Length - first)
                throw new InvalidDataException($"{file.Name}: part {g} of the embedding geometry maps {inputs} of {mean.Length} dimensions from {first} on to {outputs}");
            parts[g] = new Part(first, inputs, outputs, file.Get<float>($"{prefix}map.{g}", outputs, inputs).ToArray());
            next += inputs;
        }
        if (next != mean.Length || next == 0) throw new InvalidDataException($"{file.Name}: the embedding geometry maps {next} of {mean.Length} dimensions");
        if (mean.Any(x => !float.IsFinite(x)) || parts.Any(p => p.Map.Any(x => !float.IsFinite(x))))
            throw new InvalidDataException($"{file.Name}: the embedding geometry holds NaN or infinity");
        return new EmbeddingGeometry(mean, parts);
    }
}
