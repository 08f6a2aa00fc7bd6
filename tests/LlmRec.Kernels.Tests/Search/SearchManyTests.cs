using LlmRec.Tests;

namespace LlmRec.Kernels.Tests;

[TestFixture]
public sealed class SearchManyTests
{
    [Test]
    public void SearchMany_GivesWhatSingleSearchesGive_ToTheLastBit(
        [Values] VectorMetric metric, [Values(1, 33, 100)] int d, [Values(1, 5, 40, 300)] int m, [Values(1, 3)] int threads)
    {
        const int n = 1500, k = 12;
        RowMatrix rows = RowMatrix.From(TestVectors.Uniform(n * d, d), d), queries = RowMatrix.From(TestVectors.Uniform(m * d, d + 1), d);
        Compare(queries, rows, k, metric, default, threads);
    }

    [Test, Category(NarrowWidthsTests.Category)]
    public void SearchMany_FiltersLikeSingleSearches([Values(0.0, 0.02, 0.6)] double density, [Values] bool withPredicate)
    {
        const int n = 1500, d = 24;
        RowMatrix rows = TestVectors.Unit(n, d, seed: 1), queries = TestVectors.Unit(40, d, seed: 2);
        var random = new Random(3);
        var bits = new ulong[20];
        for (int i = 0; i < bits.Length * 64; i++)
            if (random.NextDouble() < density) bits[i >> 6] |= 1UL << (i & 63);
        Compare(queries, rows, 10, VectorMetric.InnerProduct, new RowFilter(bits, withPredicate ? i => i % 2 == 0 : null), 2);
    }

    [Test, Category(NarrowWidthsTests.Category)]
    public void SearchMany_KeepsTheOrderOfTies_WhenManyRowsAreEqual([Values] VectorMetric metric)
    {
        // More equal rows than candidates are kept: the rounding bound proves nothing, and single searches must step in.
        RowMatrix rows = TestVectors.Whole(2000, 8, seed: 4, limit: 1), queries = TestVectors.Whole(20, 8, seed: 5, limit: 1);
        for (int i = 0; i < queries.Rows; i++) queries.Row(i)[0] = 1;
        Compare(queries, rows, 30, metric, default, 1);
    }

    [TestCase(1e-20f)]
    [TestCase(1e18f)]
    [TestCase(float.NaN)]
    public void SearchMany_HoldsWhereRoundingBoundsDoNot(float odd)
    {
        RowMatrix rows = TestVectors.Unit(600, 16, seed: 6), queries = TestVectors.Unit(10, 16, seed: 7);
        foreach (ref float v in rows.Row(77)) v *= odd;
        rows.Row(78).Clear();
        foreach (VectorMetric metric in Enum.GetValues<VectorMetric>()) Compare(queries, rows, 5, metric, default, 1);
    }

    [Test]
    public void SearchMany_OfAnIndex_GivesWhatSingleSearchesGive([Values] VectorMetric metric, [Values(RowFormat.Float32, RowFormat.Int8)] RowFormat format)
    {
        if (metric == VectorMetric.SquaredDistance && format != RowFormat.Float32)
        {
            Assert.That(() => new VectorIndex(20, new() { Metric = metric, Format = format }), Throws.InstanceOf<ArgumentException>());
            return;
        }
        const int n = 3000, d = 20, m = 50, k = 10;
        RowMatrix rows = RowMatrix.From(TestVectors.Uniform(n * d, 8), d), queries = RowMatrix.From(TestVectors.Uniform(m * d, 9), d);
        var index = new VectorIndex(d, new() { Metric = metric, Format = format });
        for (int i = n - 1; i >= 0; i--) index.Upsert(2 * i, rows.Row(i));
        for (int i = 0; i < n; i += 5) index.Remove(2 * i);
        for (int i = 0; i < n; i += 7) index.Upsert(2 * i, rows.Row(n - 1 - i));
        var even = new ulong[n / 64];
        even.AsSpan().Fill(0xFFFF_FFFF_0000_FFFF);
        var hits = new Hit[m * k];
        var found = new int[m];
        index.SearchMany(queries, k, hits, found, even, maxThreads: 2);
        var single = new Hit[k];
        using (Assert.EnterMultipleScope())
        {
            for (int q = 0; q < m; q++)
            {
                int expected = index.Search(queries.Row(q), single, even);
                Assert.That(found[q], Is.EqualTo(expected));
                Assert.That(hits.AsSpan(q * k, expected).ToArray(), Is.EqualTo(single.Take(expected)), $"query {q}");
            }
        }
    }

    [Test]
    public void SearchMany_AllocatesNothingAfterWarmUp()
    {
        RowMatrix rows = TestVectors.Unit(3000, 32, seed: 10), queries = TestVectors.Unit(64, 32, seed: 11);
        var hits = new Hit[640];
        var found = new int[64];
        for (int i = 0; i < 10; i++) ExactSearch.SearchMany(queries, rows, 10, hits, found);
        Assert.That(Allocations.Of(() => ExactSearch.SearchMany(queries, rows, 10, hits, found), 20), Is.Zero);
    }

    [Test]
    public void SearchMany_BadInputIsNamed()
    {
        RowMatrix rows = TestVectors.Unit(50, 8, seed: 12), queries = TestVectors.Unit(6, 8, seed: 13);
        RowMatrix spoilt = TestVectors.Unit(6, 8, seed: 13);
        spoilt.Row(4)[2] = float.NaN;
        RowMatrix zero = TestVectors.Unit(6, 8, seed: 13);
        zero.Row(5).Clear();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => ExactSearch.SearchMany(queries, rows, 0, [], new int[6]), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => ExactSearch.SearchMany(queries, rows, 2, new Hit[11], new int[6]), Throws.ArgumentException.With.Message.Contains("12 places"));
            Assert.That(() => ExactSearch.SearchMany(queries, rows, 2, new Hit[12], new int[5]), Throws.ArgumentException.With.Message.Contains("6 queries"));
            Assert.That(() => ExactSearch.SearchMany(queries, TestVectors.Unit(5, 9, seed: 1), 2, new Hit[12], new int[6]), Throws.ArgumentException.With.Message.Contains("have 8 values"));
            Assert.That(() => ExactSearch.SearchMany(spoilt, rows, 2, new Hit[12], new int[6]), Throws.ArgumentException.With.Message.Contains("query 4"));
            Assert.That(() => ExactSearch.SearchMany(zero, rows, 2, new Hit[12], new int[6], metric: VectorMetric.Cosine), Throws.ArgumentException.With.Message.Contains("query 5 is all zeros"));
        }
    }

    private static void Compare(RowMatrix queries, RowMatrix rows, int k, VectorMetric metric, RowFilter filter, int threads)
    {
        var hits = new Hit[queries.Rows * k];
        var found = new int[queries.Rows];
        ExactSearch.SearchMany(queries, rows, k, hits, found, filter, metric, threads);
        var single = new Hit[k];
        using (Assert.EnterMultipleScope())
        {
            for (int q = 0; q < queries.Rows; q++)
            {
                int expected = ExactSearch.Search(queries.Row(q), rows, single, filter, metric);
                Assert.That(found[q], Is.EqualTo(expected), $"{metric}, query {q}");
                Assert.That(hits.AsSpan(q * k, expected).ToArray(), Is.EqualTo(single.Take(expected)), $"{metric}, query {q}");
            }
        }
    }
}
