#pragma warning disable NUnit1027 // FsCheck supplies the arguments of its properties
namespace LlmRec.Tests;

[TestFixture]
public sealed class ListRuleTests
{
    [FsCheck.NUnit.Property(MaxTest = 120)]
    public void Rules_AreKeptWheneverSomeListKeepsThem(int seed)
    {
        var random = new Random(seed);
        int n = random.Next(1, 8), k = random.Next(1, 5);
        RankedCandidates c = RandomCandidates.Make(seed, n, 3);
        ListRule[] rules = Draw(random);
        DiversityStrategy strategy = RandomCandidates.Strategies[random.Next(RandomCandidates.Strategies.Length)];
        var notes = new DiversityNotes();
        Pick[] picks = Diversifier.Create(strategy, new() { Rules = rules }).Diversify(c, random.NextDouble(), k, notes);
        int[] list = [.. picks.Select(p => p.Index)];
        ListRule[] hard = [.. rules.Where(r => r.Kind != RuleKind.AtLeast)];

        string what = $"seed {seed} {strategy} [{string.Join(", ", list)}] under {string.Join("; ", rules.Select(r => r.ToString()))}";
        Assert.That(hard.All(r => Kept(r, c, list)), Is.True, $"a cap is broken: {what}");
        int longest = Enumerable.Range(0, Math.Min(n, k) + 1).Last(length => Lists(n, length).Any(l => hard.All(r => Kept(r, c, l))));
        Assert.That(list, Has.Length.EqualTo(longest), $"a longer list keeps the caps: {what}");
        bool feasible = longest == Math.Min(n, k) && Lists(n, longest).Any(l => rules.All(r => Kept(r, c, l)));
        if (feasible)
        {
            Assert.That(rules.All(r => Kept(r, c, list)), Is.True, $"some list keeps every rule: {what}");
            Assert.That(notes.Unmet, Is.Empty, what);
        }
        foreach (ListRule broken in rules.Where(r => !Kept(r, c, list)))
            Assert.That(notes.Unmet, Has.Some.StartsWith(broken.ToString()), $"nobody says so: {what}");
        if (longest < Math.Min(n, k))
            Assert.That(notes.Unmet, Has.Some.Contains($"{longest} of {Math.Min(n, k)}"), what);
    }

    [Test]
    public void Rules_ActInsideEveryStrategy([Values] DiversityStrategy strategy)
    {
        RankedCandidates c = RandomCandidates.Make(11, 200, 16);
        ListRule[] rules =
        [
            ListRule.AtMost(Facet.Category, 2), ListRule.AtMost(Facet.Attribute("brand"), 4), ListRule.Apart(Facet.Attribute("brand"), 2),
            ListRule.AtLeast(Facet.Bands("price", 20, 60), "below 20", 3),
        ];
        var notes = new DiversityNotes();
        int[] list = [.. Diversifier.Create(strategy, new() { Rules = rules }).Diversify(c, 0.5, 10, notes).Select(p => p.Index)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(list, Has.Length.EqualTo(10));
            Assert.That(rules, Has.All.Matches<ListRule>(r => Kept(r!, c, list)));
            Assert.That(notes.Unmet, Is.Empty);
        }
    }

