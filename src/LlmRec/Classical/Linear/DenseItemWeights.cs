using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>Weights between the n items that occur in the training, as one matrix; those of all other items are zero.</summary>
internal sealed class DenseItemWeights : ItemWeights
{
    private readonly int[] _place;      // item → its place among the active ones, or −1

    /// <param name="items">Number of items m.</param>
    /// <param name="active">n items that have weights, ascending.</param>
    /// <param name="values">W (n, n).</param>
    /// <param name="exact">W (n, n) in float64, or null.</param>
    public DenseItemWeights(int items, int[] active, float[] values, double[]? exact = null)
    {
        Active = active;
        Values = values;
        Exact = exact;
        _place = new int[items];
        Array.Fill(_place, -1);
        for (int a = 0; a < active.Length; a++) _place[active[a]] = a;
    }

    /// <summary>The n items, ascending.</summary>
    public int[] Active { get; }

    public float[] Values { get; }

    public double[]? Exact { get; }

    public override long Bytes => Values.LongLength * (Exact is null ? 4 : 12) + (Active.LongLength + _place.LongLength) * 4;

    public override void AddRow(int from, float scale, Span<float> scores)
    {
        int place = _place[from], n = Active.Length;
        if (place < 0) return;
        ReadOnlySpan<float> row = Values.AsSpan(place * n, n);
        if (n == _place.Length)
        {
            Span<float> all = scores[..n];
            TensorPrimitives.MultiplyAdd(row, scale, all, all);
            return;
        }
        for (int k = 0; k < row.Length; k++) scores[Active[k]] += scale * row[k];
    }

    public override double At(int from, int to) =>
        _place[from] is >= 0 and int f && _place[to] is >= 0 and int t ? Exact is null ? Values[f * Active.Length + t] : Exact[f * Active.Length + t] : 0;

    public override void Save(SavedModel to)
    {
        to.Tensors.Add("weights.items", Active);
        Write(to, Values, "weights");
        if (Exact is not null) Write(to, Exact, "weights.exact");
    }

    public static DenseItemWeights Open(OpenedModel file)
    {
        int[] active = file.Items("weights.items");
        for (int a = 1; a < active.Length; a++)
            if (active[a] <= active[a - 1]) throw new InvalidDataException($"{file.Tensors.Name}: the items with weights do not ascend at {a}");
        int n = active.Length;
        bool exact = file.Tensors.Tensors.ContainsKey("weights.exact.0");
        return new(file.Training.Items.Length, active, Read(n, "weights", sizeof(float), file.Floats), exact ? Read(n, "weights.exact", sizeof(double), file.Doubles) : null);
    }

    public override ItemWeights Grown(int items) => new DenseItemWeights(items, Active, Values, Exact);

    private delegate T[] Reader<T>(string name, params ReadOnlySpan<long> shape);

    // a tensor holds at most 2 GB: rows go into as many as it takes
    private static int RowsOfPart(int n, int size) => n == 0 ? 1 : Math.Max(1, int.MaxValue / size / n);

    private void Write<T>(SavedModel to, T[] values, string name) where T : unmanaged
    {
        int n = Active.Length, rows = RowsOfPart(n, System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
        for (int part = 0, r = 0; part == 0 || r < n; part++, r += rows)
        {
            int count = Math.Min(rows, n - r);
            to.Tensors.Add($"{name}.{part}", new ReadOnlyMemory<T>(values, r * n, count * n), count, n);
        }
    }

    private static T[] Read<T>(int n, string name, int size, Reader<T> read)
    {
        T[] values = new T[n * n];
        int rows = RowsOfPart(n, size);
        for (int part = 0, r = 0; part == 0 || r < n; part++, r += rows)
            read($"{name}.{part}", Math.Min(rows, n - r), n).CopyTo(values, r * n);
        return values;
    }
}
