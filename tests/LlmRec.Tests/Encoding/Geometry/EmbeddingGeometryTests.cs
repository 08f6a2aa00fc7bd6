using System.Numerics.Tensors;
using LlmRec.Kernels;
using LlmRec.Transformers;

namespace LlmRec.Tests;

internal sealed class EmbeddingGeometryTests
{
    /// <summary>Rows with a large common part and directions of very different variance, in axes that are mixed.</summary>
    private static RowMatrix Cone(int n, int d, int rank = int.MaxValue, int seed = 1)
    {
        var random = new Random(seed);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        double[] mix = [.. Enumerable.Range(0, d * d).Select(i => Normal() + (i % (d + 1) == 0 ? 6 : 0))], common = [.. Enumerable.Range(0, d).Select(_ => 3 * Normal())];
        var rows = new RowMatrix(n, d);
        for (int r = 0; r < n; r++)
        {
            double[] z = [.. Enumerable.Range(0, d).Select(k => k < rank ? Normal() / (1 + k) : 0)];
            for (int i = 0; i < d; i++)
            {
                double x = common[i];
                for (int k = 0; k < d; k++) x += mix[i * d + k] * z[k];
                rows.Row(r)[i] = (float)x;
            }
        }
        return rows;
    }

    private static double[,] Map(EmbeddingGeometry geometry, RowMatrix rows)
    {
        var mapped = new double[rows.Rows, geometry.Dimensions];
        var row = new float[geometry.Dimensions];
        for (int r = 0; r < rows.Rows; r++)
        {
            geometry.Apply(rows.Row(r), row);
            for (int i = 0; i < row.Length; i++) mapped[r, i] = row[i];
        }
        return mapped;
    }

    private static double Covariance(double[,] rows, int i, int j)
    {
        int n = rows.GetLength(0);
        double a = 0, b = 0, ab = 0;
        for (int r = 0; r < n; r++)
        {
            a += rows[r, i];
            b += rows[r, j];
            ab += rows[r, i] * rows[r, j];
        }
        return ab / n - a / n * (b / n);
    }

