namespace LlmRec.Kernels.Tests;

[TestFixture, Category(NarrowWidthsTests.Category)]
public sealed class CompactRowsTests
{
    [Test]
    public void Get_ReturnsEveryValueWithinItsFormatsRounding([Values] RowFormat format, [Values(1, 31, 64, 129, 384)] int d)
    {
        RowMatrix rows = RowMatrix.From(TestVectors.Uniform(20 * d, seed: d), d);
        rows.Row(3).Clear();
        CompactRows compact = CompactRows.From(rows, format);
        var values = new float[d];
        using (Assert.EnterMultipleScope())
        {
            for (int i = 0; i < rows.Rows; i++)
            {
                compact.Get(i, values);
                float largest = rows.Row(i).ToArray().Max(Math.Abs);
                for (int j = 0; j < d; j++)
                {
                    float x = rows.Row(i)[j];
                    if (format == RowFormat.Sign)
                        Assert.That(values[j], Is.EqualTo((x > 0 ? 1 : -1) / MathF.Sqrt(d)));
                    else
                        Assert.That(values[j], Is.EqualTo(x).Within(format switch
                        {
                            RowFormat.Float32 => 0,
                            RowFormat.Float16 => Math.Abs(x) / 2048 + 3e-8,
                            RowFormat.BFloat16 => Math.Abs(x) / 256,
                            RowFormat.Int8 => largest / 127 * 0.50001,
                            _ => largest / 7 * 0.50001,
                        }), $"row {i}, value {j}");
                }
            }
        }
    }

    [Test]
    public void Set_LeavesTheOtherRowsAlone([Values] RowFormat format)
    {
        RowMatrix rows = RowMatrix.From(TestVectors.Uniform(3 * 70, seed: 1), 70);
        CompactRows compact = CompactRows.From(rows, format);
        float[] first = new float[70], last = new float[70], after = new float[70];
        compact.Get(0, first);
        compact.Get(2, last);
        compact.Set(1, TestVectors.Uniform(70, 2));
        using (Assert.EnterMultipleScope())
        {
            compact.Get(0, after);
            Assert.That(after, Is.EqualTo(first));
            compact.Get(2, after);
            Assert.That(after, Is.EqualTo(last));
        }
    }

    [Test]
    public void BFloat16_KeepsTheLargestValueFinite()
    {
        var compact = new CompactRows(RowFormat.BFloat16, 1, 2);
        compact.Set(0, [float.MaxValue, -float.MaxValue]);
        var values = new float[2];
        compact.Get(0, values);
        Assert.That(values, Is.All.Matches<float>(v => float.IsFinite(v) && Math.Abs(v) > 3.3e38f));
    }

    [Test]
    public void BadInput_IsNamed()
    {
        var compact = new CompactRows(RowFormat.Float16, 2, 3);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => compact.Set(0, [1, 2]), Throws.ArgumentException.With.Message.Contains("row 0 has 2 values"));
            Assert.That(() => compact.Set(0, [1, 2, float.NaN]), Throws.ArgumentException.With.Message.Contains("value 2"));
            Assert.That(() => compact.Set(1, [1, 2, 70_000]), Throws.ArgumentException.With.Message.Contains("65,504"));
            Assert.That(() => compact.Set(2, [1, 2, 3]), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => compact.Get(0, new float[4]), Throws.ArgumentException.With.Message.Contains("4 values"));
            Assert.That(() => new CompactRows((RowFormat)77, 1, 1), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new CompactRows(RowFormat.Int8, int.MaxValue, 400), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => ExactSearch.Search([1, 2], compact, new Hit[1]), Throws.ArgumentException.With.Message.Contains("2 values"));
            Assert.That(() => ExactSearch.Search([1, 2, 3], compact, []), Throws.ArgumentException.With.Message.Contains("at least 1"));
        }
    }
}
