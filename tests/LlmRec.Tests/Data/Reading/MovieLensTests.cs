using System.Text;

namespace LlmRec.Tests.Data.Reading;

[TestFixture]
public sealed class MovieLensTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("movielens").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Read_TakesTabsWithGenreFlags()
    {
        Write("u.data", "196\t1\t3\t881250949\n186\t2\t4\t891717742\n186\t3\t1\t891717743\n");
        Write("u.item", Encoding.Latin1.GetBytes("1|Misérables, Les (1995)|01-Jan-1995||http://x|0|1|0\n2|unknown||||1|0|0\n"));
        Write("u.genre", "unknown|0\nDrama|1\nWar|2\n\n");
        Dataset data = await MovieLens.ReadAsync(_folder);
        Item first = data.Catalog["1"];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(data.Log[0], Is.EqualTo(new Interaction("196", "1", InteractionKind.Rating, 3, DateTimeOffset.FromUnixTimeSeconds(881250949))));
            Assert.That((first.Title, first.Time), Is.EqualTo(("Misérables, Les (1995)", new DateTimeOffset(1995, 1, 1, 0, 0, 0, TimeSpan.Zero))));
            Assert.That(first.Categories, Is.EqualTo(new[] { "Drama" }));
            Assert.That(first.Attributes, Is.EqualTo(new Dictionary<string, string> { ["released"] = "01-Jan-1995", ["imdb"] = "http://x" }));
            Assert.That(data.Catalog["2"].Categories, Is.Empty, "unknown is no genre");
            Assert.That(data.Catalog["3"].Title, Is.Empty, "rated but not described");
        }
    }

    [Test]
    public async Task Read_RefusesAGenreFlagThatIsNeitherZeroNorOne()
    {
        Write("u.data", "196\t1\t3\t881250949\n");
        Write("u.item", "1|x|01-Jan-1995||http://x|0|yes\n");
        Write("u.genre", "unknown|0\nDrama|1\n");
        Assert.That(await Given.Failure(MovieLens.ReadAsync(_folder)), Does.Contain("'yes'").And.Contain("Drama").And.Contain("item 1"));
    }

    [Test]
    public async Task Read_TakesDoubleColons([Values] bool latin1)
    {
        Write("ratings.dat", "1::1193::5::978300760\n1::661::3::978302109\n");
        Write("movies.dat", (latin1 ? Encoding.Latin1 : Encoding.UTF8).GetBytes("1193::Café: \"the\" film (1975)::Drama|Children's\n661::Up (1996)::Animation\n"));
        Dataset data = await MovieLens.ReadAsync(_folder);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(data.Log[1], Is.EqualTo(new Interaction("1", "661", InteractionKind.Rating, 3, DateTimeOffset.FromUnixTimeSeconds(978302109))));
            Assert.That(data.Catalog["1193"].Title, Is.EqualTo("Café: \"the\" film (1975)"));
            Assert.That(data.Catalog["1193"].Categories, Is.EqualTo(new[] { "Drama", "Children's" }));
        }
    }

    [Test]
    public async Task Read_TakesCsvInAFolderWithinAndPacked()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "ml-tiny"));
        Write("ml-tiny/ratings.csv.gz", Given.Gzip("userId,movieId,rating,timestamp\n1,31,2.5,1260759144\n"u8.ToArray()));
        Write("ml-tiny/movies.csv.gz", Given.Gzip("movieId,title,genres\n31,\"Mind, a\",Drama|War\n32,None,(no genres listed)\n"u8.ToArray()));
        Dataset data = await MovieLens.ReadAsync(_folder);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(data.Log.Single(), Is.EqualTo(new Interaction("1", "31", InteractionKind.Rating, 2.5f, DateTimeOffset.FromUnixTimeSeconds(1260759144))));
            Assert.That(data.Catalog["31"].Categories, Is.EqualTo(new[] { "Drama", "War" }));
            Assert.That(data.Catalog["32"].Categories, Is.Empty);
        }
    }

    [Test]
    public async Task Read_TakesSequencesWithTheItemsOfTheirName([Values] bool own)
    {
        Write("Toy.txt", "1 1 2\n2 3 1\n");
        Write(own ? "Toy_items.tsv" : "items.tsv", "sas_id\tmovie_id\ttitle\n1\t900\tOne\n2\t800\tTwo\n");
        Dataset data = await MovieLens.ReadAsync(Path.Combine(_folder, "Toy.txt"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(data.Log.Select(e => e.Item), Is.EqualTo(new[] { "1", "2", "3", "1" }));
            Assert.That(data.Catalog.Select(i => (i.Id, i.Title)), Is.EqualTo(new[] { ("1", "One"), ("2", "Two"), ("3", "") }));
            Assert.That(data.Catalog["1"].Attributes["movie_id"], Is.EqualTo("900"));
        }
    }

    [Test]
    public async Task Read_NamesTheFilesItLooksForInAFolderWithoutThem() =>
        await Assert.ThatAsync(() => MovieLens.ReadAsync(_folder), Throws.InstanceOf<FileNotFoundException>().With.Message.Contains("u.data, ratings.dat, ratings.csv"));

    [TestCase("ml-100k", 943, 1682, 1682, 100_000)]
    [TestCase("ml-100k/u1.base", 943, 1650, 1682, 80_000)]
    [TestCase("ml-latest-small", 671, 9066, 9125, 100_004)]
    [TestCase("ml-1m", 6040, 3416, 3416, 999_601)]
    [TestCase("s3rec/Beauty.txt", 22_363, 12_101, 12_101, 198_502)]
    public async Task Read_TakesTheDataSetsThatPeopleHave(string path, int users, int items, int inCatalog, int events)
    {
        Dataset data = await MovieLens.ReadAsync(SharedData.PathOrSkip("data/" + path));
        Assert.That((data.Log.Users.Count, data.Log.Items.Count, data.Catalog.Count, data.Log.Count), Is.EqualTo((users, items, inCatalog, events)));
    }

    private void Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    private void Write(string name, byte[] bytes) => File.WriteAllBytes(Path.Combine(_folder, name), bytes);
}
