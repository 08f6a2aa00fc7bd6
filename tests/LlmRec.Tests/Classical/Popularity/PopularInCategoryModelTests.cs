namespace LlmRec.Tests.Classical;

[TestFixture]
public sealed class PopularInCategoryModelTests
{
    private static readonly Catalog s_catalog = new(
    [
        new Item { Id = "a", Categories = ["x"] }, new Item { Id = "b", Categories = ["x", "y"] }, new Item { Id = "c", Categories = ["y"] }, new Item { Id = "d" },
    ]);

    private static InteractionLog Log() => new(
    [
        new("1", "a", Time: SmallShop.Start), new("2", "a", Time: SmallShop.Start), new("1", "b", Time: SmallShop.Start), new("2", "b", InteractionKind.Dislike, Time: SmallShop.Start),
        new("3", "c", Time: SmallShop.Start.AddDays(9)), new("3", "d", Time: SmallShop.Start.AddDays(9)),
    ]);

    [Test]
    public void Score_IsTheShareWithinTheCategoriesOfTheHistory()
    {
        var model = new PopularInCategoryModel(s_catalog, Log());
        float[] scores = new float[4];
        using (Assert.EnterMultipleScope())
        {
            // x has 2 + 1/2 events, y 1/2 + 1
            model.Score([new(UserContext.OfHistory("a"), [])], scores);
            Assert.That(scores, Is.EqualTo(new[] { 2 / 2.5f, 0.5f / 2.5f, 0, 0 }).Within(1e-6f));
            model.Score([new(UserContext.OfHistory("a", "b"), [])], scores);
            Assert.That(scores, Is.EqualTo(new[] { 0.75f * 0.8f, 0.75f * 0.2f + 0.25f * 0.5f / 1.5f, 0.25f / 1.5f, 0 }).Within(1e-6f));
            model.Score([new(new(), [])], scores);
            Assert.That(scores, Is.EqualTo(new[] { 2.5f / 4 * 0.8f, 1 / 4f, 1 / 4f, 0 }).Within(1e-6f), "without a history as in all events");
        }
    }

    [Test]
    public void Window_CountsTheNewestEventsOnly()
    {
        var model = new PopularInCategoryModel(s_catalog, Log(), TimeSpan.FromDays(2));
        float[] scores = new float[4];
        model.Score([new(new(), [])], scores);
        Assert.That(scores, Is.EqualTo(new float[] { 0, 0, 1, 0 }));
    }
}
