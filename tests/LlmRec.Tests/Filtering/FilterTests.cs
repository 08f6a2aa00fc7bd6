namespace LlmRec.Tests;

[TestFixture]
public sealed class FilterTests
{
    private Recommender _shop = null!;

    [OneTimeSetUp]
    public async Task Build() => _shop = await new RecommenderBuilder(SmallShop.Catalog()).WithoutFitting().BuildAsync();

    [OneTimeTearDown]
    public void Free() => _shop.Dispose();

    private HashSet<string> Passing(Filter? filter) => [.. _shop.Recommend("u", new() { Count = 1000, Filter = filter }).Select(r => r.Item.Id)];

    [Test]
    public void Category_KeepsItemsOfAny()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Passing(Filter.Category("space")), Has.Count.EqualTo(20).And.All.StartsWith("space"));
            Assert.That(Passing(Filter.Category("Space", "garden")), Has.Count.EqualTo(40));
            Assert.That(Passing(Filter.Category("no such")), Is.Empty);
            Assert.That(Passing(Filter.Category()), Is.Empty);
        }
    }

    [Test]
    public void AllowAndDeny_KnowIdsOnly()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Passing(Filter.Allow("space-1", "nothing")), Is.EquivalentTo(new[] { "space-1" }));
            Assert.That(Passing(Filter.Deny("space-1", "nothing")), Has.Count.EqualTo(59).And.No.Member("space-1"));
            Assert.That(Passing(Filter.Allow()), Is.Empty);
            Assert.That(Passing(Filter.Deny()), Has.Count.EqualTo(60));
        }
    }

    [Test]
    public void Operators_AreThoseOfSets()
    {
        Filter space = Filter.Category("space"), few = Filter.Where(i => i.Id.EndsWith("-1", StringComparison.Ordinal) || i.Id.EndsWith("-2", StringComparison.Ordinal));
        HashSet<string> a = Passing(space), b = Passing(few), all = Passing(null);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Passing(space & few), Is.EquivalentTo(a.Intersect(b)));
            Assert.That(Passing(space | few), Is.EquivalentTo(a.Union(b)));
            Assert.That(Passing(!space), Is.EquivalentTo(all.Except(a)));
            Assert.That(Passing(!(space | !few)), Is.EquivalentTo(all.Except(a.Union(all.Except(b)))));
            Assert.That(Passing(space.And(few).Or(space.Not())), Is.EquivalentTo(a.Intersect(b).Union(all.Except(a))));
        }
    }

    [Test]
    public void Where_IsAskedOnlyOfWhatIsLeft()
    {
        var asked = new List<string>();
        Passing(Filter.Category("space") & Filter.Where(i => { asked.Add(i.Id); return true; }));
        Assert.That(asked, Has.Count.EqualTo(20).And.All.StartsWith("space"));
    }

    [Test]
    public void Attribute_ComparesExactly()
    {
        var catalog = new Catalog([new Item { Id = "a", Attributes = new Dictionary<string, string> { ["brand"] = "X" } }, new Item { Id = "b" }]);
        using Recommender shop = new RecommenderBuilder(catalog).BuildAsync().GetAwaiter().GetResult();
        Assert.That(shop.Recommend("u", new() { Filter = Filter.Attribute("brand", "X") }).Select(r => r.Item.Id), Is.EqualTo(new[] { "a" }));
        Assert.That(shop.Recommend("u", new() { Filter = Filter.Attribute("brand", "x") }), Is.Empty);
    }

    [Test]
    public void Null_IsRefused() =>
        Assert.That(() => Filter.Category("a") & null!, Throws.ArgumentNullException);
}
