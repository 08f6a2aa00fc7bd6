using LlmRec.Transformers;

namespace LlmRec;

internal sealed partial class BehaviourModel
{
    /// <summary>Adds all counts as tensors whose names begin with a prefix. What comes from the catalog is left out.</summary>
    /// <remarks>Copies, so that counting may go on while the file is written.</remarks>
    public void Save(SafeTensorsWriter writer, string prefix)
    {
        writer.Add(prefix + "options", new[] { Options.Window, Options.NeighbourWindow, Followers.Bound, Options.HalfLife.TotalMilliseconds });
        writer.Add(prefix + "popularity", _popularity.AsSpan().ToArray());
        writer.Add(prefix + "recent", _recent.AsSpan().ToArray());
        writer.Add(prefix + "recent_at", _recentAt.AsSpan().ToArray());
        writer.Add(prefix + "first_seen", _firstSeen.AsSpan().ToArray());
        writer.Add(prefix + "mass", _mass.AsSpan().ToArray());
        Followers.Save(writer, prefix + "followers.");
        Predecessors.Save(writer, prefix + "predecessors.");
        Companions.Save(writer, prefix + "companions.");
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="file">The file.</param>
    /// <param name="prefix">The prefix of the names.</param>
    /// <param name="catalog">The items under the handles they had, for categories, attributes and times.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, has another shape than the rest, or holds a value no count can have.</exception>
    public static BehaviourModel Load(SafeTensorsFile file, string prefix, Catalog catalog)
    {
        ReadOnlySpan<double> numbers = file.Get<double>(prefix + "options", 4);
        if (!(numbers[0] >= 1 && numbers[1] >= 1 && numbers[2] is >= 1 and <= int.MaxValue && numbers[3] > 0 && double.IsFinite(numbers[3])))
            throw new InvalidDataException($"{file.Name}: {prefix}options holds [{string.Join(", ", numbers.ToArray())}], which are no counting options");
        float[] popularity = file.ReadFloats(prefix + "popularity");
        int n = popularity.Length;
        if (n < catalog.HandleCount) throw new InvalidDataException($"{file.Name}: {prefix}popularity knows {n} items, the catalog {catalog.HandleCount}: the two do not belong together");
        var options = new BehaviourOptions
        {
            Window = (int)numbers[0],
            NeighbourWindow = (int)numbers[1],
            MaxNeighbours = (int)numbers[2],
            HalfLife = TimeSpan.FromMilliseconds(numbers[3]),
        };
        var model = new BehaviourModel(n, options, options.MaxNeighbours)
        {
            _popularity = Checked(popularity, file, prefix + "popularity"),
            _recent = Checked(file.ReadFloats(prefix + "recent", n), file, prefix + "recent"),
            _recentAt = file.Get<long>(prefix + "recent_at", n).ToArray(),
            _firstSeen = file.Get<long>(prefix + "first_seen", n).ToArray(),
            _mass = Checked(file.ReadFloats(prefix + "mass", n), file, prefix + "mass"),
        };
        foreach (float count in popularity)
        {
            model.Events += count;
            if (count > 0) model._items++;
        }
        model.Followers.Load(file, prefix + "followers.");
        model.Predecessors.Load(file, prefix + "predecessors.");
        model.Companions.Load(file, prefix + "companions.");
        for (int h = 0; h < catalog.HandleCount; h++)
            if (catalog.ItemAt(h) is { } item)
                model.Describe(h, item);
        return model;
    }

    private static float[] Checked(float[] values, SafeTensorsFile file, string name)
    {
        foreach (float value in values)
            if (!(value >= 0) || float.IsInfinity(value))
                throw new InvalidDataException($"{file.Name}: {name} holds {value}, which no count can be");
        return values;
    }
}