    [TestCase(Whitening.Pca, 1)]
    [TestCase(Whitening.Pca, 3)]
    [TestCase(Whitening.Zca, 1)]
    [TestCase(Whitening.Zca, 4)]
    public void Apply_OfWhitening_GivesEachGroupUnitCovariance_AndNoMean(Whitening whitening, int groups)
    {
        const int d = 14;
        RowMatrix rows = Cone(1500, d);
        EmbeddingGeometry geometry = EmbeddingGeometry.Fit(rows, new() { Whitening = whitening, Groups = groups, LeastVariance = 0 });
        double[,] mapped = Map(geometry, rows);
        int GroupOf(int i) => Enumerable.Range(0, groups).Last(g => i >= d * g / groups);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(geometry.Dimensions, Is.EqualTo(d));
            for (int i = 0; i < d; i++)
            {
                Assert.That(Enumerable.Range(0, 1500).Average(r => mapped[r, i]), Is.Zero.Within(1e-3));
                for (int j = 0; j <= i; j++)
                    if (GroupOf(i) == GroupOf(j)) Assert.That(Covariance(mapped, i, j), Is.EqualTo(i == j ? 1 : 0).Within(2e-3), $"{i}, {j}");
            }
            if (groups > 1) Assert.That(Math.Abs(Covariance(mapped, 0, d - 1)), Is.GreaterThan(0.05), "between groups something is left");
        }
    }

    [Test]
    public void Zca_MovesVectorsLess_ThanAnyOtherWhitening_AndIsSymmetric()
    {
        RowMatrix rows = Cone(1500, 10);
        EmbeddingGeometry zca = EmbeddingGeometry.Fit(rows, new() { Whitening = Whitening.Zca, LeastVariance = 0 }), pca = EmbeddingGeometry.Fit(rows, new() { LeastVariance = 0 });
        EmbeddingGeometry centred = EmbeddingGeometry.Fit(rows, new() { Whitening = Whitening.None });
        double[,] z = Map(zca, rows), p = Map(pca, rows), x = Map(centred, rows);
        double Moved(double[,] y) => Enumerable.Range(0, 1500).Sum(r => Enumerable.Range(0, 10).Sum(i => Math.Pow(y[r, i] - x[r, i], 2)));
        float[] origin = new float[10], unit = new float[10];
        zca.Apply(Shifted(rows, -1), origin);
        float[][] columns = [.. Enumerable.Range(0, 10).Select(i =>
        {
            zca.Apply(Shifted(rows, i), unit);
            return unit.Zip(origin, (a, b) => a - b).ToArray();
        })];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Moved(z), Is.LessThan(Moved(p)));
            for (int i = 0; i < 10; i++)
                for (int j = 0; j < i; j++) Assert.That(columns[i][j], Is.EqualTo(columns[j][i]).Within(1e-3f + 1e-3f * Math.Abs(columns[i][j])));
        }

        static float[] Shifted(RowMatrix rows, int axis)
        {
            float[] x = rows.Row(0).ToArray();
            if (axis >= 0) x[axis] += 1;
            return x;
        }
    }

    [Test]
    public void Apply_WithoutWhitening_KeepsDistances_AndACutKeepsTheLargestVariance()
    {
        RowMatrix rows = Cone(400, 12);
        EmbeddingGeometry turned = EmbeddingGeometry.Fit(rows, new() { Whitening = Whitening.None, Dimensions = 12, LeastVariance = 0 }), cut = EmbeddingGeometry.Fit(rows, new() { Whitening = Whitening.None, Dimensions = 3 });
        double[,] all = Map(turned, rows), few = Map(cut, rows);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(cut.Dimensions, Is.EqualTo(3));
            for (int r = 1; r < 20; r++)
            {
                Assert.That(Enumerable.Range(0, 12).Sum(i => Math.Pow(all[r, i] - all[0, i], 2)),
                    Is.EqualTo(Enumerable.Range(0, 12).Sum(i => Math.Pow(rows.Row(r)[i] - (double)rows.Row(0)[i], 2))).Within(0.01).Percent);
                for (int i = 0; i < 3; i++) Assert.That(few[r, i], Is.EqualTo(all[r, i]).Within(1e-4));
            }
            double[] variances = [.. Enumerable.Range(0, 12).Select(i => Covariance(all, i, i))];
            Assert.That(variances, Is.Ordered.Descending);
        }
    }

    [Test]
    public void Strength_LevelsPartOfTheWay()
    {
        RowMatrix rows = Cone(1500, 6);
        double[,] plain = Map(EmbeddingGeometry.Fit(rows, new() { Whitening = Whitening.None, Dimensions = 6, LeastVariance = 0 }), rows);
        double[,] half = Map(EmbeddingGeometry.Fit(rows, new() { Strength = 0.5, LeastVariance = 0 }), rows);
        for (int i = 0; i < 6; i++) Assert.That(Covariance(half, i, i), Is.EqualTo(Math.Sqrt(Covariance(plain, i, i))).Within(1).Percent);
    }

    [Test]
    public void Fit_WithoutMeanRemoval_LevelsTheMomentsAboutZero()
    {
        RowMatrix rows = Cone(1500, 6);
        double[,] mapped = Map(EmbeddingGeometry.Fit(rows, new() { RemoveMean = false, LeastVariance = 0 }), rows);
        for (int i = 0; i < 6; i++)
            for (int j = 0; j <= i; j++)
                Assert.That(Enumerable.Range(0, 1500).Average(r => mapped[r, i] * mapped[r, j]), Is.EqualTo(i == j ? 1 : 0).Within(5e-3));
    }

    [TestCase(20, 64)]
    [TestCase(5, 64)]
    [TestCase(2, 8)]
    public void Fit_OnFewerItemsThanDimensions_DropsWhatHasNoVariance(int n, int d)
    {
        RowMatrix rows = Cone(n, d);
        foreach (Whitening whitening in Enum.GetValues<Whitening>())
            foreach (int groups in new[] { 1, 2 })
            {
                EmbeddingGeometry geometry = EmbeddingGeometry.Fit(rows, new() { Whitening = whitening, Groups = groups });
                double[,] mapped = Map(geometry, rows);
                using (Assert.EnterMultipleScope())
                {
                    if (whitening == Whitening.Pca) Assert.That(geometry.Dimensions, Is.LessThanOrEqualTo(groups * Math.Min(16, n - 1)));
                    else Assert.That(geometry.Dimensions, Is.EqualTo(d));
                    Assert.That(mapped.Cast<double>(), Is.All.Matches<double>(double.IsFinite));
                    Assert.That(mapped.Cast<double>().Select(Math.Abs).Max(), Is.InRange(1e-3, 100), $"{whitening}, {groups} groups");
                }
            }
    }

    [Test]
    public void Fit_OnNothing_OneItem_EqualItems_OrZeros_LeavesVectorsAsTheyAre()
    {
        RowMatrix one = Cone(1, 8), same = new(50, 8), zeros = new(5, 8);
        for (int i = 0; i < 50; i++) one.Row(0).CopyTo(same.Row(i));
        float[] vector = [1, -2, 3, 0, 0, 0.5f, 7, 9], mapped = new float[8];
        using (Assert.EnterMultipleScope())
            foreach (RowMatrix rows in new[] { new RowMatrix(0, 8), one, same, zeros })
                foreach (Whitening whitening in Enum.GetValues<Whitening>())
                {
                    EmbeddingGeometry.Fit(rows, new() { Whitening = whitening }).Apply(vector, mapped);
                    Assert.That(mapped, Is.EqualTo(vector));
                }
    }

    [Test]
    public void Apply_ToZerosOrTheMean_GivesZeros()
    {
        RowMatrix rows = Cone(200, 8);
        EmbeddingGeometry geometry = EmbeddingGeometry.Fit(rows);
        float[] mean = [.. Enumerable.Range(0, 8).Select(i => (float)Enumerable.Range(0, 200).Average(r => (double)rows.Row(r)[i]))], mapped = new float[8];
        geometry.ApplyUnit(new float[8], mapped);
        Assert.That(mapped, Is.All.Zero);
        geometry.ApplyUnit(mean, mapped);
        Assert.That(mapped, Is.All.Zero);
    }

    [Test]
    public void Fit_DoesNotDependOnThreads_AndPassesZeroRowsOver()
    {
        RowMatrix rows = Cone(1100, 40), spaced = new(2200, 40);
        for (int r = 0; r < 1100; r++) rows.Row(r).CopyTo(spaced.Row(2 * r + 1));
        double[,] one = Map(EmbeddingGeometry.Fit(rows, new() { MaxThreads = 1 }), rows), two = Map(EmbeddingGeometry.Fit(rows, new() { MaxThreads = 2 }), rows), holes = Map(EmbeddingGeometry.Fit(spaced), rows);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(two, Is.EqualTo(one));
            Assert.That(holes, Is.EqualTo(one));
        }
    }

    [Test]
    public async Task Load_OfContradictions_SaysWhichFile()
    {
        var writer = new SafeTensorsWriter();
        EmbeddingGeometry.Fit(Cone(100, 6)).Save(writer, "g.");
        using var stream = new MemoryStream();
        await writer.WriteAsync(stream);
        using (SafeTensorsFile file = SafeTensorsFile.Parse(stream.ToArray(), "encoder")) Assert.That(EmbeddingGeometry.Load(file, "g.").Dimensions, Is.EqualTo(6));
        foreach ((int[] parts, float value) in new[] { (new[] { 1, 6, 6 }, 1f), ([0, 7, 6], 1f), ([0, 6, 0], 1f), ([0, 6, 6], float.NaN), ([0, 5, 6], 1f) })
        {
            var bad = new SafeTensorsWriter();
            bad.Add("g.version", new[] { 1 });
            bad.Add("g.mean", new float[6]);
            bad.Add("g.parts", parts, 1, 3);
            bad.Add("g.map.0", Enumerable.Repeat(value, parts[1] * parts[2]).ToArray(), parts[2], parts[1]);
            using var changed = new MemoryStream();
            await bad.WriteAsync(changed);
            using SafeTensorsFile file = SafeTensorsFile.Parse(changed.ToArray(), "encoder");
            Assert.That(() => EmbeddingGeometry.Load(file, "g."), Throws.TypeOf<InvalidDataException>().With.Message.Contains("encoder"));
        }
    }

    [Test]
    public void Fit_RefusesBadOptionsAndVectors()
    {
        RowMatrix rows = Cone(10, 4), nan = Cone(10, 4);
        nan.Row(3)[1] = float.NaN;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => EmbeddingGeometry.Fit(rows, new() { Groups = 5 }), Throws.ArgumentException.With.Message.Contains("5 groups"));
            Assert.That(() => EmbeddingGeometry.Fit(rows, new() { Whitening = Whitening.Zca, Dimensions = 2 }), Throws.ArgumentException.With.Message.Contains("Pca"));
            Assert.That(() => EmbeddingGeometry.Fit(rows, new() { Groups = 2, Dimensions = 2 }), Throws.ArgumentException);
            Assert.That(() => EmbeddingGeometry.Fit(rows, new() { Strength = double.NaN }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => EmbeddingGeometry.Fit(rows, new() { Dimensions = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => EmbeddingGeometry.Fit(nan), Throws.ArgumentException.With.Message.Contains("row 3"));
            Assert.That(() => EmbeddingGeometry.Fit(rows).Apply(new float[3], new float[4]), Throws.ArgumentException);
        }
    }
}
