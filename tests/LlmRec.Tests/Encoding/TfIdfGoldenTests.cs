using System.Text.Json;
using LlmRec.Kernels;
using LlmRec.Transformers;

namespace LlmRec.Tests;

/// <summary>Against scikit-learn's TfidfVectorizer and TruncatedSVD on 3,416 film titles.</summary>
internal sealed class TfIdfGoldenTests
{
    private static readonly string[] Names = ["word12", "charwb35"];

    private static TextAnalyzer AnalyzerOf(string name) => name == "word12" ? TextAnalyzer.Words(1, 2) : TextAnalyzer.CharactersInWords(3, 5);

    private static (int[] Ids, string[] Titles) ReadTitles()
    {
        string[][] rows = [.. File.ReadLines(SharedData.PathOrSkip("data/ml-1m/items.tsv")).Skip(1).Select(l => l.Split('\t'))];
        return ([.. rows.Select(r => int.Parse(r[0], System.Globalization.CultureInfo.InvariantCulture))], [.. rows.Select(r => r[2])]);
    }

    private static JsonElement Golden(string name) =>
        JsonDocument.Parse(File.ReadAllBytes(SharedData.PathOrSkip("golden/cf/tfidf.json"))).RootElement.GetProperty("analyzers").GetProperty(name);

    [TestCaseSource(nameof(Names))]
    public void Fit_EqualsScikitLearn_InTermsWeightsAndNeighbours(string name)
    {
        JsonElement golden = Golden(name);
        (int[] ids, string[] titles) = ReadTitles();
        TfIdfVectorizer vectorizer = TfIdfVectorizer.Fit(titles, new() { Analyzers = [AnalyzerOf(name)] });
        SparseMatrix rows = vectorizer.Transform(titles);
        var rowOf = ids.Select((id, row) => (id, row)).ToDictionary(p => p.id, p => p.row);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(vectorizer.Columns, Is.EqualTo(golden.GetProperty("vocabulary").GetInt32()));
            Assert.That(rows.Entries, Is.EqualTo(golden.GetProperty("non_zeros").GetInt32()));
            foreach (JsonProperty term in golden.GetProperty("idf").EnumerateObject())
                Assert.That(vectorizer.IdfOf(vectorizer.ColumnOf(term.Name)), Is.EqualTo(term.Value.GetDouble()).Within(1e-13), term.Name);
            foreach (JsonElement document in golden.GetProperty("document_vectors").EnumerateArray())
            {
                int row = rowOf[document.GetProperty("item").GetInt32()];
                var mine = rows.ColumnsOf(row).ToArray().Zip(rows.ValuesOf(row).ToArray()).ToDictionary(p => p.First, p => p.Second);
                var theirs = document.GetProperty("terms").EnumerateObject().ToDictionary(t => vectorizer.ColumnOf(t.Name), t => t.Value.GetDouble());
                Assert.That(mine.Keys, Is.EquivalentTo(theirs.Keys));
                foreach ((int column, double weight) in theirs) Assert.That(mine[column], Is.EqualTo(weight).Within(1e-7));
            }
            foreach (JsonElement pair in golden.GetProperty("pairs").EnumerateArray())
                Assert.That(Cosine(rows, rowOf[pair[0].GetInt32()], rowOf[pair[1].GetInt32()]), Is.EqualTo(pair[2].GetDouble()).Within(1e-6));
            foreach (JsonElement near in golden.GetProperty("nearest").EnumerateArray())
            {
                int item = rowOf[near.GetProperty("item").GetInt32()];
                double[] cosines = [.. Enumerable.Range(0, rows.Rows).Select(r => r == item ? -1 : Cosine(rows, item, r))];
                double[] expected = [.. near.GetProperty("cosines").EnumerateArray().Select(c => c.GetDouble())];
                Assert.That(cosines.OrderDescending().Take(10), Is.EqualTo(expected).Within(1e-6));
                // Equal cosines may change places in float32; each neighbour must have the cosine of its place.
                Assert.That(near.GetProperty("neighbours").EnumerateArray().Select(n => cosines[rowOf[n.GetInt32()]]), Is.EqualTo(expected).Within(1e-6));
            }
        }
    }

    [TestCaseSource(nameof(Names))]
    public void TruncatedSvd_EqualsArpack_InSingularValuesNormsAndCosines(string name)
    {
        using SafeTensorsFile golden = SafeTensorsFile.Open(SharedData.PathOrSkip("golden/cf/tfidf.safetensors"));
        (int[] ids, string[] titles) = ReadTitles();
        TfIdfVectorizer vectorizer = TfIdfVectorizer.Fit(titles, new() { Analyzers = [AnalyzerOf(name)] });
        SparseMatrix rows = vectorizer.Transform(titles);
        TruncatedSvd svd = TruncatedSvd.Compute(rows, 64, new() { PowerIterations = 18, Oversampling = 160 });

        double[] cosines = golden.Get<double>($"{name}.svd64.cosines", 60, 60).ToArray(), norms = golden.Get<double>($"{name}.svd64.norms", 60).ToArray();
        double[][] projected = [.. golden.Get<int>($"{name}.svd64.items", 60).ToArray().Select(id => Project(rows, Array.IndexOf(ids, id), svd))];
        double[] lengths = [.. projected.Select(p => Math.Sqrt(p.Sum(x => x * x)))];
        double worst = 0;
        for (int a = 0; a < 60; a++)
            for (int b = 0; b < 60; b++)
                worst = Math.Max(worst, Math.Abs(projected[a].Zip(projected[b], (x, y) => x * y).Sum() / (lengths[a] * lengths[b]) - cosines[a * 60 + b]));
        TestContext.Out.WriteLine($"{name}: largest difference of a cosine {worst:e2}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(svd.SingularValues.ToArray(), Is.EqualTo(golden.Get<double>($"{name}.svd64.singular_values", 64).ToArray()).Within(1e-7));
            Assert.That(lengths, Is.EqualTo(norms).Within(1e-6));
            Assert.That(worst, Is.LessThan(1e-6));
        }
    }

    private static double[] Project(SparseMatrix rows, int row, TruncatedSvd svd)
    {
        var z = new double[svd.Rank];
        for (int e = 0; e < rows.ColumnsOf(row).Length; e++)
            for (int k = 0; k < z.Length; k++)
                z[k] += rows.ValuesOf(row)[e] * svd.RightVectors[rows.ColumnsOf(row)[e] * svd.Rank + k];
        return z;
    }

    private static double Cosine(SparseMatrix rows, int a, int b)
    {
        ReadOnlySpan<int> ca = rows.ColumnsOf(a), cb = rows.ColumnsOf(b);
        double sum = 0;
        for (int i = 0, j = 0; i < ca.Length && j < cb.Length;)
        {
            if (ca[i] == cb[j]) sum += (double)rows.ValuesOf(a)[i++] * rows.ValuesOf(b)[j++];
            else if (ca[i] < cb[j]) i++;
            else j++;
        }
        return sum;
    }
}
