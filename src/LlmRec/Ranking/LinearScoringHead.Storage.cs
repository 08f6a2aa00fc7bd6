using System.Text;
using LlmRec.Transformers;

namespace LlmRec;

public sealed partial class LinearScoringHead
{
    /// <summary>Adds names, weights and the state of the online steps as tensors whose names begin with a prefix.</summary>
    internal void Save(SafeTensorsWriter writer, string prefix)
    {
        Parameters parameters = _parameters;
        writer.Add(prefix + "names", Encoding.UTF8.GetBytes(string.Join('\n', _names)));
        writer.Add(prefix + "weights", parameters.Weights);
        writer.Add(prefix + "scale", parameters.Scale);
        writer.Add(prefix + "squares", parameters.Squares);
    }

    /// <summary>Takes the parameters over that <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The file's features are others than this head's, or a value is not finite.</exception>
    internal void Load(SafeTensorsFile file, string prefix)
    {
        string[] names = Encoding.UTF8.GetString(file.Get<byte>(prefix + "names")).Split('\n');
        if (!names.SequenceEqual(_names, StringComparer.Ordinal))
            throw new InvalidDataException($"{file.Name}: {prefix}names lists the features {string.Join(", ", names)}, but this head has {string.Join(", ", _names)}: build the recommender with the ranker it was saved with");
        _parameters = new(Read("weights"), Read("scale"), Read("squares"));

        float[] Read(string name)
        {
            float[] values = file.ReadFloats(prefix + name, _names.Length);
            foreach (float value in values)
                if (!float.IsFinite(value)) throw new InvalidDataException($"{file.Name}: {prefix}{name} holds {value}");
            return values;
        }
    }
}
