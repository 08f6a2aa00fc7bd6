using LlmRec.Tests;

namespace LlmRec.Kernels.Tests;

[TestFixture]
public sealed class VectorIndexTests
{
    [Test]
    public void Search_EqualsTheExactScan_OverDenseKeys([Values(1, 2)] int threads)
    {
        const int n = 40_000, d = 40;
        RowMatrix rows = TestVectors.Unit(n, d, seed: 1);
        var index = new VectorIndex(d, new() { Metric = VectorMetric.InnerProduct });
        for (int i = 0; i < n; i++) index.Upsert(i, rows.Row(i));
        float[] query = TestVectors.Unit(1, d, seed: 2).Row(0).ToArray();
        var bits = new ulong[n / 64];
        bits.AsSpan().Fill(0x1111_0000_1111_0001);
        Hit[] expected = new Hit[100], actual = new Hit[100];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(index.Search(query, actual, maxThreads: threads), Is.EqualTo(ExactSearch.Search(query, rows, expected)));
            Assert.That(actual, Is.EqualTo(expected));
            Assert.That(index.Search(query, actual, bits, threads), Is.EqualTo(ExactSearch.Search(query, rows, expected, bits)));
            Assert.That(actual, Is.EqualTo(expected), "with a bitmap");
            Assert.That(index.Count, Is.EqualTo(n));
        }
    }

    [Test]
    public void RandomUpsertsAndRemovals_KeepTheIndexEqualToADictionary([Values] VectorMetric metric, [Values(40, 3000)] int keys)
    {
        const int d = 12;
        var random = new Random(keys);
        var index = new VectorIndex(d, new() { Metric = metric });
        var truth = new Dictionary<int, float[]>();
        var stored = new float[d];
        for (int step = 0; step < 30_000; step++)
        {
            int key = random.Next(keys);
            if (random.Next(4) == 0)
            {
                Assert.That(index.Remove(key), Is.EqualTo(truth.Remove(key)));
            }
            else
            {
                float[] vector = [.. Enumerable.Range(0, d).Select(_ => (float)random.Next(-2, 3))];
                vector[0] = 1;
                Assert.That(index.Upsert(key, vector), Is.EqualTo(!truth.ContainsKey(key)));
                truth[key] = vector;
            }
            if (step % 500 != 0) continue;

            float[] query = [.. Enumerable.Range(0, d).Select(_ => (float)random.Next(-2, 3))];
            query[0] = 1;
            var matrix = new RowMatrix(keys, d);
            var bits = new ulong[(keys + 63) / 64];
            foreach ((int k, float[] v) in truth)
            {
                if (metric == VectorMetric.Cosine) Similarity.Normalize(v, matrix.Row(k));
                else v.CopyTo(matrix.Row(k));
                bits[k >> 6] |= 1UL << (k & 63);
            }
            float[] unit = query;
            if (metric == VectorMetric.Cosine) Similarity.Normalize(query, unit = new float[d]);
            Hit[] expected = new Hit[30], actual = new Hit[30];
            int found = ExactSearch.Search(unit, matrix, expected, bits, metric == VectorMetric.Cosine ? VectorMetric.InnerProduct : metric);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(index.Search(query, actual), Is.EqualTo(found));
                Assert.That(actual.Take(found), Is.EqualTo(expected.Take(found)), $"step {step}");
                Assert.That(index.Count, Is.EqualTo(truth.Count));
                Assert.That(index.TryGet(key, stored), Is.EqualTo(truth.ContainsKey(key)));
                Assert.That(index.Contains(key), Is.EqualTo(truth.ContainsKey(key)));
                if (truth.ContainsKey(key)) Assert.That(stored, Is.EqualTo(matrix.Row(key).ToArray()));
            }
        }
    }

    [Test, Category(NarrowWidthsTests.Category)]
    public void EveryFormat_SearchesLikeItsRowsAlone([Values] RowFormat format)
    {
        const int n = 3000, d = 48;
        RowMatrix rows = TestVectors.Unit(n, d, seed: 3);
        var compact = CompactRows.From(rows, format);
        var index = new VectorIndex(d, new() { Metric = VectorMetric.InnerProduct, Format = format });
        // Twice and downwards, so that places and keys differ and some rows are dead.
        for (int i = 0; i < n; i += 3) index.Upsert(i, rows.Row(0));
        for (int i = n - 1; i >= 0; i--) index.Upsert(i, rows.Row(i));
        Hit[] expected = new Hit[50], actual = new Hit[50];
        float[] query = TestVectors.Uniform(d, 4), stored = new float[d], kept = new float[d];
        ExactSearch.Search(query, compact, expected);
        index.Search(query, actual);
        compact.Get(77, kept);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(actual, Is.EqualTo(expected));
            Assert.That(index.TryGet(77, stored), Is.True);
            Assert.That(stored, Is.EqualTo(kept));
        }
    }

    [Test]
    public void Search_InTwoStages_RescoresWithTheRowsFormat([Values(1, 2)] int threads)
    {
        const int n = 20_000, d = 64;
        RowMatrix rows = TestVectors.Unit(n, d, seed: 5);
        var index = new VectorIndex(d, new() { Coarse = RowFormat.Int4, CandidatesPerHit = 20 });
        for (int i = n - 1; i >= 0; i--) index.Upsert(i, rows.Row(i));
        for (int i = 0; i < n; i += 2) index.Remove(i);
        Hit[] expected = new Hit[10], actual = new Hit[10];
        var odd = new ulong[(n + 63) / 64];
        odd.AsSpan().Fill(0xAAAA_AAAA_AAAA_AAAA);
        int shared = 0;
        for (int q = 0; q < 20; q++)
        {
            ExactSearch.Search(rows.Row(q), rows, expected, odd);
            index.Search(rows.Row(q), actual, maxThreads: threads);
            shared += actual.Select(h => h.Index).Intersect(expected.Select(h => h.Index)).Count();
            Assert.That(actual[0].Score, Is.EqualTo(expected[0].Score).Within(1e-6));
        }
        Assert.That(shared, Is.GreaterThanOrEqualTo(198));
    }

    [Test]
    public void Search_AllocatesNothingAfterWarmUp([Values(1, 2)] int threads)
    {
        var index = new VectorIndex(64, new() { Capacity = 20_000 });
        for (int i = 0; i < 20_000; i++) index.Upsert(i, TestVectors.Uniform(64, i));
        var hits = new Hit[10];
        float[] query = TestVectors.Uniform(64, -1);
        var bits = new ulong[20_000 / 64];
        bits.AsSpan().Fill(ulong.MaxValue);
        for (int i = 0; i < 20; i++) index.Search(query, hits, bits, threads);
        Assert.That(Allocations.Of(() => index.Search(query, hits, bits, threads), 100), Is.Zero);
    }

    [Test]
    public void BadInput_ThrowsAndChangesNothing()
    {
        var index = new VectorIndex(3);
        index.Upsert(7, [1, 2, 2]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => index.Upsert(7, [1, 2]), Throws.ArgumentException.With.Message.Contains("key 7 has 2 values"));
            Assert.That(() => index.Upsert(7, [1, float.NaN, 2]), Throws.ArgumentException.With.Message.Contains("value 1 of 3 is NaN"));
            Assert.That(() => index.Upsert(7, [0, 0, 0]), Throws.ArgumentException.With.Message.Contains("key 7 is all zeros"));
            Assert.That(() => index.Upsert(-1, [1, 0, 0]), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => index.Search([1, 0, 0], []), Throws.ArgumentException.With.Message.Contains("at least 1"));
            Assert.That(() => index.Search([0, 0, 0], new Hit[1]), Throws.ArgumentException.With.Message.Contains("all zeros"));
            Assert.That(() => index.Search([1, 0], new Hit[1]), Throws.ArgumentException.With.Message.Contains("2 values"));
            Assert.That(() => index.TryGet(7, new float[2]), Throws.ArgumentException.With.Message.Contains("2 values"));
            Assert.That(() => new VectorIndex(0), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new VectorIndex(3, new() { Capacity = -1 }), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new VectorIndex(3, new() { Metric = VectorMetric.SquaredDistance, Format = RowFormat.Int8 }), Throws.ArgumentException.With.Message.Contains("Float32"));
            Assert.That(() => new VectorIndex(3, new() { Metric = VectorMetric.InnerProduct, Format = RowFormat.Float16 }).Upsert(0, [1, 1e6f, 0]), Throws.ArgumentException.With.Message.Contains("65,504"));
            Assert.That(index.Count, Is.EqualTo(1));
            var vector = new float[3];
            Assert.That(index.TryGet(7, vector), Is.True);
            Assert.That(vector, Is.EqualTo((float[])[1f / 3, 2f / 3, 2f / 3]).Within(1e-7f));
            Assert.That(index.Search([1, 0, 0], new Hit[4]), Is.EqualTo(1), "k beyond the count returns what there is");
            Assert.That(new VectorIndex(3).Search([1, 0, 0], new Hit[4]), Is.Zero, "an empty index returns nothing");
        }
    }
}
