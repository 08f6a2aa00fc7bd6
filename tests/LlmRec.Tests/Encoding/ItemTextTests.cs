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
}
