namespace LlmRec.Tests;

[TestFixture]
public sealed class UserContextTests
{
    [Test]
    public void Context_HoldsWhatItWasMadeOf()
    {
        UserContext known = UserContext.Of("u42") with { Text = "slow films" }, words = UserContext.OfText("space"), history = UserContext.OfHistory("a", "b");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((known.Id, known.Text, known.History.Count, known.Attributes.Count, known.Time), Is.EqualTo(("u42", "slow films", 0, 0, (DateTimeOffset?)null)));
            Assert.That((words.Id, words.Text), Is.EqualTo(((string?)null, "space")));
            Assert.That(history.History.Select(e => e.Item), Is.EqualTo(new[] { "a", "b" }));
            Assert.That(history.Id, Is.Null);
        }
    }

    [Test]
    public void Context_RefusesNull()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => UserContext.Of(null!), Throws.ArgumentNullException);
            Assert.That(() => UserContext.OfText(null!), Throws.ArgumentNullException);
            Assert.That(() => UserContext.OfHistory(null!), Throws.ArgumentNullException);
        }
    }
}
