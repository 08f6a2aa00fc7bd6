namespace LlmRec.Tests.Data;

[TestFixture]
public sealed class CatalogTests
{
    private static Item Make(string id, string title = "") => new() { Id = id, Title = title };

    [Test]
    public void Catalog_ListsItemsInTheOrderOfArrival()
    {
        var catalog = new Catalog([Make("b"), Make("a"), Make("c")]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(catalog.Select(i => i.Id), Is.EqualTo(new[] { "b", "a", "c" }));
            Assert.That(catalog["a"].Id, Is.EqualTo("a"));
            Assert.That(catalog.Contains("A"), Is.False, "ids are compared ordinally");
            Assert.That(catalog.TryGet("x", out Item? none), Is.False);
            Assert.That(none, Is.Null);
            Assert.That(() => catalog["x"], Throws.InstanceOf<KeyNotFoundException>().With.Message.Contains("'x'"));
        }
    }

    [Test]
    public void Add_RefusesIdsThatAreEmptyOrTakenOrHalfACharacter()
    {
        var catalog = new Catalog([Make("a"), Make("😀")]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => catalog.Add(Make("")), Throws.ArgumentException);
            Assert.That(() => catalog.Add(Make("a")), Throws.ArgumentException.With.Message.Contains("'a' occurs twice"));
            Assert.That(() => catalog.Add(Make("x😀\uD83D")), Throws.ArgumentException.With.Message.Contains("U+D83D").And.Message.Contains("position 3"));
            Assert.That(() => catalog.Add(Make("\uDE00\uD83D")), Throws.ArgumentException.With.Message.Contains("position 0"));
            Assert.That(catalog, Has.Count.EqualTo(2));
        }
    }

    [Test]
    public void Handles_AreNeverGivenTwice()
    {
        var catalog = new Catalog([Make("a"), Make("b")]);
        int handle = catalog.HandleOf("a");
        Assert.That(catalog.Remove("a"), Is.EqualTo(handle));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((catalog.Count, catalog.Contains("a"), catalog.HandleOf("a"), catalog.Remove("a")), Is.EqualTo((1, false, -1, -1)));
            Assert.That(catalog.IdAt(handle), Is.EqualTo("a"));
            Assert.That(catalog.Upsert(Make("c")), Is.EqualTo(2));
            Assert.That(catalog.Upsert(Make("a", "again")), Is.EqualTo(handle), "an id comes back under its old handle");
            Assert.That(catalog.Upsert(Make("b", "new")), Is.EqualTo(1));
            Assert.That(catalog.Select(i => i.ToString()), Is.EqualTo(new[] { "again (a)", "new (b)", "c" }));
            Assert.That(catalog.HandleCount, Is.EqualTo(3));
        }
    }

    [Test]
    public void Copy_IsIndependent()
    {
        var catalog = new Catalog([Make("a")]);
        Catalog copy = catalog.Copy();
        copy.Upsert(Make("b"));
        copy.Remove("a");
        Assert.That(catalog.Select(i => i.Id), Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void Item_HasNothingMissingThatWasNotGiven()
    {
        var item = new Item { Id = "a" };
        using (Assert.EnterMultipleScope())
        {
            Assert.That((item.Title, item.Text, item.Categories.Count, item.Attributes.Count, item.Vectors.Count, item.Time), Is.EqualTo(("", "", 0, 0, 0, (DateTimeOffset?)null)));
            Assert.That(item.ToString(), Is.EqualTo("a"));
            Assert.That(item with { }, Is.Not.EqualTo(item), "items are compared by reference");
        }
    }
}
