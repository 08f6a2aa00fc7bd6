namespace LlmRec.Tests;

internal sealed class ItemTextTests
{
    private static readonly Item Book = new()
    {
        Id = "1",
        Title = "The Dispossessed",
        Text = "An ambiguous utopia!",
        Categories = ["science fiction", " ", "classics"],
        Attributes = new Dictionary<string, string> { ["author"] = "Le Guin", ["empty"] = "" },
    };

    [Test]
    public void Compose_JoinsThePartsThatCount()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(new ItemText { Attributes = ["author", "empty", "missing"] }.Compose(Book),
                Is.EqualTo("The Dispossessed. science fiction, classics. An ambiguous utopia! author: Le Guin"));
            Assert.That(new ItemText { TitleWeight = 0, CategoryWeight = 0 }.Compose(Book), Is.EqualTo("An ambiguous utopia!"));
            Assert.That(new ItemText().Compose(new Item { Id = "1" }), Is.Empty);
        }
    }

    [Test]
    public void Compose_CutsLongParts_ButNoSurrogatePair() =>
        Assert.That(new ItemText { MaxLength = 3 }.Compose(new Item { Id = "1", Title = "ab😀", Text = "abcd" }), Is.EqualTo("ab. abc"));

    [Test]
    public void AddParts_CarriesTheWeights()
    {
        List<TextPart> parts = [];
        new ItemText { TitleWeight = 3, TextWeight = 0, Attributes = ["author"] }.AddParts(Book, parts);
        Assert.That(parts, Is.EqualTo(new TextPart[] { new("The Dispossessed", 3), new("science fiction", 1), new(" ", 1), new("classics", 1), new("Le Guin", 1) }));
    }

    [TestCase("{title}", "The Dispossessed")]
    [TestCase("{title} ({author})", "The Dispossessed (Le Guin)")]
    [TestCase("{title}[ ({empty})][ by {author}]", "The Dispossessed by Le Guin")]
    [TestCase("[Publisher: {publisher}. ]{ text }", "An ambiguous utopia!")]
    [TestCase("Genres: {categories}", "Genres: science fiction, classics")]
    [TestCase("{{{title}}} [[{missing}]]", "{The Dispossessed} []")]
    [TestCase("Publisher: {publisher}", "")]
    public void Compose_FillsATemplateIn(string template, string expected) =>
        Assert.That(new ItemText { Template = template }.Compose(Book), Is.EqualTo(expected));

    [TestCase("title")]
    [TestCase("{title")]
    [TestCase("title}")]
    [TestCase("{}")]
    [TestCase("[{title}")]
    [TestCase("{title}]")]
    [TestCase("[a [{title}]]")]
    [TestCase("{title}[nothing]")]
    public void Template_ThatCannotBeRead_SaysWhere(string template) =>
        Assert.That(() => new ItemText { Template = template }, Throws.ArgumentException.With.Message.Contains("character"));
}
