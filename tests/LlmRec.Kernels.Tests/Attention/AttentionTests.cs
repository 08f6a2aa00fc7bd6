namespace LlmRec.Kernels.Tests;

[TestFixture]
public sealed class AttentionTests
{
    private sealed record Case(int Queries, int Keys, int Heads, int KeyHeads, int D, int E, int Back, int Ahead, bool Bias);

    private static IEnumerable<Case> Cases()
    {
        foreach (int n in (int[])[1, 2, 7, 8, 9, 31, 32, 33, 64, 70])
            foreach ((int heads, int keyHeads, int d, int e) in ((int, int, int, int)[])[(1, 1, 32, 32), (3, 3, 12, 12), (4, 2, 16, 40), (2, 1, 5, 3)])
            {
                yield return new(n, n, heads, keyHeads, d, e, int.MaxValue, int.MaxValue, false);
                yield return new(n, n, heads, keyHeads, d, e, int.MaxValue, 0, n % 2 == 0);
                yield return new(n, n, heads, keyHeads, d, e, 4, 4, true);
                yield return new(n, n, heads, keyHeads, d, e, 40, 0, false);
                yield return new((n + 1) / 2, n, heads, keyHeads, d, e, 7, 2, n % 2 == 1);
            }
    }

    private static float[] Draw(Random random, int count)
    {
        var values = new float[count];
        foreach (ref float x in values.AsSpan()) x = random.NextSingle() * 4 - 2;
        return values;
    }

    /// <summary>Attention as it is written in the paper, in double precision.</summary>
    private static double[] Plain(Case c, float[] q, float[] k, float[] v, float scale, float[] bias, int reach)
    {
        var output = new double[c.Queries * c.Heads * c.E];
        int group = c.Heads / c.KeyHeads;
        for (int h = 0; h < c.Heads; h++)
            for (int i = 0; i < c.Queries; i++)
            {
                int at = c.Keys - c.Queries + i;
                var weights = new double[c.Keys];
                for (int j = 0; j < c.Keys; j++)
                {
                    if (at - j > (long)c.Back || j - at > (long)c.Ahead) continue;
                    double score = 0;
                    for (int x = 0; x < c.D; x++) score += (double)q[(i * c.Heads + h) * c.D + x] * k[(j * c.KeyHeads + h / group) * c.D + x];
                    weights[j] = Math.Exp(score * scale + (c.Bias ? bias[h * (2 * reach - 1) + j - at + reach - 1] : 0));
                }

                double sum = weights.Sum();
                for (int j = 0; j < c.Keys; j++)
                    for (int x = 0; x < c.E; x++) output[(i * c.Heads + h) * c.E + x] += weights[j] / sum * v[(j * c.KeyHeads + h / group) * c.E + x];
            }

        return output;
    }

    private static float[] Run(Case c, float[] q, float[] k, float[] v, float scale, float[] bias, int reach, LaneWidth width, int from = 0, int count = -1)
    {
        count = count < 0 ? c.Queries : count;
        var output = new float[count * c.Heads * c.E];
        Attention.Forward(new ReadOnlyMatrixSpan(q.AsSpan(from * c.Heads * c.D), count, c.Heads * c.D), new ReadOnlyMatrixSpan(k, c.Keys, c.KeyHeads * c.D), new ReadOnlyMatrixSpan(v, c.Keys, c.KeyHeads * c.E),
            new MatrixSpan(output, count, c.Heads * c.E), new()
            {
                Heads = c.Heads, KeyHeads = c.KeyHeads, Scale = scale, Back = c.Back, Ahead = c.Ahead, DistanceBias = c.Bias && bias.Length > 0 ? bias : [], DistanceReach = c.Bias && bias.Length > 0 ? reach : 0, Width = width,
            });
        return output;
    }

    [Test, Category(NarrowWidthsTests.Category)]
    public void Forward_EqualsThePlainFormulaInEveryWidth()
    {
        var random = new Random(1);
        foreach (Case c in Cases())
        {
            float[] q = Draw(random, c.Queries * c.Heads * c.D), k = Draw(random, c.Keys * c.KeyHeads * c.D), v = Draw(random, c.Keys * c.KeyHeads * c.E);
            int reach = c.Keys + 3;
            float[] bias = Draw(random, c.Heads * (2 * reach - 1));
            double[] expected = Plain(c, q, k, v, 0.3f, bias, reach);
            foreach (LaneWidth width in Widths.Available())
            {
                float[] output = Run(c, q, k, v, 0.3f, bias, reach, width);
                double most = output.Zip(expected, (a, b) => Math.Abs(a - b)).Max();
                Assert.That(most, Is.LessThan(1e-5), $"{c}, {width}");
            }
        }
    }

