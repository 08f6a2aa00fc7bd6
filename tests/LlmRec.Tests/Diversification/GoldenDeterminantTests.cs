using System.Text.Json;

namespace LlmRec.Tests;

[TestFixture]
public sealed class GoldenDeterminantTests
{
    [Test]
    public void Dpp_IsTheGreedyDeterminantByDefinition()
    {
        GoldenDiversity golden = GoldenDiversity.Instance.Value;
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Path.Combine(golden.Folder, "determinant.json")).Replace("Infinity", "null", StringComparison.Ordinal)); // a margin without a rival
        Diversifier dpp = Diversifier.Create(DiversityStrategy.Dpp, DiversityOptions.Literal(DiversityStrategy.Dpp));
        int compared = 0;
        foreach (JsonElement c in json.RootElement.GetProperty("cases").EnumerateArray())
        {
            int number = c.GetProperty("case").GetInt32();
            var candidates = new RankedCandidates
            {
                Scores = golden.Floats($"dpp{number}.scores"),
                Vectors = golden.Floats($"dpp{number}.vectors"),
                Dimensions = golden.Dimensions($"dpp{number}.vectors"),
            };
            var picks = new Pick[c.GetProperty("k").GetInt32()];
            int count = dpp.Diversify(candidates, c.GetProperty("diversity").GetDouble(), picks);
            int[] expected = [.. c.GetProperty("picks").EnumerateArray().Select(x => x.GetInt32())];
            double[] logDeterminants = [.. c.GetProperty("logdet_after_each_pick").EnumerateArray().Select(x => x.GetDouble())];
            double sum = 0;
            Assert.That(count, Is.EqualTo(expected.Length));
            for (int i = 0; i < count; i++)
            {
                // The product of the residuals is the determinant of the picks' kernel; the reference has 1.2e-7 more on its diagonal, which shows in a small residual.
                sum += Math.Log(picks[i].Value);
                using (Assert.EnterMultipleScope())
                {
                    Assert.That(picks[i].Index, Is.EqualTo(expected[i]), $"case {number} step {i}");
                    Assert.That(sum, Is.EqualTo(logDeterminants[i]).Within(1e-4), $"case {number} step {i}");
                }
                compared++;
            }
        }
        Assert.That(compared, Is.GreaterThan(90));
    }
}
