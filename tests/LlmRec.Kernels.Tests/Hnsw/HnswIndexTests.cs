using LlmRec.Tests;

namespace LlmRec.Kernels.Tests.Hnsw;

[TestFixture]
public sealed class HnswIndexTests
{
    private const int Columns = 48;

    private static readonly RowMatrix Rows = HnswRowsOf.Clusters(2500, Columns, seed: 2);
    private static readonly RowMatrix Queries = HnswRowsOf.Clusters(100, Columns, seed: 3);
    private static readonly HnswIndex Built = HnswIndex.Build(Rows);

    [Test]
    public void Search_WithDefaultsFindsNearlyAllNeighbours([Values(RowFormat.Float32, RowFormat.Int8)] RowFormat format, [Values(VectorMetric.Cosine, VectorMetric.InnerProduct)] VectorMetric metric)
    {
        HnswIndex index = HnswIndex.Build(Rows, new() { Format = format, Metric = metric });

        double recall = RecallEvaluator.Measure(index, Rows, Queries);

        Assert.That(recall, Is.GreaterThanOrEqualTo(0.95));
    }

    [Test]
    public void Search_FindsNeighboursByInnerProductAmongRowsOfManyLengths()
    {
        RowMatrix rows = HnswRowsOf.Clusters(2500, Columns, seed: 4, lengths: 0.4);
        HnswIndex index = HnswIndex.Build(rows, new() { Metric = VectorMetric.InnerProduct });

        Assert.That(RecallEvaluator.Measure(index, rows, Queries), Is.GreaterThanOrEqualTo(0.95));
    }

    [Test]
    public void Search_ReturnsTheScoresOfTheRows()
    {
        var row = new float[Columns];
        foreach (Hit hit in Built.Search(Queries.Row(0), 10))
        {
            Assert.That(hit.Score, Is.EqualTo(TestVectors.Dot(Queries.Row(0), Rows.Row(hit.Index))).Within(1e-5));
            Assert.That(Built.TryGet(hit.Index, row), Is.True);
            Assert.That(row, Is.EqualTo(Rows.Row(hit.Index).ToArray()).Within(1e-6f));
        }
    }

    [Test]
    public void Search_IsSortedWithTiesByLowerKey()
    {
        // Every row four times, under scattered keys.
        var index = new HnswIndex(Columns);
        for (int i = 0; i < 40; i++)
        {
            for (int copy = 3; copy >= 0; copy--)
                index.Upsert(i * 4 + copy, Rows.Row(i));
        }
        Hit[] hits = index.Search(Rows.Row(5), 12);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(hits.Take(4).Select(h => h.Index), Is.EqualTo((int[])[20, 21, 22, 23]));
            Assert.That(hits, Is.Ordered.Using<Hit>((a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Index.CompareTo(b.Index)));
        }
    }

    [Test]
    public void Search_OfABroadPoolIsTheExactAnswer()
    {
        RowMatrix rows = HnswRowsOf.Clusters(300, Columns, seed: 5);
        HnswIndex index = HnswIndex.Build(rows);
        var exact = new Hit[10];
        for (int i = 0; i < 20; i++)
        {
            index.SearchExactly(Queries.Row(i), exact);
            Assert.That(index.Search(Queries.Row(i), 10, breadth: 300), Is.EqualTo(exact));
        }
    }

    [Test]
    public void SearchExactly_IsTheScanOfAllRows()
    {
        var expected = new Hit[10];
        var hits = new Hit[10];
        for (int i = 0; i < 10; i++)
        {
            ExactSearch.Search(Queries.Row(i), Rows, expected);
            Built.SearchExactly(Queries.Row(i), hits);
            Assert.That(hits.Select(h => h.Index), Is.EqualTo(expected.Select(h => h.Index)));
        }
    }

