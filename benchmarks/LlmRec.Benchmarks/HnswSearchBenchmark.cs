using BenchmarkDotNet.Attributes;
using LlmRec.Kernels;

namespace LlmRec.Benchmarks;

/// <summary>From how many rows on does the graph answer faster than the exact scan, and by how much?</summary>
[MemoryDiagnoser]
public class HnswSearchBenchmark
{
    private const int Columns = 384;
    private readonly Hit[] _hits = new Hit[10];
    private RowMatrix _rows = null!;
    private int _next;
    private HnswIndex _graph = null!;
    private HnswIndex _rounded = null!;

    /// <summary>Number of rows.</summary>
    [Params(1000, 10_000)]
    public int Rows { get; set; }

    /// <summary>Draws rows around 100 centres and builds both graphs.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        var centres = new float[100 * Columns];
        foreach (ref float x in centres.AsSpan())
            x = random.NextSingle() - 0.5f;
        _rows = new RowMatrix(Rows, Columns);
        for (int i = 0; i < Rows; i++)
        {
            Span<float> row = _rows.Row(i);
            centres.AsSpan(random.Next(100) * Columns, Columns).CopyTo(row);
            foreach (ref float x in row)
                x += 0.7f * (random.NextSingle() - 0.5f);
            Similarity.Normalize(row, row);
        }
        _graph = HnswIndex.Build(_rows);
        _rounded = HnswIndex.Build(_rows, new() { Format = RowFormat.Int8 });
    }

    /// <summary>Every row.</summary>
    [Benchmark(Baseline = true)]
    public int Exact() => ExactSearch.Search(Query(), _rows, _hits);

    /// <summary>The graph over float32 rows, default breadth.</summary>
    [Benchmark]
    public int Graph() => _graph.Search(Query(), _hits);

    /// <summary>The graph over int8 rows, default breadth.</summary>
    [Benchmark]
    public int GraphOverInt8() => _rounded.Search(Query(), _hits);

    // Another row each time: a query asked twice finds its way in the cache.
    private ReadOnlySpan<float> Query() => _rows.Row(_next = (_next + 61) % Rows);
}
