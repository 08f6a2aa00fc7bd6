namespace LlmRec;

/// <summary>Weights of which most are zero: a row is a list of items and values.</summary>
internal sealed class SparseItemWeights : ItemWeights
{
    private readonly int[][] _ids;
    private readonly float[][] _values;

    /// <param name="ids">For each item the items of its row, each once.</param>
    /// <param name="values">The weights, in the same order.</param>
    public SparseItemWeights(int[][] ids, float[][] values)
    {
        _ids = ids;
        _values = values;
        foreach (int[] row in ids) Bytes += row.Length * 8L + 48;
    }

    /// <summary>Turns columns, such as a regression finds them, into rows.</summary>
    public static SparseItemWeights FromColumns(int[][] ids, float[][] values)
    {
        int[] counts = new int[ids.Length];
        foreach (int[] column in ids)
            foreach (int i in column) counts[i]++;
        int[][] rowIds = new int[ids.Length][];
        float[][] rowValues = new float[ids.Length][];
        for (int i = 0; i < counts.Length; i++)
        {
            rowIds[i] = new int[counts[i]];
            rowValues[i] = new float[counts[i]];
        }
        Array.Clear(counts);
        for (int j = 0; j < ids.Length; j++)
        {
            for (int k = 0; k < ids[j].Length; k++)
            {
                int i = ids[j][k];
                rowIds[i][counts[i]] = j;
                rowValues[i][counts[i]++] = values[j][k];
            }
        }
        return new(rowIds, rowValues);
    }

    /// <summary>The same as columns: for each item the items that score it, ascending.</summary>
    public (int[][] Ids, float[][] Values) ToColumns()
    {
        SparseItemWeights turned = FromColumns(_ids, _values);
        return (turned._ids, turned._values);
    }

    public override long Bytes { get; }

    public int[][] Ids => _ids;

    public float[][] Values => _values;

    public ReadOnlySpan<int> IdsOf(int from) => _ids[from];

    public ReadOnlySpan<float> ValuesOf(int from) => _values[from];

    public override void AddRow(int from, float scale, Span<float> scores)
    {
        int[] ids = _ids[from];
        float[] values = _values[from];
        for (int k = 0; k < ids.Length; k++) scores[ids[k]] += scale * values[k];
    }

    public override double At(int from, int to)
    {
        int k = Array.IndexOf(_ids[from], to);
        return k < 0 ? 0 : _values[from][k];
    }

    public override void Save(SavedModel to) => Save(to, "weights", _ids, _values);

    public static SparseItemWeights Open(OpenedModel file)
    {
        (int[][] ids, float[][] values) = Read(file, "weights");
        return new(ids, values);
    }

    public override ItemWeights Grown(int items) => new SparseItemWeights(Padded(_ids, items), Padded(_values, items));

    /// <summary>Writes rows as one list.</summary>
    public static void Save(SavedModel to, string name, int[][] ids, float[][] values)
    {
        to.Tensors.Add(name + ".count", [.. ids.Select(r => r.Length)]);
        to.Tensors.Add(name + ".item", ids.SelectMany(r => r).ToArray());
        to.Tensors.Add(name + ".value", values.SelectMany(r => r).ToArray());
    }

    public static (int[][] Ids, float[][] Values) Read(OpenedModel file, string name)
    {
        ReadOnlySpan<int> counts = file.Tensors.Get<int>(name + ".count", file.Training.Items.Length);
        int[] items = file.Items(name + ".item");
        float[] values = file.Floats(name + ".value", items.Length);
        int[][] ids = new int[counts.Length][];
        float[][] rows = new float[counts.Length][];
        int at = 0;
        for (int i = 0; i < ids.Length; i++)
        {
            if (counts[i] < 0 || counts[i] > items.Length - at) throw new InvalidDataException($"{file.Tensors.Name}: row {i} of '{name}' has {counts[i]} entries, more than are left");
            ids[i] = items[at..(at + counts[i])];
            rows[i] = values[at..(at + counts[i])];
            at += counts[i];
        }
        return at == items.Length ? (ids, rows) : throw new InvalidDataException($"{file.Tensors.Name}: '{name}' has {items.Length - at} entries without a row");
    }

    /// <summary>Rows for more items, the new ones empty.</summary>
    public static T[][] Padded<T>(T[][] rows, int items) => [.. rows, .. Enumerable.Repeat(Array.Empty<T>(), items - rows.Length)];
}
