namespace LlmRec.Kernels.Tests;

[TestFixture, Category(NarrowWidthsTests.Category)]
public sealed unsafe class FormatScorerTests
{
    private static readonly int[] s_dimensions = [.. Enumerable.Range(1, 130), 192, 255, 256, 383, 384, 512, 700, 768, 1024, 1100];

    [Test]
    public void IntegerScorers_GiveTheScalarTwinsInteger_ForEveryDimension()
    {
        // Every code at its limit, where a sum in 16 bits would saturate first, and random ones.
        using (Assert.EnterMultipleScope())
        {
            foreach (int d in s_dimensions)
                for (int kind = 0; kind < 3; kind++)
                {
                    float[] row = kind == 0 ? TestVectors.Uniform(d, d) : [.. Enumerable.Repeat(kind == 1 ? 1f : -1f, d)];
                    float[] query = kind == 0 ? TestVectors.Uniform(d, d + 1) : [.. Enumerable.Repeat(1f, d)];
                    using var prepared = new PreparedQuery(query, d, toUnitLength: false);

                    var eight = new RowStore(RowFormat.Int8, d, 1);
                    eight.Write(0, row);
                    Int8Scorer int8 = prepared.Int8().Over(eight);
                    Assert.That(int8.Score(0), Is.EqualTo(int8.ScoreScalar(0)), $"int8, d {d}, kind {kind}");

                    var four = new RowStore(RowFormat.Int4, d, 1);
                    four.Write(0, row);
                    Int4Scorer int4 = prepared.Int4().Over(four);
                    Assert.That(int4.Score(0), Is.EqualTo(int4.ScoreScalar(0)), $"int4, d {d}, kind {kind}");
                    GC.KeepAlive(eight);
                    GC.KeepAlive(four);
                }
        }
    }

    [Test]
    public void EveryFormat_ScoresTheInnerProductOfWhatItStores([Values] RowFormat format)
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (int d in s_dimensions)
            {
                float[] query = TestVectors.Uniform(d, 2 * d);
                var compact = CompactRows.From(RowMatrix.From(TestVectors.Uniform(3 * d, d), d), format);
                var hits = new Hit[3];
                ExactSearch.Search(query, compact, hits);
                var values = new float[d];
                foreach (Hit hit in hits)
                {
                    compact.Get(hit.Index, values);
                    double expected, tolerance = 2e-7 * d;
                    if (format == RowFormat.Sign)
                        expected = Enumerable.Range(0, d).Sum(j => values[j] > 0 == query[j] > 0 ? 1.0 : -1) / d;
                    else
                        expected = TestVectors.Dot(values, query);
                    // The query's own rounding: half a step of 1/119 or 1/127 of its largest value, times Σ|x|.
                    if (format is RowFormat.Int8 or RowFormat.Int4)
                        tolerance += 0.501 / 119 * query.Max(Math.Abs) * values.Sum(Math.Abs);
                    Assert.That(hit.Score, Is.EqualTo(expected).Within(tolerance), $"d {d}, row {hit.Index}");
                }
            }
        }
    }

    [Test]
    public void Halves_AgreeWithTheScalarTwin_AlsoForSubnormalsAndLargeValues([Values(1e-7f, 1e-5f, 1f, 6e4f)] float scale, [Values(1e-30f, 1f, 1e33f)] float queryScale)
    {
        const int d = 100;
        float[] row = [.. TestVectors.Uniform(d, 1).Select(v => v * scale)], query = [.. TestVectors.Uniform(d, 2).Select(v => v * queryScale)];
        using var prepared = new PreparedQuery(query, d, toUnitLength: false);
        var half = new RowStore(RowFormat.Float16, d, 1);
        half.Write(0, row);
        var stored = new float[d];
        half.Read(0, stored);
        double expected = TestVectors.Dot(stored, query), size = Math.Sqrt(TestVectors.Dot(stored, stored) * TestVectors.Dot(query, query));
        HalfScorer<Float16Decoding> scorer = prepared.Float16().Over(half);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(scorer.Score(0), Is.EqualTo(expected).Within(1e-6 * size));
            Assert.That(scorer.ScoreScalar(0), Is.EqualTo(expected).Within(1e-6 * size));
        }
        GC.KeepAlive(half);
    }

    [Test]
    public void Search_FindsTheSameForAnyNumberOfThreads([Values] RowFormat format)
    {
        var compact = CompactRows.From(TestVectors.Unit(30_000, 128, seed: 3), format);
        float[] query = TestVectors.Uniform(128, 4);
        Hit[] one = new Hit[20], many = new Hit[20];
        ExactSearch.Search(query, compact, one);
        ExactSearch.Search(query, compact, many, maxThreads: 3);
        Assert.That(many, Is.EqualTo(one));
    }
}
