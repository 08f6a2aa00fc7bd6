using System.Globalization;
using System.Text.Json;

namespace LlmRec.Tests;

[TestFixture]
public sealed class GoldenCategoryTests
{
    [TestCase("xquad.json", DiversityStrategy.XQuad)]
    [TestCase("calibration.json", DiversityStrategy.Calibrated)]
    public void Strategy_EqualsTheReferenceInDoublePrecision(string file, DiversityStrategy strategy)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(SharedData.PathOrSkip("golden/diversity/" + file)));
        int steps = 0;
        foreach (JsonElement c in json.RootElement.EnumerateArray())
        {
            double[] scores = Doubles(c, "scores"), mix = Doubles(c, "user_categories"), values = Doubles(c, "values");
            double[] margins = [.. c.GetProperty("margins").EnumerateArray().Select(m => m.ValueKind == JsonValueKind.Null ? 1 : m.GetDouble())];
            int[] picks = [.. c.GetProperty("picks").EnumerateArray().Select(p => p.GetInt32())];
            var candidates = Candidates(c, scores, mix);
            string where = $"{file} case {c.GetProperty("case")}";
            (int Index, double Value)[] ours = PickInDoubles(candidates, scores, mix, strategy, 1 - c.GetProperty("lambda").GetDouble(), picks.Length);
            Assert.That(ours, Has.Length.EqualTo(picks.Length), where);
            for (int i = 0; i < picks.Length; i++)
            {
                if (ours[i].Index != picks[i])
                {
                    Assert.That(margins[i], Is.LessThanOrEqualTo(1e-12), $"{where} step {i}: {ours[i]}, reference {picks[i]} ({values[i]})");
                    break;
                }
                Assert.That(ours[i].Value, Is.EqualTo(values[i]).Within(1e-12), $"{where} step {i}");
                steps++;
            }
        }
        Assert.That(steps, Is.GreaterThan(300));
    }

    [TestCase("xquad.json", DiversityStrategy.XQuad)]
    [TestCase("calibration.json", DiversityStrategy.Calibrated)]
    public void Diversify_EqualsTheReferenceAsFarAsFloatScoresAllow(string file, DiversityStrategy strategy)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(SharedData.PathOrSkip("golden/diversity/" + file)));
        foreach (JsonElement c in json.RootElement.EnumerateArray())
        {
            double[] scores = Doubles(c, "scores"), mix = Doubles(c, "user_categories"), values = Doubles(c, "values");
            double[] margins = [.. c.GetProperty("margins").EnumerateArray().Select(m => m.ValueKind == JsonValueKind.Null ? 1 : m.GetDouble())];
            int[] picks = [.. c.GetProperty("picks").EnumerateArray().Select(p => p.GetInt32())];
            double lambda = c.GetProperty("lambda").GetDouble();
            var ours = new Pick[c.GetProperty("k").GetInt32()];
            int count = Diversifier.Create(strategy, DiversityOptions.Literal(strategy)).Diversify(Candidates(c, scores, mix), lambda, ours);
            Assert.That(count, Is.EqualTo(picks.Length));
            for (int i = 0; i < picks.Length && margins[i] > 1e-6; i++)
            {
                Assert.That(ours[i].Index, Is.EqualTo(picks[i]), $"{file} case {c.GetProperty("case")} step {i}");
                if (lambda > 0) // at diversity 0 the value is the score itself
                    Assert.That(ours[i].Value, Is.EqualTo(values[i]).Within(2e-6 * Math.Max(1, Math.Abs(values[i]))));
            }
        }
    }

    private static (int, double)[] PickInDoubles(RankedCandidates candidates, double[] scores, double[] mix, DiversityStrategy kind, double weight, int k)
    {
        var run = new DiversityRun();
        unsafe
        {
            run.Enter(candidates, DiversityOptions.Literal(kind), RelevanceScale.Raw, false, 1 - weight, k, null, null);
        }
        scores.CopyTo(run.Relevance);
        run.ReadCategories();
        run.Categories.SetMix(name => mix[int.Parse(name, CultureInfo.InvariantCulture)]);
        GreedyStrategy strategy = run.Strategy(kind);
        strategy.Begin(run);
        var picks = new (int, double)[k];
        for (int i = 0; i < k; i++)
        {
            int index = strategy.Next(run, out double value);
            picks[i] = (index, value);
            run.State[index] |= DiversityRun.Picked;
            strategy.Add(run, index);
        }
        return picks;
    }

    private static RankedCandidates Candidates(JsonElement c, double[] scores, double[] mix) => new()
    {
        Scores = scores.Select(s => (float)s).ToArray(),
        Items = [.. c.GetProperty("categories").EnumerateArray().Select((own, i) => new Item
        {
            Id = $"{i}",
            Categories = [.. own.EnumerateArray().Select(x => x.ToString())],
        })],
        Taste = mix.Select((m, i) => (Key: $"{i}", Value: (float)m)).ToDictionary(x => x.Key, x => x.Value),
    };

    private static double[] Doubles(JsonElement c, string name) => [.. c.GetProperty(name).EnumerateArray().Select(x => x.GetDouble())];
}
