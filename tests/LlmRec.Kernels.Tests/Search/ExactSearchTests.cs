using LlmRec.Tests;

namespace LlmRec.Kernels.Tests;

[TestFixture]
public sealed class ExactSearchTests
{
    // The plain twin: score everything, order everything.
    private static Hit[] Naive(float[] query, RowMatrix rows, int k, Func<int, bool> passes, VectorMetric metric, int count)
    {
        return [.. Enumerable.Range(0, count).Where(passes)
            .Select(i => new Hit(i, metric switch
            {
                VectorMetric.InnerProduct => (float)TestVectors.Dot(query, rows.Row(i)),
                VectorMetric.Cosine => (float)(TestVectors.Dot(query, rows.Row(i)) / Math.Sqrt(TestVectors.Dot(query, query) * TestVectors.Dot(rows.Row(i), rows.Row(i)))),
                _ => -(float)query.Zip(rows.Row(i).ToArray(), (a, b) => (double)(a - b) * (a - b)).Sum(),
            }))
            .OrderByDescending(h => h.Score).ThenBy(h => h.Index).Take(k)];
    }

    [Test, Category(NarrowWidthsTests.Category)]
    public void Search_EqualsSortingEverything_OnWholeNumbers([Values(1, 7, 16, 33, 100)] int d, [Values(1, 3, 10, 500)] int k, [Values] bool distance)
    {
        // Sums of small whole numbers are exact, so scores and ties must agree to the bit.
        VectorMetric metric = distance ? VectorMetric.SquaredDistance : VectorMetric.InnerProduct;
        RowMatrix rows = TestVectors.Whole(300, d, seed: d);
        float[] query = TestVectors.Whole(1, d, seed: 1000 + d).Row(0).ToArray();
        var hits = new Hit[k];
        int found = ExactSearch.Search(query, rows, hits, metric: metric, count: 290);
        Assert.That(hits.Take(found), Is.EqualTo(Naive(query, rows, k, _ => true, metric, 290)));
    }