    [Test]
    public void Forward_GivesTheLastQueriesAloneTheSameBits()
    {
        var random = new Random(2);
        Case c = new(45, 45, 2, 2, 32, 32, int.MaxValue, 0, false);
        float[] q = Draw(random, 45 * 64), k = Draw(random, 45 * 64), v = Draw(random, 45 * 64);
        float[] all = Run(c, q, k, v, 0.2f, [], 0, LaneWidths.Best), last = Run(c, q, k, v, 0.2f, [], 0, LaneWidths.Best, from: 40, count: 5);
        Assert.That(last, Is.EqualTo(all[(40 * 64)..]));
    }

    [Test, Category(NarrowWidthsTests.Category)]
    public void Forward_MayWriteWhereTheQueriesStand()
    {
        var random = new Random(4);
        foreach (Case c in Cases().Where(c => c.D == c.E))
        {
            float[] q = Draw(random, c.Queries * c.Heads * c.D), k = Draw(random, c.Keys * c.KeyHeads * c.D), v = Draw(random, c.Keys * c.KeyHeads * c.E);
            foreach (LaneWidth width in Widths.Available())
            {
                float[] expected = Run(c, q, k, v, 0.3f, [], 0, width), own = [.. q];
                var place = new MatrixSpan(own, c.Queries, c.Heads * c.D);
                Attention.Forward(place, new ReadOnlyMatrixSpan(k, c.Keys, c.KeyHeads * c.D), new ReadOnlyMatrixSpan(v, c.Keys, c.KeyHeads * c.E), place,
                    new() { Heads = c.Heads, KeyHeads = c.KeyHeads, Scale = 0.3f, Back = c.Back, Ahead = c.Ahead, Width = width });
                Assert.That(own, Is.EqualTo(expected), $"{c}, {width}");
            }
        }
    }

    [Test]
    public void Forward_RefusesScoresThatAreNotFinite([Values(0, 3, 5, 8)] int query)
    {
        var random = new Random(3);
        Case c = new(9, 9, 1, 1, 8, 8, int.MaxValue, int.MaxValue, false);
        float[] q = Draw(random, 72), k = Draw(random, 72), v = Draw(random, 72);
        foreach (LaneWidth width in Widths.Available())
            foreach (float bad in (float[])[float.NaN, float.PositiveInfinity])
            {
                q[query * 8 + 5] = bad;
                Assert.Throws<ArithmeticException>(() => Run(c, q, k, v, 1, [], 0, width), $"{bad}, {width}");
            }
    }

    [Test]
    public void Forward_RefusesShapesThatDoNotFit()
    {
        var values = new float[1000];
        static void Call(float[] x, int qRows, int qColumns, int kRows, int kColumns, int vRows, int vColumns, AttentionOptions options) =>
            Attention.Forward(new ReadOnlyMatrixSpan(x, qRows, qColumns), new ReadOnlyMatrixSpan(x, kRows, kColumns), new ReadOnlyMatrixSpan(x, vRows, vColumns), new MatrixSpan(new float[1000], qRows, qColumns), options);
        using (Assert.EnterMultipleScope())
        {
            Assert.Throws<ArgumentException>(() => Call(values, 4, 9, 4, 9, 4, 9, new() { Heads = 2 }), "columns and heads");
            Assert.Throws<ArgumentException>(() => Call(values, 4, 8, 4, 8, 4, 8, new() { Heads = 2, KeyHeads = 1 }), "keys of as many heads");
            Assert.Throws<ArgumentException>(() => Call(values, 4, 8, 4, 8, 3, 8, new()), "values");
            Assert.Throws<ArgumentException>(() => Call(values, 5, 8, 4, 8, 4, 8, new()), "more queries than positions");
            Assert.Throws<ArgumentException>(() => Call(values, 4, 8, 4, 8, 4, 8, new() { DistanceBias = new float[7], DistanceReach = 3 }), "reach");
            Assert.Throws<ArgumentOutOfRangeException>(() => Call(values, 4, 8, 4, 8, 4, 8, new() { Scale = 0 }), "scale");
        }
    }

    [Test]
    public void Apply_TurnsPairsOfHalves()
    {
        var random = new Random(4);
        foreach (int d in (int[])[2, 6, 16, 24, 64])
        {
            const int Rows = 3, Heads = 2;
            float[] x = Draw(random, Rows * Heads * d), before = [.. x], cosines = Draw(random, Rows * d / 2), sines = Draw(random, Rows * d / 2);
            Rotary.Apply(new MatrixSpan(x, Rows, Heads * d), Heads, cosines, sines);
            for (int t = 0; t < Rows; t++)
                for (int h = 0; h < Heads; h++)
                    for (int i = 0; i < d / 2; i++)
                    {
                        int a = (t * Heads + h) * d + i, b = a + d / 2, angle = t * d / 2 + i;
                        Assert.That(x[a], Is.EqualTo(before[a] * cosines[angle] - before[b] * sines[angle]).Within(1e-6));
                        Assert.That(x[b], Is.EqualTo(before[b] * cosines[angle] + before[a] * sines[angle]).Within(1e-6));
                    }
        }
    }
}
