using FsCheck;
using FsCheck.Fluent;

namespace LlmRec.Tests.Data;

[TestFixture]
public sealed class DataCardTests
{
    private static readonly DateTimeOffset s_time = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly InteractionLog s_log = new(
    [
        new("u", "a", InteractionKind.Rating, 5, s_time.AddDays(10)),
        new("u", "a", InteractionKind.Rating, 4, s_time),
        new("u", "b", InteractionKind.View),
        new("v", "a", InteractionKind.View),
    ]);

    private static readonly Catalog s_catalog = new(
    [
        new() { Id = "a", Title = "A", Text = "t", Categories = ["x", "y"] },
        new() { Id = "c", Title = "C", Categories = ["x"] },
        new() { Id = "d", Title = " " },
    ]);

    [Test]
    public void Card_CountsTheLogAndTheCatalog()
    {
        DataCard card = DataCard.Of(s_log, s_catalog);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((card.Events, card.Users, card.Items, card.Pairs, card.Density), Is.EqualTo((4, 2, 2, 3, 0.75)));
            Assert.That((card.WithValue, card.LeastValue, card.GreatestValue, card.MeanValue), Is.EqualTo((2, (float?)4, (float?)5, (double?)4.5)));
            Assert.That((card.WithTime, card.FirstTime, card.LastTime), Is.EqualTo((2, (DateTimeOffset?)s_time, (DateTimeOffset?)s_time.AddDays(10))));
            Assert.That(card.Kinds, Is.EqualTo(new Dictionary<InteractionKind, int> { [InteractionKind.Rating] = 2, [InteractionKind.View] = 2 }));
            Assert.That((card.HistoryLengths.Min, card.HistoryLengths.Max), Is.EqualTo((1, 3)));
            Assert.That((card.Popularity.Min, card.Popularity.Max), Is.EqualTo((1, 3)));
            Assert.That((card.CatalogItems, card.UnseenItems, card.EventsOfUnknownItems), Is.EqualTo(((int?)3, (int?)2, (int?)1)));
            Assert.That((card.ItemsWithoutTitle, card.ItemsWithoutText, card.ItemsWithoutWords, card.ItemsWithoutCategory, card.Categories),
                Is.EqualTo(((int?)1, (int?)2, (int?)1, (int?)1, (int?)2)));
        }
    }

    [Test]
    public void Card_PrintsALineAFact() =>
        Assert.That(DataCard.Of(s_log, s_catalog).ToString().ReplaceLineEndings("\n"), Is.EqualTo("""
            events          4 of 2 users with 2 items, 1 repeats of a pair, density 75.00 %
            kinds           View 2, Rating 2
            times           2024-01-01 to 2024-01-11 (10 days); 2 events without
            values          4 to 5, mean 4.50; 2 events without
            events a user   min 1, 25% 1, median 1, 75% 3, 90% 3, max 3, mean 2.0
            events an item  min 1, 25% 1, median 1, 75% 3, 90% 3, max 3, mean 2.0
            popularity      Gini 0.25; the top 1% of items have 75 % of the events, the top 10% 75 %
            catalog         3 items in 2 categories; 2 without events, 1 events of items not in it
            missing         1 without title, 2 without text, 1 without either, 1 without category
            """.ReplaceLineEndings("\n")));

    [Test]
    public void Card_OfAnEmptyLogHasNoNaN()
    {
        DataCard card = DataCard.Of(new InteractionLog());
        using (Assert.EnterMultipleScope())
        {
            Assert.That((card.Density, card.HistoryLengths.Mean, card.Popularity.Gini, card.Popularity.TopShare(0.1)), Is.EqualTo((0.0, 0.0, 0.0, 0.0)));
            Assert.That((card.MeanValue, card.FirstTime, card.CatalogItems), Is.EqualTo(((double?)null, (DateTimeOffset?)null, (int?)null)));
            Assert.That(card.ToString(), Does.Not.Contain("NaN"));
        }
    }

    [TestCase(new[] { 1, 1, 1, 1 }, 0)]
    [TestCase(new[] { 0, 0, 0, 1 }, 0.75)]
    [TestCase(new[] { 1, 2, 3, 4 }, 0.25)]
    public void Gini_HasTheTextbookValue(int[] counts, double gini) => Assert.That(new Distribution(counts).Gini, Is.EqualTo(gini).Within(1e-12));

    [Test]
    public void Gini_IsTheMeanAbsoluteDifferenceHalved() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll(
        Gen.Choose(0, 50).NonEmptyListOf().Select(l => l.ToArray()).ToArbitrary(), counts =>
        {
            double mean = counts.Average(), difference = counts.Average(a => counts.Average(b => (double)Math.Abs(a - b)));
            Assert.That(new Distribution(counts).Gini, Is.EqualTo(mean == 0 ? 0 : difference / (2 * mean)).Within(1e-9));
        }));

    [Test]
    public void Quantile_IsTheSmallestCountThatCoversTheShare()
    {
        var d = new Distribution([4, 1, 3, 2]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(new[] { 0, 0.25, 0.26, 0.5, 0.75, 1 }.Select(d.Quantile), Is.EqualTo(new[] { 1, 1, 2, 2, 3, 4 }));
            Assert.That(d.TopShare(0.5), Is.EqualTo(0.7).Within(1e-12));
            Assert.That(d.TopShare(0), Is.EqualTo(0.4).Within(1e-12), "at least one count");
            Assert.That(() => d.Quantile(double.NaN), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => d.TopShare(1.1), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new Distribution([1, -1]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }
}