    [Test, Category(NarrowWidthsTests.Category)]
    public void Search_ByCosine_IgnoresLengths()
    {
        RowMatrix rows = RowMatrix.From(TestVectors.Uniform(200 * 24, 5), 24);
        for (int i = 0; i < 200; i++)
            foreach (ref float v in rows.Row(i)) v *= MathF.Pow(10, i % 61 - 30);
        rows.Row(7).Clear();
        float[] query = TestVectors.Uniform(24, 6);
        var hits = new Hit[20];
        int found = ExactSearch.Search(query, rows, hits, metric: VectorMetric.Cosine);
        Hit[] expected = Naive(query, rows, 20, i => i != 7, VectorMetric.Cosine, 200);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(hits.Take(found).Select(h => h.Index), Is.EqualTo(expected.Select(h => h.Index)));
            for (int i = 0; i < found; i++) Assert.That(hits[i].Score, Is.EqualTo(expected[i].Score).Within(1e-6));
        }
    }

    [Test, Category(NarrowWidthsTests.Category)]
    public void Search_FiltersInsideTheScan([Values(0.0, 0.01, 0.5, 1.0)] double density, [Values] bool withPredicate, [Values(1, 3)] int threads)
    {
        const int n = 5000, d = 64;
        RowMatrix rows = TestVectors.Whole(n, d, seed: 8);
        float[] query = TestVectors.Whole(1, d, seed: 9).Row(0).ToArray();
        var random = new Random(10);
        var bits = new ulong[(n - 130) / 64];
        for (int i = 0; i < bits.Length * 64; i++)
            if (random.NextDouble() < density) bits[i >> 6] |= 1UL << (i & 63);
        Func<int, bool>? predicate = withPredicate ? i => i % 3 != 0 : null;
        bool Passes(int i) => i < bits.Length * 64 && (bits[i >> 6] >> (i & 63) & 1) != 0 && (predicate is null || predicate(i));

        var hits = new Hit[25];
        int found = ExactSearch.Search(query, rows, hits, new RowFilter(bits, predicate), maxThreads: threads);
        Assert.That(hits.Take(found), Is.EqualTo(Naive(query, rows, 25, Passes, VectorMetric.InnerProduct, n)));
    }

    [Test]
    public void Search_AnEmptyBitmapLetsNothingPass()
    {
        RowMatrix rows = TestVectors.Unit(100, 8, seed: 11);
        Assert.That(ExactSearch.Search(rows.Row(0), rows, new Hit[3], new RowFilter(ReadOnlySpan<ulong>.Empty)), Is.Zero);
    }

    [Test]
    public void Search_BreaksTiesByLowerIndex([Values(1, 2, 4)] int threads)
    {
        var rows = new RowMatrix(20_000, 32);
        for (int i = 0; i < rows.Rows; i++) rows.Row(i).Fill(1);
        var hits = new Hit[50];
        ExactSearch.Search(rows.Row(0), rows, hits, maxThreads: threads);
        Assert.That(hits.Select(h => h.Index), Is.EqualTo(Enumerable.Range(0, 50)));
    }

    [Test]
    public void Search_AnswersTheSame_ForAnyNumberOfThreads([Values(1, 10, 1000)] int k)
    {
        RowMatrix rows = TestVectors.Unit(20_000, 100, seed: 12);
        float[] query = TestVectors.Unit(1, 100, seed: 13).Row(0).ToArray();
        var one = new Hit[k];
        ExactSearch.Search(query, rows, one);
        foreach (int threads in (int[])[2, 3, 8])
        {
            var many = new Hit[k];
            ExactSearch.Search(query, rows, many, maxThreads: threads);
            Assert.That(many, Is.EqualTo(one), $"{threads} threads");
        }
    }

    [Test]
    public void Search_MoreThanThereIs_ReturnsAll()
    {
        RowMatrix rows = TestVectors.Unit(5, 8, seed: 14);
        var hits = new Hit[9];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ExactSearch.Search(rows.Row(2), rows, hits), Is.EqualTo(5));
            Assert.That(hits[0].Index, Is.EqualTo(2));
            Assert.That(ExactSearch.Search(rows.Row(2), new RowMatrix(0, 8), hits), Is.Zero);
            Assert.That(ExactSearch.Search(rows.Row(2), rows, hits, count: 0), Is.Zero);
        }
    }

    [Test, Category(NarrowWidthsTests.Category)]
    public void Search_NeverReturnsNaN()
    {
        RowMatrix rows = TestVectors.Unit(50, 20, seed: 15);
        rows.Row(3)[5] = float.NaN;
        rows.Row(4).Fill(float.MaxValue);
        rows.Row(5)[0] = float.PositiveInfinity;
        rows.Row(5)[1] = float.NegativeInfinity;
        float[] query = [.. Enumerable.Repeat(1f, 20)];
        foreach (VectorMetric metric in Enum.GetValues<VectorMetric>())
        {
            var hits = new Hit[50];
            int found = ExactSearch.Search(query, rows, hits, metric: metric);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(hits.Take(found).Select(h => h.Score), Has.None.NaN);
                Assert.That(hits.Take(found).Select(h => h.Index), Has.None.EqualTo(3));
            }
        }
    }

    [Test]
    public void Search_AllocatesNothingAfterWarmUp([Values(1, 2)] int threads)
    {
        RowMatrix rows = TestVectors.Unit(20_000, 64, seed: 16);
        var hits = new Hit[10];
        var bits = new ulong[20_000 / 64];
        bits.AsSpan().Fill(0x5555_5555_5555_5555);
        float[] query = rows.Row(1).ToArray();
        void Once()
        {
            ExactSearch.Search(query, rows, hits, bits, maxThreads: threads);
            ExactSearch.Search(query, rows, hits, metric: VectorMetric.Cosine, maxThreads: threads);
        }
        for (int i = 0; i < 20; i++) Once();
        Assert.That(Allocations.Of(Once, 100), Is.Zero);
    }

    [Test]
    public void Search_InsideAPredicate_DisturbsNothing([Values(1, 2)] int threads)
    {
        RowMatrix rows = TestVectors.Unit(20_000, 32, seed: 17);
        float[] outer = rows.Row(5).ToArray(), inner = rows.Row(6).ToArray();
        var plain = new Hit[5];
        ExactSearch.Search(outer, rows, plain);
        var nested = new Hit[5];
        ExactSearch.Search(outer, rows, nested, new RowFilter(_ => ExactSearch.Search(inner, rows, new Hit[1], maxThreads: threads, count: 100) == 1), maxThreads: threads);
        Assert.That(nested, Is.EqualTo(plain));
    }

    [Test]
    public void Search_PassesOnWhatAPredicateThrows([Values(1, 2)] int threads)
    {
        RowMatrix rows = TestVectors.Unit(20_000, 32, seed: 18);
        Assert.That(() => ExactSearch.Search(rows.Row(0), rows, new Hit[5], new RowFilter(_ => throw new InvalidOperationException("mine")), maxThreads: threads),
            Throws.InvalidOperationException.With.Message.EqualTo("mine"));
        var hits = new Hit[1];
        Assert.That(ExactSearch.Search(rows.Row(0), rows, hits, maxThreads: threads), Is.EqualTo(1));
    }

    [Test]
    public void Search_BadInputIsNamed()
    {
        RowMatrix rows = TestVectors.Unit(5, 8, seed: 19);
        var query = new float[8];
        query[1] = 1;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => ExactSearch.Search(new float[7], rows, new Hit[1]), Throws.ArgumentException.With.Message.Contains("7 values, the rows have 8"));
            Assert.That(() => ExactSearch.Search(query, rows, []), Throws.ArgumentException.With.Message.Contains("at least 1"));
            Assert.That(() => ExactSearch.Search([1, 2, float.NaN, 0, 0, 0, 0, 0], rows, new Hit[1]), Throws.ArgumentException.With.Message.Contains("value 2 of 8"));
            Assert.That(() => ExactSearch.Search(new float[8], rows, new Hit[1], metric: VectorMetric.Cosine), Throws.ArgumentException.With.Message.Contains("all zeros"));
            Assert.That(() => ExactSearch.Search(query, rows, new Hit[1], count: 6), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => ExactSearch.Search(query, rows, new Hit[1], maxThreads: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => ExactSearch.Search(query, rows, new Hit[1], metric: (VectorMetric)9), Throws.TypeOf<ArgumentOutOfRangeException>());
        }
    }
}
