using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>Weights between the n items that occur in the training, as one matrix; those of all other items are zero.</summary>
internal sealed class DenseItemWeights : ItemWeights
{
    private readonly int[] _active;     // n items, ascending
    private readonly int[] _place;      // item → its place among the active ones, or −1
    private readonly float[] _values;   // (n, n)

    /// <param name="items">Number of items m.</param>
    /// <param name="active">n items that have weights, ascending.</param>
    /// <param name="values">W (n, n).</param>
    public DenseItemWeights(int items, int[] active, float[] values)
    {
        _active = active;
        _values = values;
        _place = new int[items];
        Array.Fill(_place, -1);
        for (int a = 0; a < active.Length; a++) _place[active[a]] = a;
    }

    public override long Bytes => _values.LongLength * 4 + (_active.LongLength + _place.LongLength) * 4;

    public override void AddRow(int from, float scale, Span<float> scores)
    {
        int place = _place[from], n = _active.Length;
        if (place < 0) return;
        ReadOnlySpan<float> row = _values.AsSpan(place * n, n);
        if (n == _place.Length)
        {
            Span<float> all = scores[..n];
            TensorPrimitives.MultiplyAdd(row, scale, all, all);
            return;
        }
        for (int k = 0; k < row.Length; k++) scores[_active[k]] += scale * row[k];
    }

    public override float At(int from, int to) =>
        _place[from] is >= 0 and int f && _place[to] is >= 0 and int t ? _values[f * _active.Length + t] : 0;
}
