using System.Text.Json;
using System.Xml.Linq;

namespace LlmRec.Tests.Evaluation;

[TestFixture]
public sealed class ReportTests
{
    private sealed class Backwards(string name, IReadOnlyList<string> items) : IScoringModel
    {
        public string Name => name;

        public IReadOnlyList<string> Items => items;

        public void Score(IReadOnlyList<TopNRequest> requests, Span<float> scores)
        {
            for (int i = 0; i < scores.Length; i++) scores[i] = i % items.Count;
        }
    }

    private static EvaluationReport Report(string modelName = "backwards", EvaluationOptions? options = null)
    {
        var random = new Random(2);
        InteractionLog log = EvaluatorTests.Log([.. Enumerable.Range(0, 80).Select(_ => string.Concat(Enumerable.Range(0, random.Next(4, 12)).Select(_ => (char)('a' + (int)(20 * random.NextDouble() * random.NextDouble())))))]);
        DataSplit split = DataSplit.LeaveLastOut(log, EvaluatorTests.Letters("abcdefghijklmnopqrst"));
        return Evaluator.Evaluate(split, [new Backwards(modelName, split.Items)], options ?? new() { Metrics = Metric.All(5) });
    }

    /// <summary>The page as XML: well-formed but for the doctype and the two kinds of void elements.</summary>
    private static XDocument Parse(string html) =>
        XDocument.Parse(html.Replace("<!doctype html>", "", StringComparison.Ordinal).Replace("<meta charset=\"utf-8\">", "", StringComparison.Ordinal)
            .Replace("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">", "", StringComparison.Ordinal));

    [Test]
    public void ToHtml_IsOneWellFormedPageThatLoadsNothing()
    {
        string html = Report().ToHtml("A title", [new("Loss", "epoch", "loss", [new("train", [(0, 3), (1, double.NaN), (2, 1)])])]);
        XDocument page = Parse(html);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(page.Descendants("figure").Count(), Is.GreaterThanOrEqualTo(8));
            Assert.That(page.Descendants("figure").Select(f => f.Element("h3")!.Value), Is.SupersetOf(["NDCG@5", "Accuracy against variety", "Accuracy against coverage", "NDCG by length of the list", "Popularity lift", "Concentration of exposure", "NDCG@5 by history length", "NDCG@5 by popularity of the targets", "Loss"]));
            Assert.That(page.Descendants().SelectMany(e => e.Attributes()).Where(a => a.Name.LocalName is "src" or "href"), Is.Empty);
            Assert.That(page.Descendants("svg").SelectMany(s => s.DescendantsAndSelf()).SelectMany(e => e.Attributes()).Where(a => a.Value.Contains("NaN", StringComparison.Ordinal) || a.Value.Contains('∞')), Is.Empty);
            Assert.That(page.Descendants("tbody").First().Elements("tr").Count(), Is.EqualTo(3));
        }
    }

    [Test]
    public void ToHtml_EscapesEveryName()
    {
        string html = Report("<script>alert(1)</script>&\"'").ToHtml("<b>title</b>", [new("<i>", "<x>", "<y>", [new("<line>", [(0, 1)])])]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(html, Does.Not.Contain("<script"));
            Assert.That(html, Does.Not.Contain("<b>title").And.Not.Contain("<line>").And.Not.Contain("<x>"));
            Assert.That(Parse(html).Descendants("td").Select(t => t.Value), Has.Some.EqualTo("<script>alert(1)</script>&\"'"));
        }
    }

    [Test]
    public void ToHtml_OfOneUserAndUndefinedMetricsIsStillAPage()
    {
        DataSplit split = DataSplit.LeaveLastOut(EvaluatorTests.Log("abcd"));
        Assert.That(Parse(Evaluator.Evaluate(split, [], new() { Metrics = Metric.All(3), BootstrapSamples = 0 }).ToHtml()).Descendants("figure"), Is.Not.Empty);
    }

    [Test]
    public async Task WriteHtmlAsync_LeavesOneWholeFile()
    {
        string folder = Path.Combine(TestContext.CurrentContext.WorkDirectory, "report-" + Guid.NewGuid().ToString("N"));
        string path = Path.Combine(folder, "deep", "report.html");
        EvaluationReport report = Report();
        try
        {
            await report.WriteHtmlAsync(path);
            await report.WriteHtmlAsync(path, "again");
            using (Assert.EnterMultipleScope())
            {
                Assert.That(await File.ReadAllTextAsync(path), Is.EqualTo(report.ToHtml("again")));
                Assert.That(Directory.GetFiles(Path.GetDirectoryName(path)!), Has.Length.EqualTo(1));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void ToJson_HasEveryFigureWithAllItsDigits()
    {
        EvaluationReport report = Report();
        JsonElement json = JsonDocument.Parse(report.ToJson()).RootElement;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(json.GetProperty("users").GetInt32(), Is.EqualTo(report.Users));
            foreach (JsonElement model in json.GetProperty("models").EnumerateArray())
                foreach (JsonProperty metric in model.GetProperty("metrics").EnumerateObject())
                {
                    double? expected = report[model.GetProperty("name").GetString()!, metric.Name].Value;
                    JsonElement value = metric.Value.GetProperty("value");
                    Assert.That(value.ValueKind == JsonValueKind.Null ? default(double?) : value.GetDouble(), Is.EqualTo(expected), metric.Name);
                }
        }
    }

    [Test]
    public void ToMarkdown_HasATableOfAllModels()
    {
        string text = Report("a|b").ToMarkdown();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(text, Does.Contain("| Model | NDCG@5 | 95 % interval |"));
            Assert.That(text, Does.Contain("| a\\|b |"));
            Assert.That(text, Does.Contain("| p (t test) |"));
        }
    }

    [Test]
    public void Compare_IsThePairedDifferenceOfTheUsers()
    {
        EvaluationReport report = Report();
        ModelComparison c = report.Compare("Popular", "backwards"), back = report.Compare("backwards", "Popular");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(c.Difference, Is.EqualTo(report["Popular", "NDCG@5"].Value - report["backwards", "NDCG@5"].Value).Within(1e-12));
            Assert.That(c.Difference, Is.InRange(c.Low!.Value, c.High!.Value));
            Assert.That(back.Difference, Is.EqualTo(-c.Difference));
            Assert.That(back.StudentP, Is.EqualTo(c.StudentP).Within(1e-12));
            Assert.That(report.Compare("Popular", "Popular") is { Difference: 0, StudentP: 1, WilcoxonP: 1 });
            Assert.That(() => report.Compare("Popular", "backwards", "Gini@5"), Throws.ArgumentException);
            Assert.That(() => report.Compare("Popular", "nobody"), Throws.InstanceOf<KeyNotFoundException>().With.Message.Contains("'backwards'"));
        }
    }

    [Test]
    public void Segments_PartAllUsersAndAverageToTheWhole()
    {
        EvaluationReport report = Report(options: new() { UserGroup = u => u.EndsWith('1') ? "ones" : "others", ItemGroup = i => i[0] < 'd' ? "head" : "tail", Metrics = [Metric.Ndcg(5), Metric.UserGroupGap(Metric.Ndcg(5)), Metric.GroupExposureKl(5), Metric.GroupExposureHellinger(5)] });
        using (Assert.EnterMultipleScope())
        {
            foreach (var kind in report.Segments().GroupBy(s => s.Kind))
            {
                Assert.That(kind.Sum(s => s.Users), Is.EqualTo(report.Users), kind.Key);
                for (int m = 0; m < report.Models.Count; m++)
                    Assert.That(kind.Sum(s => s.Users * s.Values[m]!.Value) / report.Users, Is.EqualTo(report.Models[m].Values[0].Value).Within(1e-12));
            }
            Assert.That(Parse(report.ToHtml()).Descendants("h2").Select(h => h.Value), Is.SupersetOf(["User groups", "Item groups"]));
            UserSegment[] groups = [.. report.Segments().Where(s => s.Kind == "user group")];
            Assert.That(groups.Select(g => g.Name), Is.EqualTo(["ones", "others"]));
            for (int m = 0; m < report.Models.Count; m++)
                Assert.That(report.Models[m].Values[1].Value, Is.EqualTo(Math.Abs(groups[0].Values[m]!.Value - groups[1].Values[m]!.Value)).Within(1e-12));
            Assert.That(report["backwards", "GroupKL@5"].Value, Is.Null, "it shows nothing of the head, of which something was wanted");
            Assert.That(report["backwards", "GroupHellinger@5"].Value, Is.GreaterThan(report["Random", "GroupHellinger@5"].Value!.Value));
        }
    }

    [Test]
    public void Evaluate_KeepsPopularOverallBesideAWindowedOne()
    {
        DataSplit split = DataSplit.LeaveLastOut(EvaluatorTests.Log("abcd", "bcda"));
        EvaluationReport report = Evaluator.Evaluate(split, [new PopularModel(split.Train, split.Items, TimeSpan.FromMinutes(1))]);
        Assert.That(report.Models.Select(m => m.Name), Is.EquivalentTo(["Popular 0 d", "Popular", "Random"]));
    }

    [Test]
    public void Evaluate_AGlobalTimeSplitHasRecentPopularityToo()
    {
        DataSplit split = DataSplit.GlobalTime(EvaluatorTests.Log("abcd", "bcda"), testShare: 0.25);
        Assert.That(Evaluator.Evaluate(split, []).Models.Select(m => m.Name), Is.EquivalentTo(["Popular 7 d", "Popular", "Random"]));
    }

    [Test]
    public void ReportTable_AlignsWideLetters()
    {
        string[] lines = new ReportTable("名", "x").Add("ab", "1").Add("電影院", "22").ToString().Split('\n');
        Assert.That(lines, Is.EqualTo(["名       x", "------  --", "ab       1", "電影院  22", ""]));
    }
}
