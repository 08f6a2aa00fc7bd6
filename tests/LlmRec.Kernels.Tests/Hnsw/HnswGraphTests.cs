namespace LlmRec.Kernels.Tests.Hnsw;

[TestFixture, Category("Widths")]
public sealed class HnswGraphTests
{
    /// <summary>The checksum of the file that the build below gives; it changes only when the algorithm or the format does.</summary>
    private const ulong Golden = 8373717410271487793;

    [Test]
    public void Build_IsTheSameGraphOnEveryProcessor()
    {
        // Sums of int8 products are exact, so the width of the registers must not show.
        HnswIndex index = HnswIndex.Build(RowMatrix.From(TestVectors.Uniform(700 * 24, seed: 5), 24), new() { Format = RowFormat.Int8, BuildBreadth = 40, CompactAt = 1 });
        for (int i = 0; i < 100; i++)
            index.Remove(i * 5);
        index.Compact();
        using var folder = new LlmRec.Tests.TemporaryFolder();
        index.Save(folder.File("a"));

        Assert.That(BitConverter.ToUInt64(File.ReadAllBytes(folder.File("a")).AsSpan()[^8..]), Is.EqualTo(Golden));
    }

    [Test]
    public void Links_PointBothWaysOftenEnoughToReachEveryRow([Values(1, 2, 3)] int seed)
    {
        RowMatrix rows = HnswRowsOf.Clusters(800, 16, seed, clusters: 200);
        HnswIndex index = HnswIndex.Build(rows, new() { BuildBreadth = 40 });
        int reached = Enumerable.Range(0, rows.Rows).Count(i => index.Search(rows.Row(i), 1)[0].Index == i);

        Assert.That(reached, Is.GreaterThanOrEqualTo(796));
    }
}
