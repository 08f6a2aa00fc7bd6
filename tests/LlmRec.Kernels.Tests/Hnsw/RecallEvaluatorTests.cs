namespace LlmRec.Kernels.Tests.Hnsw;

[TestFixture]
public sealed class RecallEvaluatorTests
{
    private static readonly RowMatrix Rows = HnswRowsOf.Clusters(2000, 24, seed: 2);
    private static readonly RowMatrix Queries = HnswRowsOf.Clusters(50, 24, seed: 3);
    private static readonly HnswIndex Index = HnswIndex.Build(Rows, new() { Connections = 4, BuildBreadth = 10 });

    [Test]
    public void Measure_IsTheShareOfTrueNeighboursFound()
    {
        int found = 0;
        var exact = new Hit[10];
        for (int i = 0; i < Queries.Rows; i++)
        {
            ExactSearch.Search(Queries.Row(i), Rows, exact);
            found += Index.Search(Queries.Row(i), 10, 12).Count(h => exact.Any(e => e.Index == h.Index));
        }
        using (Assert.EnterMultipleScope())
        {
            Assert.That(found, Is.LessThan(500), "the graph is made poor so that there is something to miss");
            Assert.That(RecallEvaluator.Measure(Index, Queries, 10, 12), Is.EqualTo(found / 500.0).Within(1e-12));
            Assert.That(RecallEvaluator.Measure(Index, Rows, Queries, 10, 12), Is.EqualTo(found / 500.0).Within(1e-12));
        }
    }

    [Test]
    public void FindBreadth_FindsTheLeastThatIsEnough()
    {
        int breadth = RecallEvaluator.FindBreadth(Index, Queries, 0.9);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(breadth, Is.GreaterThan(10));
            Assert.That(RecallEvaluator.Measure(Index, Queries, 10, breadth), Is.GreaterThanOrEqualTo(0.9));
            Assert.That(RecallEvaluator.Measure(Index, Queries, 10, breadth * 8 / 10), Is.LessThan(0.9));
        }
    }

    [Test]
    public void Measure_RefusesWhatHasNoAnswer()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => RecallEvaluator.Measure(new HnswIndex(24), Queries), Throws.ArgumentException);
            Assert.That(() => RecallEvaluator.Measure(Index, new RowMatrix(0, 24)), Throws.ArgumentException);
            Assert.That(() => RecallEvaluator.Measure(Index, Queries, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => RecallEvaluator.FindBreadth(Index, Queries, 1.5), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }
}
