using LlmRec.Kernels;

namespace LlmRec;

/// <summary>W = R·Rᵀ for unit rows of term weights: the cosine of two items' texts, never multiplied out.</summary>
internal sealed class TermItemWeights : ItemWeights
{
    private readonly SparseMatrix _rows;    // R (items, terms)
    private readonly SparseMatrix _terms;   // Rᵀ

    public TermItemWeights(SparseMatrix rows)
    {
        _rows = rows;
        _terms = rows.Transpose();
    }

    public override long Bytes => 16L * _rows.Entries;

    public bool HasText(int item) => _rows.ColumnsOf(item).Length > 0;

    public override void AddRow(int from, float scale, Span<float> scores)
    {
        ReadOnlySpan<int> terms = _rows.ColumnsOf(from);
        ReadOnlySpan<float> weights = _rows.ValuesOf(from);
        for (int t = 0; t < terms.Length; t++)
        {
            ReadOnlySpan<int> items = _terms.ColumnsOf(terms[t]);
            ReadOnlySpan<float> theirs = _terms.ValuesOf(terms[t]);
            float w = scale * weights[t];
            for (int k = 0; k < items.Length; k++) scores[items[k]] += w * theirs[k];
        }
    }

    public override double At(int from, int to)
    {
        ReadOnlySpan<int> a = _rows.ColumnsOf(from), b = _rows.ColumnsOf(to);
        double sum = 0;
        for (int i = 0, j = 0; i < a.Length && j < b.Length;)
        {
            if (a[i] == b[j]) sum += (double)_rows.ValuesOf(from)[i++] * _rows.ValuesOf(to)[j++];
            else if (a[i] < b[j]) i++;
            else j++;
        }
        return sum;
    }

    public override ItemWeights Grown(int items)
    {
        int[] starts = new int[items + 1];
        _rows.RowStarts.CopyTo(starts);
        starts.AsSpan(_rows.Rows + 1).Fill(_rows.Entries);
        return new TermItemWeights(new SparseMatrix(_rows.Columns, starts, Columns(), Values()));
    }

    public override void Save(SavedModel to)
    {
        to.Set("terms", _rows.Columns);
        to.Tensors.Add("terms.start", _rows.RowStarts.ToArray());
        to.Tensors.Add("terms.column", Columns());
        to.Tensors.Add("terms.value", Values());
    }

    public static TermItemWeights Open(OpenedModel file)
    {
        int[] starts = file.Tensors.Get<int>("terms.start", file.Training.Items.Length + 1).ToArray();
        return new(new SparseMatrix(file.Get("terms", 0), starts, file.Tensors.Get<int>("terms.column", -1).ToArray(), file.Floats("terms.value", -1)));
    }

    private int[] Columns()
    {
        int[] all = new int[_rows.Entries];
        for (int i = 0; i < _rows.Rows; i++) _rows.ColumnsOf(i).CopyTo(all.AsSpan(_rows.RowStarts[i]));
        return all;
    }

    private float[] Values()
    {
        float[] all = new float[_rows.Entries];
        for (int i = 0; i < _rows.Rows; i++) _rows.ValuesOf(i).CopyTo(all.AsSpan(_rows.RowStarts[i]));
        return all;
    }
}
