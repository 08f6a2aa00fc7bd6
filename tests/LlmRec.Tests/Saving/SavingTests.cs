using System.Security.Cryptography;

namespace LlmRec.Tests;

[TestFixture]
public sealed class SavingTests
{
    [Test]
    public async Task SaveThenLoad_AnswersTheSame()
    {
        using var folder = new TemporaryFolder();
        using Recommender shop = await SmallShop.BuildAsync();
        shop.Upsert(new Item { Id = "odd", Title = "lone \uDC00 surrogate", Attributes = new Dictionary<string, string> { ["brand"] = "x" }, Time = SmallShop.Start });
        shop.Remove("garden-7");
        shop.Observe(new("fresh", "garden-3", InteractionKind.Like));
        await shop.SaveAsync(folder.Path);
        using Recommender opened = await Recommender.LoadAsync(folder.Path, new() { TimeProvider = SmallShop.Clock });
        using (Assert.EnterMultipleScope())
        {
            foreach (UserContext user in new[] { UserContext.Of("user-3"), UserContext.Of("fresh"), UserContext.OfText("moon and stars"), UserContext.OfHistory("kitchen-1") })
                Assert.That(Lines(opened.Recommend(user, new() { Count = 20, Diversity = 0.4 })), Is.EqualTo(Lines(shop.Recommend(user, new() { Count = 20, Diversity = 0.4 }))));
            Assert.That(opened.ItemCount, Is.EqualTo(shop.ItemCount));
            Assert.That(opened.Report.Items, Is.EqualTo(shop.Report.Items));
        }

        static string Lines(RecommendationList list) => string.Join('\n', list.Select(r => $"{r.Item.Id} {r.Score} {r.Explanation}"));
    }

    [Test]
    public async Task Save_SameSeed_GivesTheSameBytes_WithOneAndTwoThreads()
    {
        using var one = new TemporaryFolder();
        using var two = new TemporaryFolder();
        using (Recommender shop = await SmallShop.BuildAsync(new() { MaxDegreeOfParallelism = 1, TimeProvider = SmallShop.Clock })) await shop.SaveAsync(one.Path);
        using (Recommender shop = await SmallShop.BuildAsync(new() { MaxDegreeOfParallelism = 2, TimeProvider = SmallShop.Clock })) await shop.SaveAsync(two.Path);
        Assert.That(Fingerprints(two.Path), Is.EqualTo(Fingerprints(one.Path)));

        static string[] Fingerprints(string folder) => [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)
            .Select(f => $"{Path.GetFileName(f)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f)))}")];
    }

    [Test]
    public async Task Save_TwiceAtOnce_LeavesAWholeModel()
    {
        using var folder = new TemporaryFolder();
        using Recommender shop = await SmallShop.BuildAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            shop.Observe(new($"visitor-{i}", "space-1"));
            await shop.SaveAsync(folder.Path);
        })));
        using Recommender opened = await Recommender.LoadAsync(folder.Path);
        Assert.That(Enumerable.Range(0, 8).All(i => opened.KnowsUser($"visitor-{i}")), Is.True);
    }

    [Test]
    public async Task Save_OverAnOlderModel_LeavesOnlyTheNewOne()
    {
        using var folder = new TemporaryFolder();
        using Recommender shop = await SmallShop.BuildAsync();
        await shop.SaveAsync(folder.Path);
        int files = Directory.GetFiles(folder.Path).Length;
        shop.Observe(new("fresh", "space-1"));
        await shop.SaveAsync(folder.Path);
        using Recommender opened = await Recommender.LoadAsync(folder.Path);
        Assert.That(opened.KnowsUser("fresh"), Is.True);
        Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(files));
    }

    [Test]
    public async Task Save_CrashAtAnyFile_LeavesTheOldModelWhole()
    {
        using var folder = new TemporaryFolder();
        using var next = new TemporaryFolder();
        using Recommender shop = await SmallShop.BuildAsync();
        await shop.SaveAsync(folder.Path);
        shop.Observe(new("fresh", "space-1"));
        await shop.SaveAsync(next.Path);

        // A crash before the manifest is renamed: any number of new files lie there, the last of them cut short.
        string[] fresh = [.. Directory.GetFiles(next.Path, "*.safetensors").Where(f => !File.Exists(folder.File(Path.GetFileName(f))))];
        Assert.That(fresh, Is.Not.Empty);
        foreach (string file in fresh)
        {
            byte[] bytes = await File.ReadAllBytesAsync(file);
            await File.WriteAllBytesAsync(folder.File(Path.GetFileName(file) + ".part"), bytes[..(bytes.Length / 2)]);
            using (Recommender old = await Recommender.LoadAsync(folder.Path)) Assert.That(old.KnowsUser("fresh"), Is.False);
            await File.WriteAllBytesAsync(folder.File(Path.GetFileName(file)), bytes);
            using (Recommender old = await Recommender.LoadAsync(folder.Path)) Assert.That(old.KnowsUser("fresh"), Is.False);
        }
    }

    [Test]
    public async Task Load_MissingDamagedOrForeign_SaysWhat()
    {
        using var folder = new TemporaryFolder();
        Assert.That(async () => await Recommender.LoadAsync(folder.File("nowhere")), Throws.TypeOf<DirectoryNotFoundException>());
        Assert.That(async () => await Recommender.LoadAsync(folder.Path), Throws.TypeOf<InvalidDataException>().With.Message.Contains("manifest.json"));
        using (Recommender shop = await SmallShop.BuildAsync()) await shop.SaveAsync(folder.Path);

        string catalog = Directory.GetFiles(folder.Path, "catalog*")[0];
        byte[] whole = await File.ReadAllBytesAsync(catalog);
        await File.WriteAllBytesAsync(catalog, whole[..^3]);
        Assert.That(async () => await Recommender.LoadAsync(folder.Path), Throws.TypeOf<InvalidDataException>().With.Message.Contains("not the file that was saved"));
        File.Delete(catalog);
        Assert.That(async () => await Recommender.LoadAsync(folder.Path), Throws.TypeOf<InvalidDataException>().With.Message.Contains("lacks its file"));
        await File.WriteAllBytesAsync(catalog, whole);

        string manifest = folder.File("manifest.json"), text = await File.ReadAllTextAsync(manifest);
        await File.WriteAllTextAsync(manifest, text.Replace("\"version\": 1", "\"version\": 99", StringComparison.Ordinal));
        Assert.That(async () => await Recommender.LoadAsync(folder.Path), Throws.TypeOf<InvalidDataException>().With.Message.Contains("version 99"));
        await File.WriteAllTextAsync(manifest, text.Replace(Path.GetFileName(catalog), "../" + Path.GetFileName(catalog), StringComparison.Ordinal));
        Assert.That(async () => await Recommender.LoadAsync(folder.Path), Throws.TypeOf<InvalidDataException>().With.Message.Contains("outside"));
        await File.WriteAllTextAsync(manifest, text[..(text.Length / 2)]);
        Assert.That(async () => await Recommender.LoadAsync(folder.Path), Throws.TypeOf<InvalidDataException>().With.Message.Contains("cannot be understood"));
    }
}
