using System.Text.Json;
using LlmRec.Tests.Evaluation;

namespace LlmRec.Tests.Classical;

[TestFixture]
public sealed class ContentModelTests
{
    [TestCase("word12")]
    [TestCase("charwb35")]
    public void Similar_FindsTheGoldenNeighbours(string analyzer)
    {
        string[][] rows = [.. File.ReadLines(SharedData.PathOrSkip("data/ml-1m/items.tsv")).Skip(1).Select(l => l.Split('\t'))];
        var catalog = new Catalog(rows.Select(r => new Item { Id = r[0], Title = r[2] }));
        JsonElement golden = Golden.Json("golden/cf/tfidf.json").GetProperty("analyzers").GetProperty(analyzer);
        ContentModel model = ContentModel.Fit(catalog, new(), new() { Text = new() { TitleWeight = 1 }, Terms = new() { Analyzers = [analyzer == "word12" ? TextAnalyzer.Words(1, 2) : TextAnalyzer.CharactersInWords(3, 5)] } });
        using (Assert.EnterMultipleScope())
        {
            foreach (JsonElement pair in golden.GetProperty("pairs").EnumerateArray())
                Assert.That(model.WeightOf(pair[0].ToString(), pair[1].ToString()), Is.EqualTo(pair[2].GetDouble()).Within(1e-6));
            foreach (JsonElement near in golden.GetProperty("nearest").EnumerateArray())
            {
                IReadOnlyList<ScoredItem> ours = model.Similar(near.GetProperty("item").ToString(), 10);
                double[] expected = [.. near.GetProperty("cosines").EnumerateArray().Select(c => c.GetDouble()).TakeWhile(c => c > 0)];
                Assert.That(ours.Select(s => (double)s.Score), Is.EqualTo(expected).Within(1e-6));
            }
        }
    }

    [Test]
    public void Recommend_StaysWithTheWordsOfTheHistory_NewestFirst()
    {
        Catalog catalog = SmallShop.Catalog();
        ContentModel model = ContentModel.Fit(catalog, new(), new() { Decay = 0.5 });
        IReadOnlyList<ScoredItem> list = model.Recommend(UserContext.OfHistory("garden-1", "garden-2", "space-3"), 8);
        Assert.That(list.Count(s => s.Item.StartsWith("space", StringComparison.Ordinal)), Is.GreaterThan(4));
    }
}
