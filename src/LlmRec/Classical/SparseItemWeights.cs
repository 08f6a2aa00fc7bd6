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

    public override long Bytes { get; }

    public ReadOnlySpan<int> IdsOf(int from) => _ids[from];

    public ReadOnlySpan<float> ValuesOf(int from) => _values[from];

    public override void AddRow(int from, float scale, Span<float> scores)
    {
        int[] ids = _ids[from];
        float[] values = _values[from];
        for (int k = 0; k < ids.Length; k++) scores[ids[k]] += scale * values[k];
    }

    public override float At(int from, int to)
    {
        int k = Array.IndexOf(_ids[from], to);
        return k < 0 ? 0 : _values[from][k];
    }
}
