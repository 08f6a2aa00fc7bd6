using System.Text.Json;

namespace LlmRec.Tests;

/// <summary>Folders saved by released versions lie beside this file and must open for ever, with the answers they gave then.</summary>
[TestFixture]
public sealed class OldModelTests
{
    private static string Folder(string version) => Path.Combine(SharedData.RepositoryRoot, "tests", "LlmRec.Tests", "Saving", "Models", version);

    public static IEnumerable<string> Versions() => Directory.EnumerateDirectories(Folder("")).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal);

    private static readonly UserContext[] Users =
    [
        UserContext.Of("user-3"), UserContext.Of("user-10"), UserContext.OfText("a rocket to the moon"), UserContext.OfHistory("kitchen-1", "garden-2"), UserContext.Of("nobody"),
    ];

    [TestCaseSource(nameof(Versions))]
    public async Task Load_ModelOfAnOlderVersion_AnswersAsItDid(string version)
    {
        using Recommender opened = await Recommender.LoadAsync(Path.Combine(Folder(version), "model"), new() { TimeProvider = SmallShop.Clock });
        using JsonDocument expected = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(Folder(version), "answers.json")));
        using (Assert.EnterMultipleScope())
        {
            for (int u = 0; u < Users.Length; u++)
            {
                RecommendationList list = opened.Recommend(Users[u], new() { Count = 5 });
                JsonElement answer = expected.RootElement[u];
                Assert.That(list, Has.Count.EqualTo(answer.GetArrayLength()));
                for (int i = 0; i < list.Count; i++)
                {
                    // Scores agree up to the last bits, which differ between instruction sets; items of nearly equal score may swap.
                    Assert.That(list[i].Score, Is.EqualTo(answer[i].GetProperty("score").GetSingle()).Within(1e-3f), $"user {u}, rank {i + 1}");
                }
                Assert.That(list.Select(r => r.Item.Id), Is.EquivalentTo(answer.EnumerateArray().Select(a => a.GetProperty("item").GetString())), $"user {u}");
            }
        }
    }

    /// <summary>Run by hand when a version is released: writes what the test above will hold later versions to.</summary>
    [Test, Explicit("writes the folder of a released version")]
    public async Task Write_TheFolderOfThisVersion()
    {
        string folder = Folder("v1");
        using Recommender shop = await new RecommenderBuilder(SmallShop.Catalog(perGenre: 8), SmallShop.Log(users: 40, perGenre: 8)).UseOptions(new() { TimeProvider = SmallShop.Clock }).BuildAsync();
        await shop.SaveAsync(Path.Combine(folder, "model"));
        await using FileStream file = File.Create(Path.Combine(folder, "answers.json"));
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartArray();
        foreach (UserContext user in Users)
        {
            json.WriteStartArray();
            foreach (Recommendation r in shop.Recommend(user, new() { Count = 5 }))
            {
                json.WriteStartObject();
                json.WriteString("item", r.Item.Id);
                json.WriteNumber("score", r.Score);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }
}
