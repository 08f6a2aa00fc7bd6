using BenchmarkDotNet.Attributes;
using LlmRec.Kernels;

namespace LlmRec.Benchmarks;

/// <summary>What does each row format gain for the exact top 10 of one query, over the plain loop?</summary>
[MemoryDiagnoser]
public class ScanBenchmark
{
    private const int Columns = 384;
    private readonly Hit[] _hits = new Hit[10];
    private RowMatrix _rows = null!;
    private CompactRows _halves = null!, _int8 = null!, _int4 = null!, _signs = null!;
    private float[] _query = null!;

    /// <summary>Number of rows.</summary>
    [Params(100_000)]
    public int Rows { get; set; }

    /// <summary>Draws unit rows.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _rows = new RowMatrix(Rows, Columns);
        for (int i = 0; i < Rows; i++)
        {
            foreach (ref float v in _rows.Row(i)) v = random.NextSingle() - 0.5f;
            Similarity.Normalize(_rows.Row(i), _rows.Row(i));
        }
        _query = _rows.Row(0).ToArray();
        _halves = CompactRows.From(_rows, RowFormat.BFloat16);
        _int8 = CompactRows.From(_rows, RowFormat.Int8);
        _int4 = CompactRows.From(_rows, RowFormat.Int4);
        _signs = CompactRows.From(_rows, RowFormat.Sign);
    }

    /// <summary>The plain loop, keeping only the best row.</summary>
    [Benchmark(Baseline = true)]
    public float Scalar()
    {
        float best = float.NegativeInfinity;
        for (int i = 0; i < Rows; i++)
        {
            ReadOnlySpan<float> row = _rows.Row(i);
            float sum = 0;
            for (int j = 0; j < Columns; j++) sum += row[j] * _query[j];
            best = Math.Max(best, sum);
        }
        return best;
    }

    /// <summary>4 bytes a value.</summary>
    [Benchmark]
    public int Floats() => ExactSearch.Search(_query, _rows, _hits);

    /// <summary>2 bytes a value.</summary>
    [Benchmark]
    public int Halves() => ExactSearch.Search(_query, _halves, _hits);

    /// <summary>1 byte a value.</summary>
    [Benchmark]
    public int Bytes() => ExactSearch.Search(_query, _int8, _hits);

    /// <summary>Half a byte a value.</summary>
    [Benchmark]
    public int Nibbles() => ExactSearch.Search(_query, _int4, _hits);

    /// <summary>One bit a value.</summary>
    [Benchmark]
    public int Signs() => ExactSearch.Search(_query, _signs, _hits);

    /// <summary>4 bits first, the best 100 exactly.</summary>
    [Benchmark]
    public int TwoStages() => TwoStageSearch.Search(_query, _int4, _rows, _hits, 100);
}
