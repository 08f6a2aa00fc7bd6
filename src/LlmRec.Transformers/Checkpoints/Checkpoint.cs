using System.Text.Json;
using LlmRec.Kernels;

namespace LlmRec.Transformers;

/// <summary>
/// The tensors of a model's folder: one <c>model.safetensors</c>, or several named by <c>model.safetensors.index.json</c>. Opening costs the
/// headers only.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class Checkpoint : IDisposable
{
    private readonly List<SafeTensorsFile> _files;
    private readonly Dictionary<string, SafeTensorsFile> _homes = new(StringComparer.Ordinal);

    private Checkpoint(string name, List<SafeTensorsFile> files)
    {
        Name = name;
        _files = files;
        foreach (SafeTensorsFile file in files)
            foreach (string tensor in file.Tensors.Keys)
                if (!_homes.TryAdd(tensor, file))
                    throw new InvalidDataException($"the tensor '{tensor}' is in '{_homes[tensor].Name}' and in '{file.Name}'");
    }

    /// <summary>Opens a folder, or one safetensors file.</summary>
    /// <exception cref="FileNotFoundException">There is neither a safetensors file nor an index, or a part that the index names is missing; the message says which.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the index and the parts disagree.</exception>
    public static Checkpoint Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path)) return new(path, [SafeTensorsFile.Open(path)]);
        if (!Directory.Exists(path)) throw new DirectoryNotFoundException($"there is no folder '{path}'");
        string single = Path.Combine(path, "model.safetensors"), index = single + ".index.json";
        if (File.Exists(single)) return new(path, [SafeTensorsFile.Open(single)]);
        if (File.Exists(index)) return OpenParts(path, index);
        string[] pickles = [.. Directory.EnumerateFiles(path, "*.bin").Select(Path.GetFileName).OfType<string>().Where(f => f.StartsWith("pytorch_model", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        throw new FileNotFoundException(pickles.Length > 0
            ? $"'{path}' has no model.safetensors, only {pickles[0]}: a pickle, which can run code when it is opened, and is refused; save the model as safetensors (save_pretrained does) or take a revision that has them"
            : $"'{path}' has neither model.safetensors nor model.safetensors.index.json", single);
    }

    /// <summary>The path that was opened.</summary>
    public string Name { get; }

    /// <summary>The names of all tensors.</summary>
    public IReadOnlyCollection<string> Tensors => _homes.Keys;

    /// <summary>Whether there is a tensor of this name.</summary>
    public bool Contains(string tensor) => _homes.ContainsKey(tensor);

    /// <summary>What is known of a tensor.</summary>
    /// <exception cref="InvalidDataException">There is no such tensor.</exception>
    public TensorInfo Info(string tensor) => Home(tensor).Tensors[tensor];

    /// <summary>
    /// A copy of a tensor as float32: of a floating-point tensor its values; of an int8 tensor its values times the scales beside it, a
    /// floating-point tensor of the same name with <c>_scale</c> behind, one value in all or one a row.
    /// </summary>
    /// <param name="tensor">Its name.</param>
    /// <param name="shape">The shape it must have; −1 fits any size; empty fits any shape.</param>
    /// <exception cref="InvalidDataException">There is no such tensor, its shape is another, or it holds integers without scales.</exception>
    public float[] ReadFloats(string tensor, params ReadOnlySpan<long> shape)
    {
        float[] values = new float[Home(tensor).Verified(tensor, shape)];
        CopyFloats(tensor, values);
        return values;
    }

    /// <summary>The same on huge pages, when it is large: for what is read here and there.</summary>
    internal AlignedBuffer<float> ReadAligned(string tensor, params ReadOnlySpan<long> shape)
    {
        var values = new AlignedBuffer<float>(Home(tensor).Verified(tensor, shape));
        CopyFloats(tensor, values.Span);
        return values;
    }

    private void CopyFloats(string tensor, Span<float> values)
    {
        SafeTensorsFile file = Home(tensor);
        TensorInfo info = file.Tensors[tensor];
        if (info.Type != TensorType.I8)
        {
            file.CopyFloats(tensor, values);
            return;
        }

        ReadOnlySpan<sbyte> bytes = file.Get<sbyte>(tensor);
        string scaleName = tensor + ScaleSuffix;
        if (!Contains(scaleName)) throw new InvalidDataException($"{file.Name}: {info} is int8 and needs its scales in a tensor '{scaleName}', which is not there");
        float[] scales = Home(scaleName).ReadFloats(scaleName);
        int rows = info.Shape.Count == 0 ? 1 : checked((int)info.Shape[0]), columns = rows == 0 ? 0 : bytes.Length / rows;
        if (scales.Length != 1 && scales.Length != rows)
            throw new InvalidDataException($"{file.Name}: {Info(scaleName)} was expected to hold one scale, or one for each of the {rows} rows of '{tensor}'");
        for (int i = 0; i < values.Length; i++) values[i] = bytes[i] * scales[scales.Length == 1 ? 0 : i / columns];
    }

    /// <summary>What the name of an int8 tensor's scales ends in.</summary>
    internal const string ScaleSuffix = "_scale";

    /// <summary>Unmaps all files.</summary>
    public void Dispose()
    {
        foreach (SafeTensorsFile file in _files) file.Dispose();
    }

    private SafeTensorsFile Home(string tensor) =>
        _homes.TryGetValue(tensor, out SafeTensorsFile? file) ? file : throw new InvalidDataException($"{Name} has no tensor '{tensor}'");

    private static Checkpoint OpenParts(string folder, string index)
    {
        ConfigObject map = ConfigObject.Load(index).Object("weight_map") ?? throw new InvalidDataException($"{index} has no 'weight_map'");
        var homes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty p in map.Json.EnumerateObject())
        {
            string? part = p.Value.ValueKind == JsonValueKind.String ? p.Value.GetString() : null;
            // a part is a file beside the index and nothing else: a name must not lead out of the folder
            if (part is null || part.Length == 0 || part != Path.GetFileName(part) || part is "." or "..")
                throw new InvalidDataException($"{index}: the tensor '{p.Name}' is said to be in {p.Value.GetRawText()}, which is not the name of a file beside the index");
            if (!homes.TryAdd(p.Name, part)) throw new InvalidDataException($"{index}: the tensor '{p.Name}' occurs twice");
        }

        var files = new List<SafeTensorsFile>();
        try
        {
            foreach (string part in homes.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                string path = Path.Combine(folder, part);
                if (!File.Exists(path)) throw new FileNotFoundException($"{index} names the part '{part}', which is not there", path);
                files.Add(SafeTensorsFile.Open(path));
            }

            var checkpoint = new Checkpoint(folder, files);
            foreach ((string tensor, string part) in homes)
                if (!checkpoint._homes.TryGetValue(tensor, out SafeTensorsFile? file) || Path.GetFileName(file.Name) != part)
                    throw new InvalidDataException($"{index}: the tensor '{tensor}' is said to be in '{part}', where it is not");
            return checkpoint;
        }
        catch
        {
            foreach (SafeTensorsFile file in files) file.Dispose();
            throw;
        }
    }
}
