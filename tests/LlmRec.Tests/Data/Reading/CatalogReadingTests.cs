namespace LlmRec.Tests.Data.Reading;

[TestFixture]
public sealed class CatalogReadingTests
{
    [Test]
    public async Task Read_GivesEveryColumnItsPlace()
    {
        Catalog catalog = await Given.Catalog("movieId,title,genres,overview,release_date,price\n7,\"Heat, the film\",Crime|Drama||Crime,A heist.,1939-12-15,12.50\n8,Up,,,,\n");
        Item heat = catalog["7"], up = catalog["8"];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(heat.Title, Is.EqualTo("Heat, the film"));
            Assert.That(heat.Categories, Is.EqualTo(new[] { "Crime", "Drama" }), "empty and repeated ones are left out");
            Assert.That(heat.Text, Is.EqualTo("A heist."));
            Assert.That(heat.Time, Is.EqualTo(new DateTimeOffset(1939, 12, 15, 0, 0, 0, TimeSpan.Zero)), "items may be older than the clock of computers");
            Assert.That(heat.Attributes, Is.EqualTo(new Dictionary<string, string> { ["price"] = "12.50" }));
            Assert.That((up.Categories, up.Text, up.Time, up.Attributes.Count), Is.EqualTo((Array.Empty<string>(), "", (DateTimeOffset?)null, 0)));
        }
    }

    [TestCase("item_id\tasin\ttitle\n1\tB00\tx\n", "1", "asin")]
    [TestCase("id,sku,name\n1,B00,x\n", "1", "sku")]
    [TestCase("sas_id\tmovie_id\ttitle\n1\tB00\tx\n", "B00", "sas_id")]
    public async Task Read_PrefersTheBetterNameAndKeepsTheOtherAsAttribute(string text, string id, string attribute)
    {
        Item item = (await Given.Catalog(text)).Single();
        Assert.That((item.Id, item.Title, item.Attributes.Keys.Single()), Is.EqualTo((id, "x", attribute)));
    }

    [Test]
    public async Task Read_SplitsListsWhereTheOptionSays()
    {
        Catalog bar = await Given.Catalog("id;tags\n1;a, b|c\n", new() { Delimiter = ";" });
        Catalog comma = await Given.Catalog("id;tags\n1;a, b|c\n", new() { Delimiter = ";", ListSeparators = "," });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(bar["1"].Categories, Is.EqualTo(new[] { "a, b", "c" }));
            Assert.That(comma["1"].Categories, Is.EqualTo(new[] { "a", "b|c" }));
        }
    }

    [Test]
    public async Task Read_KeepsOnlyTheAttributesAskedFor()
    {
        Catalog catalog = await Given.Catalog("id,brand,price\n1,b,2\n", new() { AttributeColumns = ["brand"] });
        string message = await Given.Failure(Given.Catalog("id,brand\n1,b\n", new() { AttributeColumns = ["colour"] }));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(catalog["1"].Attributes.Keys, Is.EqualTo(new[] { "brand" }));
            Assert.That(message, Does.Contain("'colour'").And.Contain("AttributeColumns"));
        }
    }

    [Test]
    public async Task Read_TakesListsNumbersAndNestedObjectsOfJson()
    {
        Catalog catalog = await Given.Catalog("""
            [{"Id": 1, "Name": "Boots \"A\"", "Categories": ["Shoes", "Hiking"], "Price": 109.99, "Sizes": [40, 41], "Maker": {"name": "Daybird", "tags": []}},
             {"Id": 2, "Description": "中文"}]
            """);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(catalog["1"].Title, Is.EqualTo("Boots \"A\""));
            Assert.That(catalog["1"].Categories, Is.EqualTo(new[] { "Shoes", "Hiking" }));
            Assert.That(catalog["1"].Attributes, Is.EqualTo(new Dictionary<string, string>
            {
                ["Price"] = "109.99", ["Sizes"] = "40|41", ["Maker"] = """{"name": "Daybird", "tags": []}""",
            }));
            Assert.That((catalog["2"].Title, catalog["2"].Text), Is.EqualTo(("", "中文")));
        }
    }

    [Test]
    public async Task Read_RefusesAnIdThatOccurredBefore()
    {
        const string text = "id,title\na,x\nb,y\na,z\n";
        var report = new ReadReport();
        string message = await Given.Failure(Given.Catalog(text));
        Catalog catalog = await Given.Catalog(text, new() { OnError = OnError.Skip, Report = report });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(message, Does.Contain("items, line 4, column 1 (id): the id 'a' was given on line 2 already"));
            Assert.That(catalog["a"].Title, Is.EqualTo("x"), "the first stays");
            Assert.That(report.RowsRejected, Is.EqualTo(1));
        }
    }

    [Test]
    public async Task Read_TakesATitleOfAMegabyte()
    {
        string title = new('x', 1_000_000);
        Catalog csv = await Given.Catalog($"id,title\n1,{title}\n2,y\n"), json = await Given.Catalog($"{{\"id\":1,\"title\":\"{title}\"}}\n{{\"id\":2,\"title\":\"y\"}}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(csv["1"].Title, Is.EqualTo(title));
            Assert.That(csv["2"].Title, Is.EqualTo("y"));
            Assert.That(json["1"].Title, Is.EqualTo(title));
            Assert.That(json["2"].Title, Is.EqualTo("y"));
        }
    }

    [Test]
    public async Task Read_RefusesLoneSurrogatesInTexts()
    {
        byte[] bad = [.. "id,title\n1,a"u8, 0xED, 0xBF, 0xBF, (byte)'\n'];
        Assert.That(await Given.Failure(Given.Catalog(bad)), Does.Contain("line 2, column 2 (title)").And.Contain("lone surrogate"));
    }

    [TestCase("ml-1m/items.tsv", 3416, "movie_id")]
    [TestCase("ml-latest-small/movies.csv", 9125, "movieId")]
    [TestCase("s3rec/Beauty_items.tsv", 12_101, "item_id")]
    [TestCase("s3rec/Yelp_items.tsv", 20_033, "item_id")]
    [TestCase("games/Games-6k.item", 16_859, "item_id:token")]
    [TestCase("catalog-eshop/catalog.json", 101, "Id")]
    [TestCase("catalog-eshopsupport/products.json", 200, "ProductId")]
    public async Task Read_TakesTheCatalogsThatPeopleHaveWithoutOptions(string path, int count, string id)
    {
        var report = new ReadReport();
        Catalog catalog = await Catalog.ReadAsync(SharedData.PathOrSkip("data/" + path), new() { Report = report });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(catalog, Has.Count.EqualTo(count));
            Assert.That(report.Columns[0], Does.EndWith("id = " + id));
        }
    }

    [TestCase("title\nx\n", "no column for the id")]
    [TestCase("id,title\n,x\n", "no item id")]
    [TestCase("id,date\n1,soon\n", "not a time")]
    public async Task Read_RefusesItemsItCannotTakeAsTheyStand(string text, string why) =>
        Assert.That(await Given.Failure(Given.Catalog(text)), Does.Contain(why));

    [Test]
    public async Task Read_TakesAHeaderOnlyAsAnEmptyCatalog() => Assert.That(await Given.Catalog("id,title\n"), Is.Empty);

    [Test]
    public void From_MakesItemsOfTheHostsOwnTypes()
    {
        Catalog catalog = Catalog.From(new[] { (Sku: 1, Label: "a"), (Sku: 2, Label: "b") }, p => new Item { Id = $"{p.Sku}", Title = p.Label });
        Assert.That(catalog.Select(i => i.ToString()), Is.EqualTo(new[] { "a (1)", "b (2)" }));
        Assert.That(() => Catalog.From(new[] { 1, 1 }, p => new Item { Id = $"{p}" }), Throws.ArgumentException.With.Message.Contains("'1'"));
    }

    [Test]
    public void AddMissing_AddsEachUnknownItemOfTheLogOnce()
    {
        var catalog = new Catalog([new() { Id = "a", Title = "A" }]);
        var log = new InteractionLog([new("u", "b"), new("u", "a"), new("v", "b"), new("v", "c")]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(catalog.AddMissing(log), Is.EqualTo(2));
            Assert.That(catalog.Select(i => i.Id), Is.EqualTo(new[] { "a", "b", "c" }));
            Assert.That(catalog["a"].Title, Is.EqualTo("A"));
            Assert.That(catalog.AddMissing(log), Is.Zero);
        }
    }
}
