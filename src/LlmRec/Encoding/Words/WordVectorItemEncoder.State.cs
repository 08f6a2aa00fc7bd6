using LlmRec.Kernels;
using LlmRec.Transformers;

namespace LlmRec;

public sealed partial class WordVectorItemEncoder : ISavedEncoder
{
    internal const string SavedKind = "words";

    private const int StateVersion = 1;
    private const int MostFloatsATensor = 1 << 28;   // a tensor holds at most 2 GB

    string? ISavedEncoder.Kind => SavedKind;

    void ISavedEncoder.Save(SafeTensorsWriter writer, string prefix)
    {
        WordVectors words = _pooling.Words;
        int n = words.Count, d = words.Dimensions, rows = Math.Max(1, MostFloatsATensor / d);
        writer.Add(prefix + "version", new[] { StateVersion });
        writer.Add(prefix + "size", new[] { n, d, rows });
        for (int first = 0, part = 0; first < n; first += rows, part++)
        {
            int count = Math.Min(rows, n - first);
            var values = new float[count * d];
            for (int i = 0; i < count; i++) words.VectorAt(first + i).CopyTo(values.AsSpan(i * d));
            writer.Add($"{prefix}vectors.{part}", values, count, d);
        }
        writer.AddStrings(prefix + "words", [.. Enumerable.Range(0, n).Select(words.WordAt)]);
        writer.Add(prefix + "weights", _pooling.Weights ?? []);
        writer.Add(prefix + "direction", _pooling.FirstDirection.ToArray());
        _text.Save(writer, prefix);
    }

    /// <summary>Reads what was saved.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing, of another shape or type, or its contents contradict the others.</exception>
    internal static WordVectorItemEncoder Load(SafeTensorsFile file, string prefix)
    {
        int version = file.Get<int>(prefix + "version", 1)[0];
        if (version != StateVersion) throw new InvalidDataException($"{file.Name}: word vectors of version {version}; this library reads version {StateVersion}: update the library");
        ReadOnlySpan<int> size = file.Get<int>(prefix + "size", 3);
        (int n, int d, int rows) = (size[0], size[1], size[2]);
        string[] words = file.ReadStrings(prefix + "words");
        if (n < 0 || d < 1 || rows < 1 || words.Length != n) throw new InvalidDataException($"{file.Name}: {n} word vectors of {d} dimensions for {words.Length} words");
        try
        {
            var table = new WordTable(d, Math.Max(1, n));
            for (int first = 0, part = 0; first < n; first += rows, part++)
            {
                int count = Math.Min(rows, n - first);
                ReadOnlySpan<float> values = file.Get<float>($"{prefix}vectors.{part}", count, d);
                if (!AllFinite(values)) throw new InvalidDataException($"{file.Name}: a word vector holds NaN or infinity");
                for (int i = 0; i < count; i++)
                {
                    if (!table.TryAdd(words[first + i], out Span<float> row)) throw new InvalidDataException($"{file.Name}: the word '{words[first + i]}' occurs twice");
                    values.Slice(i * d, d).CopyTo(row);
                }
            }
            float[] weights = file.Get<float>(prefix + "weights", -1).ToArray();
            double[] direction = file.Get<double>(prefix + "direction", -1).ToArray();
            if ((weights.Length != 0 && weights.Length != n) || (direction.Length != 0 && direction.Length != d) || !AllFinite(weights) || direction.Any(x => !double.IsFinite(x)))
                throw new InvalidDataException($"{file.Name}: the weights of the words do not fit them");
            return new WordVectorItemEncoder(WordPooling.Of(new WordVectors(table), weights.Length == 0 ? null : weights, direction), ItemText.Load(file, prefix));
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{file.Name}: the word encoder is damaged: {e.Message}", e);
        }
    }

    private static bool AllFinite(ReadOnlySpan<float> values)
    {
        foreach (float x in values)
            if (!float.IsFinite(x)) return false;
        return true;
    }
}
