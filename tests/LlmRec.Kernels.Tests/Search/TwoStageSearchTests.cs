using LlmRec.Tests;

namespace LlmRec.Kernels.Tests;

[TestFixture]
public sealed class TwoStageSearchTests
{
    [TestCase(RowFormat.BFloat16, 0.995)]
    [TestCase(RowFormat.Int8, 0.995)]
    [TestCase(RowFormat.Int4, 0.99)]
    public void Search_FindsNearlyAllOfTheExactTop10_AmongRowsWithoutStructure(RowFormat format, double least)
    {
        const int n = 20_000, d = 128, k = 10;
        RowMatrix rows = TestVectors.Unit(n, d, seed: 1), queries = TestVectors.Unit(50, d, seed: 2);
        var coarse = CompactRows.From(rows, format);
        Hit[] exact = new Hit[k], found = new Hit[k];
        int shared = 0;
        using (Assert.EnterMultipleScope())
        {
            for (int q = 0; q < queries.Rows; q++)
            {
                ExactSearch.Search(queries.Row(q), rows, exact);
                TwoStageSearch.Search(queries.Row(q), coarse, rows, found, 10 * k);
                shared += found.Intersect(exact).Count();
            }
            Assert.That(shared / (double)(k * queries.Rows), Is.GreaterThanOrEqualTo(least));
        }
    }

    [Test]
    public void Search_WithAllRowsAsCandidates_IsExact([Values] RowFormat format)
    {
        RowMatrix rows = TestVectors.Unit(500, 40, seed: 3);
        var coarse = CompactRows.From(rows, format);
        Hit[] exact = new Hit[10], found = new Hit[10];
        var filter = new ulong[8];
        filter.AsSpan().Fill(0xF0F0_0F0F_1234_5678);
        ExactSearch.Search(rows.Row(5), rows, exact, filter);
        TwoStageSearch.Search(rows.Row(5), coarse, rows, found, 1000, filter);
        Assert.That(found, Is.EqualTo(exact));
    }

    [Test]
    public void Search_AllocatesNothingAfterWarmUp()
    {
        RowMatrix rows = TestVectors.Unit(5000, 64, seed: 4);
        var coarse = CompactRows.From(rows, RowFormat.Int4);
        var hits = new Hit[10];
        float[] query = rows.Row(0).ToArray();
        for (int i = 0; i < 10; i++) TwoStageSearch.Search(query, coarse, rows, hits, 100);
        Assert.That(Allocations.Of(() => TwoStageSearch.Search(query, coarse, rows, hits, 100), 50), Is.Zero);
    }

    [Test]
    public void BadInput_IsNamed()
    {
        RowMatrix rows = TestVectors.Unit(50, 8, seed: 5);
        var coarse = CompactRows.From(rows, RowFormat.Int8);
        float[] query = rows.Row(0).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => TwoStageSearch.Search(query, coarse, rows, new Hit[5], 4), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => TwoStageSearch.Search(query, coarse, rows, [], 4), Throws.ArgumentException);
            Assert.That(() => TwoStageSearch.Search(query, coarse, TestVectors.Unit(49, 8, seed: 5), new Hit[5], 10), Throws.ArgumentException.With.Message.Contains("49 × 8"));
            Assert.That(TwoStageSearch.Search(query, new CompactRows(RowFormat.Int8, 0, 8), new RowMatrix(0, 8), new Hit[5], 10), Is.Zero);
        }
    }
}
