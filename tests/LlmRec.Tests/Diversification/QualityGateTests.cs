namespace LlmRec.Tests;

[TestFixture]
public sealed class QualityGateTests
{
    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Item Good = new()
    {
        Id = "good",
        Title = "Walking boots",
        Text = "Waterproof boots for long walks in the hills, with a soft sole that grips on wet rock and a lining of wool.",
        Categories = ["shoes"],
        Time = Now.AddDays(-10),
    };

    [Test]
    public void AnOrdinaryItem_Passes()
    {
        ItemQuality q = Gate().Assess([Good])[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(q.Reasons, Is.Empty);
            Assert.That(q.Accepted, Is.True);
            Assert.That(q.Completeness, Is.EqualTo(1));
            Assert.That(q.Language, Is.EqualTo("en"));
            Assert.That(q.Score, Is.GreaterThan(0.7));
        }
    }

    [Test]
    public void AnEmptyShell_SaysWhatItLacks() =>
        Assert.That(Gate().Assess([new() { Id = "x" }])[0].Reasons, Has.One.Contains("lacks a title, text, categories"));

    [Test]
    public void Spam_IsNamedByItsSigns()
    {
        var q = Gate().Assess([new() { Id = "x", Title = "BUY CHEAP BUY CHEAP BUY CHEAP BUY NOW BUY!!!!!", Text = "http://a.example http://b.example", Categories = ["c"] }])[0];
        Assert.That(q.Reasons, Has.One.Contains("looks like spam").And.One.Contains("2 links").And.One.Contains("over and over"));
    }

    [Test]
    public void Doubles_LoseToTheMoreComplete()
    {
        Item bare = Good with { Id = "bare", Categories = [], Text = Good.Text + " Made to last." }, same = Good with { Id = "same" };
        float[] vectors = [1, 0, 0.999f, 0.01f, 1, 0];
        IReadOnlyList<ItemQuality> q = Gate().Assess([bare, Good, same], vectors, 2);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(q[0].Reasons, Has.One.Contains("near-double of 'good'"));
            Assert.That(q[1].Accepted, Is.True);
            Assert.That(q[2].Reasons, Has.One.Contains("same words as 'good'"));
        }
    }

    [Test]
    public void Language_IsToldByScriptAndSmallWords()
    {
        string Of(string text) => LanguageGuess.Of(text) ?? "?";
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Of("Der Hund und die Katze sind nicht im Haus"), Is.EqualTo("de"));
            Assert.That(Of("Le chat est dans la maison avec une souris"), Is.EqualTo("fr"));
            Assert.That(Of("El perro y el gato en la casa de los niños"), Is.EqualTo("es"));
            Assert.That(Of("Война и мир"), Is.EqualTo("ru"));
            Assert.That(Of("ノルウェイの森"), Is.EqualTo("ja"));
            Assert.That(Of("红楼梦全集版本"), Is.EqualTo("zh"));
            Assert.That(Of("XJ-2000"), Is.EqualTo("?"));
        }
    }

    [Test]
    public void ForeignLanguagesAndOldItems_AreRejectedOnRequest()
    {
        var gate = new QualityGate(new() { Languages = ["de"], OldestAge = TimeSpan.FromDays(5) }, new Clock(Now));
        Assert.That(gate.Assess([Good])[0].Reasons, Is.EqualTo(new[] { "its language is en, wanted de", "it is 10 days old, at most 5 wanted" }));
    }

    [Test]
    public void Feedback_RejectsOnlyWithCertainty()
    {
        var log = new InteractionLog();
        for (int i = 0; i < 30; i++)
            log.Add(new Interaction($"u{i}", "bad", InteractionKind.Dislike));
        log.Add(new Interaction("u", "unlucky", InteractionKind.Dislike));
        IReadOnlyList<ItemQuality> q = Gate().Assess([Good with { Id = "bad", Text = Good.Text + " one" }, Good with { Id = "unlucky", Text = Good.Text + " two" }], log: log);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(q[0].Reasons, Is.EqualTo(new[] { "30 of 30 users' events are against it" }));
            Assert.That(q[1].Reasons, Is.Empty);
            Assert.That(q[0].Score, Is.LessThan(q[1].Score));
        }
    }

    [Test]
    public void FaultyInput_IsRefused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Gate().Assess([Good], new float[3], 2), Throws.ArgumentException);
            Assert.That(() => Gate().Assess([Good], new[] { float.NaN }, 1), Throws.ArgumentException.With.Message.Contains("good"));
            Assert.That(() => new QualityGate(new() { NearDuplicate = 2 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(Gate().Assess([]), Is.Empty);
        }
    }

    private static QualityGate Gate() => new(clock: new Clock(Now));
}
