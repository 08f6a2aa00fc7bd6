namespace LlmRec.Kernels.Tests;

[TestFixture]
public sealed class VectorIndexConcurrencyTests
{
    [Test]
    public void Search_WhileOthersWrite_ReturnsOnlyWholeRowsThatWereLiveDuringIt([Values] bool coarse)
    {
        // Every version of a key's vector is the key's own direction times a generation, so a hit's score tells which version was read,
        // and a torn or recycled row would show as a score no version has. The clock ticks with every change.
        const int keys = 2000, d = 64, seconds = 2;
        var index = new VectorIndex(d, new() { Metric = VectorMetric.InnerProduct, Coarse = coarse ? RowFormat.Int8 : null, CandidatesPerHit = 5 });
        var died = new long[keys];
        long clock = 1;
        Array.Fill(died, long.MaxValue);

        float[] Vector(int key, int generation)
        {
            var vector = new float[d];
            vector[key % d] = 1 + key / d;
            vector[(key + 1) % d] = generation;
            return vector;
        }
        for (int key = 0; key < keys; key++) index.Upsert(key, Vector(key, 0));

        using var stop = new CancellationTokenSource();
        long changes = 0;
        var writer = new Thread(() =>
        {
            var random = new Random(1);
            for (int step = 1; !stop.IsCancellationRequested; step++)
            {
                int key = random.Next(keys);
                if (random.Next(4) == 0)
                {
                    if (index.Remove(key)) Volatile.Write(ref died[key], Interlocked.Increment(ref clock));
                }
                else
                {
                    // Marked as alive before it is: a search may see it from now on.
                    Volatile.Write(ref died[key], long.MaxValue);
                    index.Upsert(key, Vector(key, step % 16));
                }
                Interlocked.Increment(ref changes);
            }
        });
        writer.Start();

        int searches = 0, hitsSeen = 0;
        var hits = new Hit[20];
        var random = new Random(2);
        string? failure = null;
        long end = Environment.TickCount64 + 1000 * seconds;
        while (Environment.TickCount64 < end && failure is null)
        {
            var query = new float[d];
            int lane = random.Next(d);
            query[lane] = 1000;
            query[(lane + 1) % d] = 1;
            long before = Volatile.Read(ref clock);
            int found = index.Search(query, hits);
            if (found != hits.Length) failure = $"{found} of {hits.Length} hits";
            for (int h = 0; h < found; h++)
            {
                int key = hits[h].Index;
                // Removed before the search began and not born again since.
                long deadSince = Volatile.Read(ref died[key]);
                if (deadSince <= before) failure = $"key {key} died at {deadSince}, the search began at {before}";
                double main = key % d == lane ? 1000.0 * (1 + key / d) : 0;
                if (key % d == lane && (hits[h].Score < main || hits[h].Score > main + 16)) failure = $"key {key} scored {hits[h].Score}, which no version of it does";
                hitsSeen++;
            }
            if (hits.AsSpan(0, found).ToArray().Select(x => x.Index).Distinct().Count() != found) failure = "a key came twice";
            searches++;
        }
        stop.Cancel();
        writer.Join();
        TestContext.Out.WriteLine($"{searches} searches, {hitsSeen} hits, {changes} changes");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(failure, Is.Null);
            Assert.That(searches, Is.GreaterThan(10));
            Assert.That(changes, Is.GreaterThan(1000));
        }
    }

    [Test]
    public void TryGet_WhileOthersWrite_NeverSeesHalfARow()
    {
        const int d = 256, keys = 50;
        var index = new VectorIndex(d, new() { Metric = VectorMetric.InnerProduct });
        var vector = new float[d];
        for (int key = 0; key < keys; key++) index.Upsert(key, vector);
        using var stop = new CancellationTokenSource();
        var writer = new Thread(() =>
        {
            var row = new float[d];
            for (int step = 1; !stop.IsCancellationRequested; step++)
            {
                row.AsSpan().Fill(step);
                index.Upsert(step % keys, row);
            }
        });
        writer.Start();
        string? failure = null;
        var last = new float[keys];
        for (int read = 0; read < 200_000 && failure is null; read++)
        {
            int key = read % keys;
            if (!index.TryGet(key, vector)) failure = $"key {key} is gone";
            if (vector.AsSpan().IndexOfAnyExcept(vector[0]) >= 0) failure = $"key {key} is torn";
            if (vector[0] < last[key]) failure = $"key {key} went back from {last[key]} to {vector[0]}";
            last[key] = vector[0];
        }
        stop.Cancel();
        writer.Join();
        Assert.That(failure, Is.Null);
    }

    [Test]
    public void Search_SeesOneMoment_EvenWhenAPredicateChangesTheIndex()
    {
        var index = new VectorIndex(4, new() { Metric = VectorMetric.InnerProduct });
        for (int key = 0; key < 1000; key++) index.Upsert(key, [key, 1, 0, 0]);
        var hits = new Hit[1000];
        // Each row asked about removes itself and adds a newcomer: the search still returns exactly the 1,000 rows of its moment.
        int found = index.Search([1, 0, 0, 0], hits, new RowFilter(key =>
        {
            index.Remove(key);
            index.Upsert(5000 + key, [1e6f, 0, 0, 0]);
            return true;
        }));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(found, Is.EqualTo(1000));
            Assert.That(hits.Select(h => h.Index), Is.EqualTo(Enumerable.Range(0, 1000).Reverse()));
            Assert.That(index.Count, Is.EqualTo(1000));
            Assert.That(index.Search([1, 0, 0, 0], hits), Is.EqualTo(1000));
            Assert.That(hits.All(h => h.Index >= 5000), Is.True);
        }
    }
}
