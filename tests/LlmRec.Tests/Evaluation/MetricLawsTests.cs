using FsCheck;
using FsCheck.Fluent;

namespace LlmRec.Tests.Evaluation;

[TestFixture]
public sealed class MetricLawsTests
{
    private static readonly Config Quick = Config.QuickThrowOnFailure.WithMaxTest(300);

    /// <summary>A list of gains of 0 to 3 with at least as many relevant items as hits, and a cut-off.</summary>
    private static readonly Arbitrary<(double[] Gains, double[] Relevant, int K)> Lists = Arb.From(
        from gains in Gen.ArrayOf(Gen.Elements(0.0, 0, 0, 1, 2, 3))
        from missed in Gen.ArrayOf(Gen.Elements(1.0, 2, 3))
        from k in Gen.Choose(1, 30)
        select (gains, gains.Where(g => g > 0).Concat(missed).ToArray(), k));

    [Test]
    public void Accuracy_LiesBetweenZeroAndOneAndIsUndefinedOnlyWithoutRelevantItems() =>
        Check.One(Quick, Prop.ForAll(Lists, x =>
        {
            int r = x.Relevant.Length;
            double?[] values =
            [
                RankingMetrics.HitRate(x.Gains, r, x.K), RankingMetrics.Precision(x.Gains, r, x.K), RankingMetrics.Recall(x.Gains, r, x.K), RankingMetrics.RecallOfAchievable(x.Gains, r, x.K),
                RankingMetrics.F1(x.Gains, r, x.K), RankingMetrics.ReciprocalRank(x.Gains, r, x.K), RankingMetrics.AveragePrecision(x.Gains, r, x.K), RankingMetrics.Ndcg(x.Gains, x.Relevant, x.K),
                RankingMetrics.Ndcg(x.Gains, x.Relevant, x.K, GainKind.Linear), RankingMetrics.Ndcg(x.Gains, x.Relevant, x.K, GainKind.Exponential, DiscountKind.Log2Clipped),
                RankingMetrics.ExpectedReciprocalRank(x.Gains, r, x.K, 3), RankingMetrics.RankBiasedPrecision(x.Gains, r, x.K), RankingMetrics.PartialAuc(x.Gains, r, x.K), RankingMetrics.PartialAucOfAchievable(x.Gains, r, x.K),
            ];
            return values.All(v => r == 0 ? v is null : v is >= 0 and <= 1 + 1e-12);
        }));

    [Test]
    public void Ndcg_IsOneForTheBestListAndNoOtherOrderBeatsIt() =>
        Check.One(Quick, Prop.ForAll(Lists, x =>
        {
            if (x.Relevant.Length == 0) return true;
            double[] best = [.. x.Relevant.OrderDescending()];
            double? top = RankingMetrics.Ndcg(best, x.Relevant, x.K, GainKind.Exponential);
            return Math.Abs(top!.Value - 1) < 1e-12 && RankingMetrics.Ndcg(x.Gains, x.Relevant, x.K, GainKind.Exponential) <= top + 1e-12;
        }));

    [Test]
    public void Best_IsTheStableSortOfTheScores() =>
        Check.One(Quick, Prop.ForAll(Arb.From(Gen.ArrayOf(Gen.Elements(0f, 1f, 2f, 3f, -1f, float.NegativeInfinity, float.PositiveInfinity))), Arb.From(Gen.Choose(0, 12)), (scores, k) =>
        {
            int[] best = new int[k];
            int n = TopNSelection.Best(scores, best);
            int[] slow = [.. Enumerable.Range(0, scores.Length).Where(i => !float.IsNegativeInfinity(scores[i])).OrderByDescending(i => scores[i]).Take(k)];
            return best.AsSpan(0, n).SequenceEqual(slow);
        }));

    [Test]
    public void Auc_IsTheShareOfPairsCountedOneByOne() =>
        Check.One(Quick, Prop.ForAll(Arb.From(Gen.ArrayOf(from y in Gen.Elements(true, false) from s in Gen.Choose(0, 6) select (y, (double)s))), rows =>
        {
            bool[] labels = [.. rows.Select(r => r.Item1)];
            double[] scores = [.. rows.Select(r => r.Item2)];
            double? slow = (from p in rows where p.Item1 from n in rows where !n.Item1 select (double?)(p.Item2 > n.Item2 ? 1 : p.Item2 == n.Item2 ? 0.5 : 0)).Average();
            return slow is null ? ClassificationMetrics.Auc(labels, scores) is null : Math.Abs(ClassificationMetrics.Auc(labels, scores)!.Value - slow.Value) < 1e-12;
        }));

    [Test]
    public void Gini_IsZeroForEvenExposureAndDoesNotDependOnTheOrder() =>
        Check.One(Quick, Prop.ForAll(Arb.From(Gen.NonEmptyListOf(Gen.Choose(0, 9))), counts =>
        {
            int[] x = [.. counts];
            double? gini = ListMetrics.Gini(x);
            double? pairs = x.Sum() == 0 ? null : (from a in x from b in x select Math.Abs(a - b)).Sum() / (2.0 * x.Length * x.Sum());   // the mean-difference form
            return gini is null ? pairs is null : Math.Abs(gini.Value - pairs!.Value) < 1e-12 && Math.Abs(ListMetrics.Gini([.. x.Reverse()])!.Value - gini.Value) < 1e-12;
        }));

    [Test]
    public void RankComparison_OfAListWithItselfIsOne() =>
        Check.One(Quick, Prop.ForAll(Arb.From(Gen.Choose(3, 40)), n =>
        {
            int[] list = [.. Enumerable.Range(0, n).OrderBy(i => i * 7919 % 41)];
            int[] reversed = [.. list.Reverse()];
            return Math.Abs(RankComparison.RankBiasedOverlap(list, list)!.Value - 1) < 1e-12 && RankComparison.KendallTau(list, list) == 1 && RankComparison.KendallTau(list, reversed) == -1
                && Math.Abs(RankComparison.Spearman(list, reversed)!.Value + 1) < 1e-12 && RankComparison.RankBiasedOverlapTruncated(list, list, 3) == 1;
        }));
}
