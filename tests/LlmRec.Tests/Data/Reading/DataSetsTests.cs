using System.Text;

namespace LlmRec.Tests.Data.Reading;

[TestFixture]
public sealed class DataSetsTests
{
    private static readonly string[] s_small = ["3 1 2 4", "5 2 9 7 1"];

    [TestCase("ml-100k", 943, 1682, 100_000, 5)]
    [TestCase("ml-1m", 6040, 3416, 999_601, 0)]
    [TestCase("ml-latest-small", 671, 9066, 100_004, 0)]
    [TestCase("BEAUTY", 22_363, 12_101, 198_502, 0)]
    [TestCase("yelp", 30_431, 20_033, 316_354, 0)]
    [TestCase("gowalla", 29_858, 40_981, 1_027_370, 1)]
    public async Task Read_FindsThePublicSets(string name, int users, int items, int events, int splits)
    {
        NamedDataset data = await DataSets.ReadAsync(name, SharedData.PathOrSkip("data"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((data.Log.Users.Count, data.Log.Items.Count, data.Log.Count), Is.EqualTo((users, items, events)));
            Assert.That(data.Catalog.Count, Is.GreaterThanOrEqualTo(items));
            Assert.That(data.PublishedSplits, Has.Count.EqualTo(splits));
        }
    }

    [Test]
    public async Task Splits_AreThoseOfTheFiles()
    {
        NamedDataset gowalla = await DataSets.ReadAsync("gowalla", SharedData.PathOrSkip("data")), films = await DataSets.ReadAsync("ml-100k", SharedData.PathOrSkip("data"));
        DataSplit split = gowalla.PublishedSplits[0], third = films.PublishedSplits[2];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(split.TrainAndValidation.Count, Is.EqualTo(810_128));
            Assert.That(split.Train.Count, Is.LessThan(810_128));
            Assert.That(third.Train, Has.Count.EqualTo(80_000));
            Assert.That(films.Catalog["1"].Title, Does.StartWith("Toy Story"));
        }
    }

    [Test]
    public async Task Read_TellsTheShapesApart()
    {
        using var folder = new TemporaryFolder();
        Write("toys/Toys.txt", s_small);
        Write("toys/Toys_items.tsv", ["item_id\tasin\ttitle", "2\tB01\tA kite", "9\tB02\tA ball"]);
        Write("toys/Toys_item2attributes.json", ["{\"2\": [7, 8]}"]);
        Write("graph/train.txt", ["0 10 11", "1"]);
        Write("graph/test.txt", ["0 2"]);
        Write("hetrec2011-lastfm-2k/user_artists.dat", ["userID\tartistID\tweight", "2\t51\t13883", "3\t52\t11690"]);
        Write("hetrec2011-lastfm-2k/artists.dat", ["id\tname\turl\tpictureURL", "51\tDuran Duran\tu\tp"]);
        await File.WriteAllBytesAsync(folder.File("hetrec2011-lastfm-2k/tags.dat"), Encoding.Latin1.GetBytes("tagID\ttagValue\n1\tpop\n2\tchanson française\n"));
        Write("hetrec2011-lastfm-2k/user_taggedartists.dat", ["userID\tartistID\ttagID\tday\tmonth\tyear", "2\t51\t2\t1\t4\t2009", "3\t51\t1\t1\t4\t2009", "4\t51\t1\t1\t4\t2009"]);
        Write("shop/clicks.csv", ["user_id,item_id,timestamp", "u,shoe,1700000000"]);
        Write("shop/products.csv", ["id,title", "shoe,A shoe", "hat,A hat"]);

        NamedDataset toys = await DataSets.ReadAsync("toys", folder.Path), graph = await DataSets.ReadAsync("graph", folder.Path), music = await DataSets.ReadAsync("lastfm", folder.Path), shop = await DataSets.ReadAsync("shop", folder.Path);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(DataSets.In(folder.Path), Is.EqualTo((string[])["Toys", "graph", "hetrec2011-lastfm-2k", "shop"]));
            Assert.That(toys.Catalog.Select(i => i.Id), Is.EqualTo((string[])["1", "2", "4", "7", "9"]));
            Assert.That(toys.Catalog["2"].Title, Is.EqualTo("A kite"));
            Assert.That(toys.Catalog["2"].Categories, Is.EqualTo((string[])["7", "8"]));
            Assert.That(toys.Log.HistoryOf("5").Select(e => e.Item), Is.EqualTo((string[])["2", "9", "7", "1"]));
            Assert.That(graph.Catalog.Select(i => i.Id), Is.EqualTo((string[])["2", "10", "11"]));
            Assert.That(graph.PublishedSplits[0].Train, Has.Count.EqualTo(2));
            Assert.That(music.Log.HistoryOf("2").Single(), Is.EqualTo(new Interaction("2", "51", InteractionKind.Play, 13883)));
            Assert.That(music.Catalog["51"].Title, Is.EqualTo("Duran Duran"));
            Assert.That(music.Catalog["51"].Categories, Is.EqualTo((string[])["pop", "chanson française"]));
            Assert.That(shop.Catalog.Select(i => i.Title), Is.EqualTo((string[])["A shoe", "A hat"]));
            Assert.That(shop.Log, Has.Count.EqualTo(1));
            await Assert.ThatAsync(() => DataSets.ReadAsync("moon", folder.Path), Throws.InstanceOf<FileNotFoundException>().With.Message.Contains("hetrec2011-lastfm-2k"));
            await Assert.ThatAsync(() => DataSets.ReadAsync("moon", folder.File("elsewhere")), Throws.InstanceOf<DirectoryNotFoundException>());
            Write("graph/test.txt", ["0 two"]);
            await Assert.ThatAsync(() => DataSets.ReadAsync("graph", folder.Path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("line 1"));
        }

        void Write(string file, string[] lines)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.File(file))!);
            File.WriteAllLines(folder.File(file), lines);
        }
    }
}
