using LlmRec.Transformers;

namespace LlmRec;

internal sealed partial class NeighbourRows
{
    /// <summary>Adds the rows as three tensors: how many neighbours each row has, and all ids and weights in row order.</summary>
    public void Save(SafeTensorsWriter writer, string prefix)
    {
        int total = 0;
        foreach (int count in _counts) total = checked(total + count);
        int[] ids = new int[total];
        float[] weights = new float[total];
        for (int row = 0, at = 0; row < Rows; at += _counts[row++])
        {
            Ids(row).CopyTo(ids.AsSpan(at));
            Weights(row).CopyTo(weights.AsSpan(at));
        }
        writer.Add(prefix + "counts", (int[])_counts.Clone());
        writer.Add(prefix + "ids", ids);
        writer.Add(prefix + "weights", weights);
    }

    /// <summary>Replaces the rows by those of a file.</summary>
    /// <exception cref="InvalidDataException">The tensors do not fit together, or hold an id or weight that cannot be.</exception>
    public void Load(SafeTensorsFile file, string prefix)
    {
        ReadOnlySpan<int> counts = file.Get<int>(prefix + "counts", Rows);
        long total = 0;
        foreach (int count in counts)
        {
            if (count < 0 || count > 2 * Bound) throw new InvalidDataException($"{file.Name}: {prefix}counts holds {count}, which is not between 0 and {2 * Bound}");
            total += count;
        }
        ReadOnlySpan<int> ids = file.Get<int>(prefix + "ids", total);
        ReadOnlySpan<float> weights = file.Get<float>(prefix + "weights", total);
        for (int e = 0; e < ids.Length; e++)
        {
            if ((uint)ids[e] >= (uint)Rows) throw new InvalidDataException($"{file.Name}: {prefix}ids holds {ids[e]}, but there are {Rows} items");
            if (!(weights[e] > 0) || float.IsInfinity(weights[e])) throw new InvalidDataException($"{file.Name}: {prefix}weights holds {weights[e]}, which no sum of counts can be");
        }
        for (int row = 0, at = 0; row < Rows; at += counts[row++])
        {
            _ids[row] = ids.Slice(at, counts[row]).ToArray();
            _weights[row] = weights.Slice(at, counts[row]).ToArray();
            _counts[row] = counts[row];
        }
    }
}
