namespace LlmRec.Tests.Classical;

[TestFixture]
public sealed class ItemGraphModelTests
{
    [Test]
    public void Weights_AreTheFilterOfTheNormalisedGraph([Values(3, null)] int? k, [Values(0, 0.5, 0.8)] double power)
    {
        (Catalog catalog, InteractionLog log) = ItemModelGolden.SmallWorld();
        ItemGraphModel model = ItemGraphModel.Fit(catalog, log, new() { Neighbours = k, DegreePower = power });
        ItemKnnModel links = ItemKnnModel.Fit(catalog, log, new() { Weighting = KnnWeighting.Degree, Neighbours = k });
        int[] degree = [.. catalog.Select(i => log.Where(e => e.Item == i.Id && e.Kind != InteractionKind.Dislike).Select(e => e.User).Distinct().Count())];
        for (int i = 0; i < 20; i++)
        {
            for (int j = 0; j < 20; j++)
            {
                double expected = degree[i] == 0 ? 0 : links.WeightOf($"i{i}", $"i{j}") * Math.Pow((double)degree[j] / degree[i], power);
                Assert.That(model.WeightOf($"i{i}", $"i{j}"), Is.EqualTo(expected).Within(1e-6), $"{i} {j}");
            }
        }
    }
}