    [Test]
    public void Search_ReturnsNoMoreThanThereIs()
    {
        var index = new HnswIndex(Columns);
        Assert.That(index.Search(Queries.Row(0), 5), Is.Empty);
        index.Upsert(7, Rows.Row(0));
        index.Upsert(8, Rows.Row(1));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(index.Search(Queries.Row(0), 5), Has.Length.EqualTo(2));
            Assert.That(index.Search(Rows.Row(1), 1)[0].Index, Is.EqualTo(8));
            Assert.That(index.Search(Queries.Row(0), int.MaxValue), Has.Length.EqualTo(2));
        }
    }

    [Test]
    public void Search_AllocatesNothingWhenWarm()
    {
        var hits = new Hit[10];
        ulong[] filter = HalfOfTheKeys();
        void Work()
        {
            for (int i = 0; i < 100; i++)
            {
                Built.Search(Queries.Row(i), hits);
                Built.Search(Queries.Row(i), hits, filter: filter);
            }
        }

        Work();
        Assert.That(Allocations.Of(Work), Is.Zero);
    }

    [Test]
    public void Overhead_IsATenthOfRowsOf384()
    {
        HnswIndex index = HnswIndex.Build(HnswRowsOf.Clusters(1000, 384, seed: 6), new() { BuildBreadth = 10 });

        Assert.That(index.OverheadBytes / (1000 * 384 * 4.0), Is.LessThanOrEqualTo(0.1));
    }

    [Test]
    public void Search_WithAFilterReturnsOnlyWhatPassesAndNearlyAllOfIt([Values(0.5, 0.2, 0.05, 0.01, 0.001)] double share, [Values] bool predicate)
    {
        var random = new Random(9);
        var allowed = new bool[Rows.Rows];
        for (int i = 0; i < allowed.Length; i++)
            allowed[i] = random.NextDouble() < share;
        var bitmap = new ulong[(Rows.Rows + 63) / 64];
        for (int i = 0; i < allowed.Length; i++)
            bitmap[i / 64] |= allowed[i] ? 1UL << (i % 64) : 0;

        int found = 0, wanted = 0;
        var exact = new Hit[10];
        for (int i = 0; i < Queries.Rows; i++)
        {
            int n = ExactSearch.Search(Queries.Row(i), Rows, exact, new RowFilter(k => allowed[k]));
            Hit[] hits = Built.Search(Queries.Row(i), 10, filter: predicate ? new RowFilter(k => allowed[k]) : bitmap);
            Assert.That(hits, Has.All.Matches<Hit>(h => allowed[h.Index]));
            Assert.That(hits, Has.Length.EqualTo(n));
            wanted += n;
            found += hits.Count(h => exact[..n].Any(e => e.Index == h.Index));
        }
        Assert.That(found, Is.GreaterThanOrEqualTo(0.95 * wanted));
    }

    [Test]
    public void Search_WithAWideFilterWalksAndFindsNearlyAllOfWhatPasses([Values(0.6, 0.95)] double share, [Values] bool removed)
    {
        RowMatrix rows = HnswRowsOf.Clusters(20_000, 16, seed: 2), queries = HnswRowsOf.Clusters(50, 16, seed: 3);
        HnswIndex index = HnswIndex.Build(rows, new() { BuildBreadth = 40, Connections = 8, SearchBreadth = 30, CompactAt = 1 });
        var random = new Random(9);
        bool[] allowed = [.. Enumerable.Range(0, rows.Rows).Select(_ => random.NextDouble() < share)];
        for (int i = 0; i < allowed.Length && removed; i++)
        {
            if (!allowed[i])
                index.Remove(i);
        }
        RowFilter Filter() => removed ? default : new(k => allowed[k]);

        int found = 0;
        var exact = new Hit[10];
        for (int i = 0; i < queries.Rows; i++)
        {
            ExactSearch.Search(queries.Row(i), rows, exact, new RowFilter(k => allowed[k]));
            Hit[] hits = index.Search(queries.Row(i), 10, filter: Filter());
            Assert.That(hits, Has.Length.EqualTo(10).And.All.Matches<Hit>(h => allowed[h.Index]));
            found += hits.Count(h => exact.Any(e => e.Index == h.Index));
        }
        Assert.That(found, Is.InRange(475, 500));
    }

    [Test]
    public void Search_WithAFilterFarFromTheQueryStillFindsWhatPasses()
    {
        // Only the rows of one cluster pass; the query lies in another.
        var index = new HnswIndex(Columns, new() { SearchBreadth = 10, BuildBreadth = 40 });
        RowMatrix near = HnswRowsOf.Clusters(1500, Columns, seed: 7, clusters: 1), far = HnswRowsOf.Clusters(1500, Columns, seed: 8, clusters: 40);
        index.Upsert([.. Enumerable.Range(0, 1500)], near);
        index.Upsert([.. Enumerable.Range(1500, 1500)], far);
        var exact = new Hit[10];
        index.SearchExactly(near.Row(0), exact, new RowFilter(k => k >= 1500));

        Assert.That(index.Search(near.Row(0), 10, filter: new RowFilter(k => k >= 1500)).Intersect(exact).Count(), Is.GreaterThanOrEqualTo(9));
    }

    [Test]
    public void Search_AfterAFilterThrewIsUnharmed()
    {
        Hit[] before = Built.Search(Queries.Row(0), 10, 10);
        int calls = 0;
        // A breadth this small walks; the filter is asked 256 times for its share first.
        Assert.That(() => Built.Search(Queries.Row(0), 10, 10, new RowFilter(k => ++calls > 262 ? throw new InvalidOperationException("mine") : true)),
            Throws.InvalidOperationException.With.Message.EqualTo("mine"));
        Assert.That(Built.Search(Queries.Row(0), 10, 10), Is.EqualTo(before));
    }

    [Test]
    public void Upsert_RefusesWhatCannotBeCompared()
    {
        var index = new HnswIndex(3);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => index.Upsert(1, [1, 2]), Throws.ArgumentException.With.Message.Contains("has 2 values"));
            Assert.That(() => index.Upsert(1, [1, float.NaN, 2]), Throws.ArgumentException.With.Message.Contains("NaN at column 1"));
            Assert.That(() => index.Upsert(1, [1, 2, float.PositiveInfinity]), Throws.ArgumentException);
            Assert.That(() => index.Upsert(1, [0, 0, 0]), Throws.ArgumentException.With.Message.Contains("no direction"));
            Assert.That(() => index.Upsert([1, 2], RowMatrix.From([1, 2, 3, 0, 0, 0], 3)), Throws.ArgumentException.With.Message.Contains("row 1"));
            Assert.That(() => index.Upsert([1], RowMatrix.From([1, 2, 3, 4, 5, 6], 3)), Throws.ArgumentException);
            Assert.That(() => index.Upsert([1], RowMatrix.From([1, 2], 2)), Throws.ArgumentException);
            Assert.That(() => new HnswIndex(3, new() { Metric = VectorMetric.InnerProduct }).Upsert(1, [1e30f, 0, 0]), Throws.ArgumentException.With.Message.Contains("overflow"));
            Assert.That(index.Count, Is.Zero);
        }
    }

    [Test]
    public void Search_RefusesWhatCannotBeAnswered()
    {
        var index = new HnswIndex(3);
        index.Upsert(1, [1, 2, 3]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => index.Search([1, 2], 1), Throws.ArgumentException);
            Assert.That(() => index.Search([1, float.NaN, 2], 1), Throws.ArgumentException);
            Assert.That(() => index.Search([0, 0, 0], 1), Throws.ArgumentException);
            Assert.That(() => index.Search([1, 2, 3], 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => index.Search([1, 2, 3], 1, breadth: -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => index.Search([1, 2, 3], []), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => index.TryGet(1, new float[2]), Throws.ArgumentException);
        }
    }

    [Test]
    public void Options_RefuseWhatIsOutOfRange()
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (HnswOptions options in (HnswOptions[])[
                new() { Connections = 1 }, new() { BuildBreadth = 0 }, new() { SearchBreadth = 0 }, new() { Threads = -1 }, new() { CompactAt = 0 },
                new() { CompactAt = double.NaN }, new() { Metric = VectorMetric.SquaredDistance }, new() { Format = RowFormat.Int4 }])
                Assert.That(() => new HnswIndex(3, options), Throws.InstanceOf<ArgumentOutOfRangeException>(), options.ToString());
            Assert.That(() => new HnswIndex(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    [Test]
    public void Build_OfNothingOrOneRowWorks([Values(0, 1)] int n)
    {
        HnswIndex index = HnswIndex.Build(HnswRowsOf.Clusters(n, Columns, seed: 1));
        Assert.That(index.Search(Queries.Row(0), 3), Has.Length.EqualTo(n));
    }

    [Test]
    public void Build_ReportsProgressAndStops()
    {
        var seen = new List<int>();
        using var stop = new CancellationTokenSource();
        var progress = new Progress(n =>
        {
            seen.Add(n);
            if (n >= 1024)
                stop.Cancel();
        });
        var index = new HnswIndex(Columns, new() { BuildBreadth = 50 });

        Assert.That(() => index.Upsert([.. Enumerable.Range(0, Rows.Rows)], Rows, progress, stop.Token), Throws.InstanceOf<OperationCanceledException>());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(seen, Is.Ordered.And.Not.Empty);
            Assert.That(index.Count, Is.EqualTo(seen[^1]));
            Assert.That(index.RemovedCount, Is.Zero);
            Assert.That(RecallEvaluator.Measure(index, Queries), Is.GreaterThanOrEqualTo(0.95));
        }
        index.Upsert([.. Enumerable.Range(0, Rows.Rows)], Rows);
        Assert.That(RecallEvaluator.Measure(index, Queries), Is.GreaterThanOrEqualTo(0.95));
    }

    private static ulong[] HalfOfTheKeys()
    {
        var bitmap = new ulong[(Rows.Rows + 63) / 64];
        Array.Fill(bitmap, 0x5555_5555_5555_5555UL);
        return bitmap;
    }

    private sealed class Progress(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