    [Test]
    public void ContradictoryRules_AreNamed()
    {
        RankedCandidates c = RandomCandidates.Make(3, 30, 4);
        var notes = new DiversityNotes();
        Pick[] picks = Diversifier.Create(DiversityStrategy.Mmr, new()
        {
            Rules = [ListRule.AtMost(Facet.Category, "a", 1), ListRule.AtLeast(Facet.Category, "a", 3), ListRule.AtLeast(Facet.Category, "nowhere", 1)],
        }).Diversify(c, 0.5, 10, notes);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(picks, Has.Length.EqualTo(10));
            Assert.That(notes.Unmet, Has.Count.EqualTo(2));
            Assert.That(notes.Unmet[0], Does.StartWith("at least 3 of category 'a'").And.Contains("leave no room"));
            Assert.That(notes.Unmet[1], Does.StartWith("at least 1 of category 'nowhere'").And.Contains("only 0 such"));
        }
    }

    [Test]
    public void Apart_SeesTheItemsShownBefore()
    {
        Item a = new() { Id = "1", Categories = ["a"] }, b = new() { Id = "2", Categories = ["b"] };
        var c = new RankedCandidates { Scores = new float[] { 2, 1 }, Items = [a, b], ShownItems = [new() { Id = "0", Categories = ["a"] }] };
        Pick[] picks = Diversifier.Create(DiversityStrategy.Relevance, new() { Rules = [ListRule.Apart(Facet.Category, 2)] }).Diversify(c, 0, 2);
        Assert.That(picks.Select(p => p.Index), Is.EqualTo(new[] { 1, 0 }));
    }

    [Test]
    public void Rules_WithoutItemsAreRefused()
    {
        var c = new RankedCandidates { Scores = new float[] { 1 } };
        Assert.That(() => Diversifier.Create(DiversityStrategy.Mmr, new() { Rules = [ListRule.AtMost(Facet.Category, 1)] }).Diversify(c, 0.5, 1),
            Throws.ArgumentException.With.Message.Contains("set Items"));
    }

    [Test]
    public void Bands_NameTheirBounds()
    {
        Facet band = Facet.Bands("price", 10, 50);
        string Of(string price) => string.Join('|', band.ValuesOf(new Item { Id = "x", Attributes = new Dictionary<string, string> { ["price"] = price } }));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Of("9.99"), Is.EqualTo("below 10"));
            Assert.That(Of("10"), Is.EqualTo("10 to 50"));
            Assert.That(Of("50"), Is.EqualTo("50 and more"));
            Assert.That(Of("cheap"), Is.Empty);
            Assert.That(() => Facet.Bands("price", 5, 5), Throws.ArgumentException);
        }
    }

    private static ListRule[] Draw(Random random)
    {
        string Category() => "abc"[random.Next(3)].ToString();
        return [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(6) switch
        {
            0 => ListRule.AtMost(Facet.Category, random.Next(0, 3)),
            1 => ListRule.AtMost(Facet.Attribute("brand"), random.Next(1, 3)),
            2 => ListRule.AtMost(Facet.Category, Category(), random.Next(0, 2)),
            3 => ListRule.Apart(Facet.Attribute("brand"), random.Next(2, 4)),
            4 => ListRule.AtLeast(Facet.Category, Category(), random.Next(1, 3)),
            _ => ListRule.AtLeast(Facet.Attribute("brand"), "xyz"[random.Next(3)].ToString(), random.Next(1, 3)),
        })];
    }

    private static bool Kept(ListRule rule, RankedCandidates c, int[] list)
    {
        string[][] values = [.. list.Select(i => rule.Facet.ValuesOf(c.Items[i]).Where(v => rule.Value is null || v == rule.Value).Distinct().ToArray())];
        return rule.Kind switch
        {
            RuleKind.AtMost => values.SelectMany(v => v).GroupBy(v => v).All(g => g.Count() <= rule.Count),
            RuleKind.AtLeast => values.SelectMany(v => v).Count() >= rule.Count,
            _ => Enumerable.Range(0, list.Length).All(i => Enumerable.Range(Math.Max(0, i - rule.Count + 1), Math.Min(i, rule.Count - 1)).All(j => !values[i].Intersect(values[j]).Any())),
        };
    }

    private static IEnumerable<int[]> Lists(int n, int length)
    {
        if (length == 0)
        {
            yield return [];
            yield break;
        }
        foreach (int[] shorter in Lists(n, length - 1))
            for (int i = 0; i < n; i++)
                if (!shorter.Contains(i))
                    yield return [.. shorter, i];
    }
}
