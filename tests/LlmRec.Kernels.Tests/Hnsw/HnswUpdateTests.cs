namespace LlmRec.Kernels.Tests.Hnsw;

[TestFixture]
public sealed class HnswUpdateTests
{
    private const int Columns = 32;

    private static readonly RowMatrix Rows = HnswRowsOf.Clusters(2000, Columns, seed: 2);
    private static readonly RowMatrix Queries = HnswRowsOf.Clusters(100, Columns, seed: 3);

    [Test]
    public void Upsert_OneByOneFindsNearlyAllNeighbours([Values(RowFormat.Float32, RowFormat.Int8)] RowFormat format)
    {
        var index = new HnswIndex(Columns, new() { Format = format, BuildBreadth = 64 });
        for (int i = 0; i < Rows.Rows; i++)
            index.Upsert(i, Rows.Row(i));

        Assert.That(RecallEvaluator.Measure(index, Rows, Queries), Is.GreaterThanOrEqualTo(0.95));
    }

    [Test]
    public void Upsert_ReplacesTheRowOfAKey()
    {
        HnswIndex index = HnswIndex.Build(Rows, new() { BuildBreadth = 50 });
        float[] row = Queries.Row(0).ToArray();
        index.Upsert(17, row);

        var stored = new float[Columns];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(index.Count, Is.EqualTo(Rows.Rows));
            Assert.That(index.Search(row, 1)[0], Is.EqualTo(new Hit(17, 1)).Using<Hit>((a, b) => a.Index == b.Index && Math.Abs(a.Score - b.Score) < 1e-5));
            Assert.That(index.TryGet(17, stored), Is.True);
            Assert.That(stored, Is.EqualTo(row).Within(1e-6f));
            Assert.That(index.Search(Rows.Row(17), Rows.Rows, 2000).Count(h => h.Index == 17), Is.EqualTo(1));
        }
    }

    [Test]
    public void Upsert_OfAKeyTwiceInABatchKeepsTheLast()
    {
        var index = new HnswIndex(Columns);
        index.Upsert([5, 6, 5], RowMatrix.From([.. Rows.Row(0), .. Rows.Row(1), .. Rows.Row(2)], Columns));
        var stored = new float[Columns];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(index.Count, Is.EqualTo(2));
            Assert.That(index.TryGet(5, stored), Is.True);
            Assert.That(stored, Is.EqualTo(Rows.Row(2).ToArray()).Within(1e-6f));
        }
    }

    [Test]
    public void Keys_MayBeAnyInteger()
    {
        int[] keys = [int.MinValue, -1, 0, int.MaxValue, 123_456_789];
        var index = new HnswIndex(Columns);
        foreach (int key in keys)
            index.Upsert(key, Rows.Row(Math.Abs(key % 1000)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(index.Search(Rows.Row(0), 9).Select(h => h.Index), Is.EquivalentTo(keys));
            Assert.That(keys, Has.All.Matches<int>(index.Contains));
            Assert.That(index.Contains(1), Is.False);
        }
    }

    [Test]
    public void Remove_IsNotFoundAnyMoreAndTheRestIs([Values(RowFormat.Float32, RowFormat.Int8)] RowFormat format, [Values] bool compact)
    {
        HnswIndex index = HnswIndex.Build(Rows, new() { CompactAt = 1, Format = format, BuildBreadth = 80 });
        var random = new Random(4);
        bool[] gone = [.. Enumerable.Range(0, Rows.Rows).Select(_ => random.NextDouble() < 0.4)];
        for (int i = 0; i < gone.Length; i++)
        {
            if (gone[i])
                Assert.That(index.Remove(i), Is.True);
        }
        if (compact)
            index.Compact();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(index.Remove(Array.IndexOf(gone, true)), Is.False);
            Assert.That(index.Contains(Array.IndexOf(gone, true)), Is.False);
            Assert.That(index.Count, Is.EqualTo(gone.Count(g => !g)));
            Assert.That(index.RemovedCount, Is.EqualTo(compact ? 0 : gone.Count(g => g)));
            for (int i = 0; i < Queries.Rows; i++)
                Assert.That(index.Search(Queries.Row(i), 10), Has.All.Matches<Hit>(h => !gone[h.Index]));
            Assert.That(RecallEvaluator.Measure(index, Queries), Is.GreaterThanOrEqualTo(0.95));
        }
    }

    [Test]
    public void Remove_OfWholeNeighbourhoodsLeavesTheRestReachable()
    {
        // Rows in the order of their cluster's first coordinate: removing a run of keys empties regions of space.
        int[] order = [.. Enumerable.Range(0, Rows.Rows).OrderBy(i => Rows.Row(i)[0])];
        var index = new HnswIndex(Columns, new() { CompactAt = 0.1, BuildBreadth = 64 });
        index.Upsert([.. Enumerable.Range(0, Rows.Rows)], RowMatrix.From(order.SelectMany(i => Rows.Row(i).ToArray()).ToArray(), Columns));
        for (int i = 200; i < 1800; i++)
            index.Remove(i);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(index.RemovedCount, Is.LessThan(100));
            Assert.That(RecallEvaluator.Measure(index, Queries), Is.GreaterThanOrEqualTo(0.95));
        }
    }

    [Test]
    public void RemovingEverything_LeavesAnEmptyIndexThatTakesRowsAgain()
    {
        HnswIndex index = HnswIndex.Build(HnswRowsOf.Clusters(300, Columns, seed: 1));
        for (int i = 0; i < 300; i++)
            index.Remove(i);
        Assert.That(index.Search(Queries.Row(0), 3), Is.Empty);
        index.Compact();
        Assert.That(index.Search(Queries.Row(0), 3), Is.Empty);
        index.Upsert(4, Queries.Row(0));
        Assert.That(index.Search(Queries.Row(0), 3).Select(h => h.Index), Is.EqualTo((int[])[4]));
    }

    [Test]
    public void RandomChanges_KeepTheIndexEqualToADictionary([Values(1, 2, 3)] int seed, [Values(RowFormat.Float32, RowFormat.Int8)] RowFormat format)
    {
        var random = new Random(seed);
        var index = new HnswIndex(8, new() { Format = format, Connections = 4, BuildBreadth = 20, CompactAt = 0.3 });
        var model = new Dictionary<int, float[]>();
        RowMatrix rows = HnswRowsOf.Clusters(1500, 8, seed);
        for (int step = 0; step < 1500; step++)
        {
            int key = random.Next(200);
            switch (random.Next(20))
            {
                case < 12:
                    index.Upsert(key, rows.Row(step));
                    model[key] = rows.Row(step).ToArray();
                    break;
                case < 18:
                    Assert.That(index.Remove(key), Is.EqualTo(model.Remove(key)));
                    break;
                case 18:
                    int[] keys = [key, key + 1, key + 2];
                    index.Upsert(keys, RowMatrix.From([.. rows.Row(step), .. rows.Row((step + 1) % 1500), .. rows.Row((step + 2) % 1500)], 8));
                    for (int i = 0; i < 3; i++)
                        model[keys[i]] = rows.Row((step + i) % 1500).ToArray();
                    break;
                default:
                    Hit[] hits = index.Search(rows.Row(step), 10, 200);
                    var exact = new Hit[10];
                    int n = index.SearchExactly(rows.Row(step), exact);
                    Assert.That(hits, Has.Length.EqualTo(Math.Min(10, model.Count)));
                    Assert.That(n, Is.EqualTo(hits.Length));
                    Assert.That(hits, Has.All.Matches<Hit>(h => Math.Abs(h.Score - TestVectors.Dot(rows.Row(step), model[h.Index])) < 0.02));
                    break;
            }
            Assert.That(index.Count, Is.EqualTo(model.Count));
        }
        Assert.That(model.Keys, Has.All.Matches<int>(index.Contains));
    }

    [Test]
    public void Search_WhileRowsComeAndGoReturnsOnlyRowsThatWereThere()
    {
        // Even keys stay, with their first rows; odd keys come and go; 100,000 and above never are.
        var index = new HnswIndex(Columns, new() { BuildBreadth = 32, CompactAt = 0.2 });
        index.Upsert([.. Enumerable.Range(0, 1500)], RowMatrix.From(Rows.Padded[..(1500 * Columns)], Columns));
        using var stop = new CancellationTokenSource();
        int searches = 0;
        Task reader = Task.Run(() =>
        {
            var hits = new Hit[10];
            for (int i = 0; !stop.IsCancellationRequested; i = (i + 1) % Queries.Rows)
            {
                int n = index.Search(Queries.Row(i), hits);
                foreach (Hit hit in hits.AsSpan(0, n))
                {
                    if (hit.Index is < 0 or >= 1500 || float.IsNaN(hit.Score))
                        throw new InvalidOperationException($"found {hit}");
                    if (hit.Index % 2 == 0 && Math.Abs(hit.Score - TestVectors.Dot(Queries.Row(i), Rows.Row(hit.Index))) > 1e-4)
                        throw new InvalidOperationException($"row {hit.Index} has a score that is not its own");
                }
                searches++;
            }
        });
        var random = new Random(5);
        for (int step = 0; step < 2000 || Volatile.Read(ref searches) < 20; step++)
        {
            int key = random.Next(750) * 2 + 1;
            if (random.Next(2) == 0)
                index.Remove(key);
            else
                index.Upsert(key, Rows.Row(random.Next(2000)));
        }
        stop.Cancel();
        Assert.That(async () => await reader, Throws.Nothing);
        Assert.That(RecallEvaluator.Measure(index, Queries), Is.GreaterThanOrEqualTo(0.95));
    }

    [Test]
    public void Build_IsTheSameForAnyNumberOfThreads([Values(RowFormat.Float32, RowFormat.Int8)] RowFormat format)
    {
        using var folder = new LlmRec.Tests.TemporaryFolder();
        byte[][] files = [.. new[] { 1, 2, 5 }.Select(threads =>
        {
            HnswIndex index = HnswIndex.Build(Rows, new() { Format = format, Threads = threads, BuildBreadth = 50, CompactAt = 1 });
            for (int i = 0; i < 600; i++)
                index.Remove(i * 3);
            index.Compact();
            string path = folder.File($"{threads}.hnsw");
            index.Save(path);
            return File.ReadAllBytes(path);
        })];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(files[1].AsSpan().SequenceEqual(files[0]), Is.True);
            Assert.That(files[2].AsSpan().SequenceEqual(files[0]), Is.True);
        }
    }

    [Test]
    public void Build_WithAnotherSeedIsAnotherGraph()
    {
        using var folder = new LlmRec.Tests.TemporaryFolder();
        HnswIndex.Build(Rows, new() { BuildBreadth = 20, Seed = 1 }).Save(folder.File("1"));
        HnswIndex.Build(Rows, new() { BuildBreadth = 20, Seed = 2 }).Save(folder.File("2"));
        Assert.That(File.ReadAllBytes(folder.File("1")), Is.Not.EqualTo(File.ReadAllBytes(folder.File("2"))));
    }
}
