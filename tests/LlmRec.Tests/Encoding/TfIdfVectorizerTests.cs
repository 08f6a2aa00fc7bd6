using LlmRec.Kernels;

namespace LlmRec.Tests;

internal sealed class TfIdfVectorizerTests
{
    private static readonly string[] Documents = ["red apple red", "green apple", "blue sky over the sea", "", "apple apple apple apple"];

    [Test]
    public void Transform_FollowsTheFormula()
    {
        TfIdfVectorizer v = TfIdfVectorizer.Fit(Documents, new() { Analyzers = [TextAnalyzer.Words(1, 1)] });
        SparseMatrix rows = v.Transform(["red red red apple unknown"]);
        double red = (1 + Math.Log(3)) * (Math.Log(6.0 / 2) + 1), apple = Math.Log(6.0 / 4) + 1, norm = Math.Sqrt(red * red + apple * apple);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rows.ColumnsOf(0).ToArray(), Is.EqualTo(new[] { v.ColumnOf("red"), v.ColumnOf("apple") }));
            Assert.That(rows.ValuesOf(0).ToArray(), Is.EqualTo(new[] { (float)(red / norm), (float)(apple / norm) }).Within(1e-7f));
            Assert.That(v.ColumnOf("unknown"), Is.EqualTo(-1));
        }
    }

    [Test]
    public void Transform_GivesEveryAnalyzerItsShareOfTheRow()
    {
        TfIdfVectorizer v = TfIdfVectorizer.Fit(Documents, new() { Analyzers = [TextAnalyzer.Words(1, 1, 3), TextAnalyzer.CharactersInWords(3, 5, 4)] });
        SparseMatrix rows = v.Transform(Documents);
        int words = Enumerable.Range(0, v.Columns).Count(c => Documents.SelectMany(d => d.Split(' ')).Any(w => v.ColumnOf(w) == c));
        using (Assert.EnterMultipleScope())
        {
            foreach (int i in new[] { 0, 1, 2, 4 })
            {
                double fromWords = 0, all = 0;
                for (int e = 0; e < rows.ColumnsOf(i).Length; e++)
                {
                    double square = rows.ValuesOf(i)[e] * rows.ValuesOf(i)[e];
                    all += square;
                    if (rows.ColumnsOf(i)[e] < words) fromWords += square;
                }
                Assert.That(all, Is.EqualTo(1).Within(1e-6));
                Assert.That(fromWords, Is.EqualTo(9.0 / 25).Within(1e-6));
            }
            Assert.That(rows.ColumnsOf(3).Length, Is.Zero);
        }
    }

    [Test]
    public void Fit_ForgetsRareTerms_AndKeepsTheMostFrequent()
    {
        TfIdfOptions words = new() { Analyzers = [TextAnalyzer.Words(1, 1)] };
        TfIdfVectorizer twice = TfIdfVectorizer.Fit(["aa bb", "aa cc", "cc dd"], words with { MinDocuments = 2 });
        TfIdfVectorizer three = TfIdfVectorizer.Fit(["aa bb", "aa cc", "cc dd"], words with { MaxTerms = 3 });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(new[] { "aa", "bb", "cc", "dd" }.Select(t => twice.ColumnOf(t)), Is.EqualTo(new[] { 0, -1, 1, -1 }));
            Assert.That(new[] { "aa", "bb", "cc", "dd" }.Select(t => three.ColumnOf(t)), Is.EqualTo(new[] { 0, 1, 2, -1 }));
            Assert.That(twice.Transform(["bb dd"]).Entries, Is.Zero);
        }
    }

    [Test]
    public void Fit_GivesTheSameRowsAsTransform()
    {
        TfIdfVectorizer v = TfIdfVectorizer.Fit(Documents.Select(d => new[] { new TextPart(d, 1) }), new() { MinDocuments = 2, MaxTerms = 7 }, out SparseMatrix fitted, default);
        SparseMatrix rows = v.Transform(Documents);
        for (int i = 0; i < rows.Rows; i++)
            Assert.That(fitted.ColumnsOf(i).SequenceEqual(rows.ColumnsOf(i)) && fitted.ValuesOf(i).SequenceEqual(rows.ValuesOf(i)), $"row {i}");
    }

    [Test]
    public void HashedVocabulary_GivesTheSameCosinesAsALearnedOne_WhileNothingCollides()
    {
        TfIdfOptions words = new() { Analyzers = [TextAnalyzer.Words(1, 1)] };
        TfIdfVectorizer hashed = TfIdfVectorizer.Fit(Documents, words with { HashBits = 20 }), learned = TfIdfVectorizer.Fit(Documents, words);
        SparseMatrix h = hashed.Transform(Documents), l = learned.Transform(Documents);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(hashed.Columns, Is.EqualTo(1 << 20));
            for (int i = 0; i < Documents.Length; i++)
                Assert.That(h.ValuesOf(i).ToArray().Order(), Is.EqualTo(l.ValuesOf(i).ToArray().Order()).Within(1e-7f));
            Assert.That(TermTable.Hash("科幻"), Is.EqualTo(TermTable.Hash("x科幻".AsSpan(1))), "a hash depends on the characters alone");
        }
    }

    [Test]
    public void WeightOfAPart_CountsAsOftenAsItSays_AndBelowOneStaysLinear()
    {
        TfIdfVectorizer v = TfIdfVectorizer.Fit(Documents, new() { Analyzers = [TextAnalyzer.Words(1, 1)] });
        var counter = new TermCounter();
        counter.Count(v, [new("red", 2), new("apple", 1)]);
        float[] weighted = [.. counter.Values];
        counter.Count(v, [new("red red apple", 1)]);
        float[] repeated = [.. counter.Values];
        counter.Count(v, [new("red", 0.25f), new("apple", 1)]);
        double red = 0.25 * (Math.Log(6.0 / 2) + 1), apple = Math.Log(6.0 / 4) + 1;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(weighted, Is.EqualTo(repeated));
            Assert.That(counter.Values[0] / counter.Values[1], Is.EqualTo(red / apple).Within(1e-6));
        }
    }

    [Test]
    public void TermTable_FindsWhatItHolds_AfterManyAdditions()
    {
        var table = new TermTable();
        string[] terms = [.. Enumerable.Range(0, 20_000).Select(i => $"t{i * 7919 % 20_011:x}")];
        int[] numbers = [.. terms.Select(t => table.Add(t))];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(numbers, Is.EqualTo(Enumerable.Range(0, 20_000)));
            Assert.That(terms.Select(t => table.Find(t)), Is.EqualTo(numbers));
            Assert.That(terms.Select(t => table.Add(t)), Is.EqualTo(numbers));
            Assert.That(table[123].ToString(), Is.EqualTo(terms[123]));
            Assert.That(table.Find("t"), Is.EqualTo(-1));
        }
    }

    [Test]
    public void Options_OutOfRange_AreRefused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => TfIdfVectorizer.Fit([], new() { Analyzers = [] }), Throws.ArgumentException);
            Assert.That(() => TfIdfVectorizer.Fit([], new() { HashBits = 4 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => TextAnalyzer.Words(2, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => TextAnalyzer.Words(1, 1, double.NaN), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(TfIdfVectorizer.Fit([]).Columns, Is.Zero);
        }
    }
}
