using System.Text.Json;
using LlmRec.Transformers;

namespace LlmRec.Tests;

internal sealed class WordVectorsGoldenTests
{
    private const string Folder = "golden/wordvectors/";

    private static readonly string[] Files = ["vectors.word2vec.txt", "vectors.glove.txt", "vectors.word2vec.bin", "vectors.word2vec.nonewline.bin"];

    private static WordVectors Read(string file) => WordVectors.Read(SharedData.PathOrSkip(Folder + file));

    private static JsonElement Json(string file) => JsonDocument.Parse(File.ReadAllBytes(SharedData.PathOrSkip(Folder + file))).RootElement;

    [TestCaseSource(nameof(Files))]
    public void Read_GivesTheWordsAndFloatsOfTheFile(string file)
    {
        // The text again, in the plainest way there is.
        string[] lines = File.ReadAllText(SharedData.PathOrSkip(Folder + "vectors.glove.txt")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        WordVectors words = Read(file);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(words.Count, Is.EqualTo(lines.Length));
            Assert.That(words.Dimensions, Is.EqualTo(24));
            Assert.That(words.Duplicates, Is.Zero);
            for (int i = 0; i < lines.Length; i++)
            {
                string[] fields = lines[i].Split(' ');
                Assert.That(words.WordAt(i), Is.EqualTo(fields[0]));
                Assert.That(words.IndexOf(fields[0]), Is.EqualTo(i));
                Assert.That(words.VectorAt(i).ToArray(), Is.EqualTo(fields.Skip(1).Select(f => float.Parse(f, System.Globalization.CultureInfo.InvariantCulture)).ToArray()));
            }
        }
    }

    [Test]
    public void Neighbours_AreThoseOfTheReference()
    {
        WordVectors words = Read(Files[0]);
        JsonElement golden = Json("neighbours.json");
        using (Assert.EnterMultipleScope())
        {
            foreach (JsonElement one in golden.GetProperty("single").EnumerateArray())
                Check(words.Neighbours(one.GetProperty("word").GetString()!), one.GetProperty("nearest"));
            foreach (JsonElement one in golden.GetProperty("analogy").EnumerateArray())
                Check(words.Analogy(Strings(one.GetProperty("positive")), Strings(one.GetProperty("negative")), 5), one.GetProperty("nearest"));
        }

        static void Check(IReadOnlyList<WordNeighbour> found, JsonElement nearest)
        {
            Assert.That(found.Select(n => n.Word), Is.EqualTo(nearest.EnumerateArray().Select(n => n[0].GetString())));
            Assert.That(found.Select(n => (double)n.Cosine), Is.EqualTo(nearest.EnumerateArray().Select(n => n[1].GetDouble())).Within(2e-6));
        }
    }

    [Test]
    public void Pooling_IsThatOfTheReference()
    {
        WordVectors words = Read(Files[2]);
        JsonElement golden = Json("sentences.json");
        string[][] sentences = [.. golden.GetProperty("sentences").EnumerateArray().Select(Strings)];
        Dictionary<string, long> counts = File.ReadAllLines(SharedData.PathOrSkip(Folder + "counts.tsv")).Select(l => l.Split('\t'))
            .ToDictionary(l => l[0], l => long.Parse(l[1], System.Globalization.CultureInfo.InvariantCulture));
        WordPooling mean = WordPooling.Mean(words), sif = WordPooling.Sif(words, counts, golden.GetProperty("smoothing").GetDouble());
        WordPooling removed = sif.WithoutFirstDirection(sentences);
        using SafeTensorsFile file = SafeTensorsFile.Open(SharedData.PathOrSkip(Folder + "sentences.safetensors"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(removed.FirstDirection.ToArray(), Is.EqualTo(file.Get<double>("first_direction").ToArray()).Within(1e-6));
            foreach ((string name, WordPooling pooling) in new[] { ("mean", mean), ("sif", sif), ("sif_removed", removed) })
            {
                double[] expected = file.Get<double>(name, sentences.Length, 24).ToArray();
                var vector = new float[24];
                for (int s = 0; s < sentences.Length; s++)
                {
                    int known = pooling.Pool(sentences[s], vector);
                    Assert.That(vector, Is.EqualTo(expected[(s * 24)..((s + 1) * 24)]).Within(1e-6), $"{name} of sentence {s}");
                    Assert.That(known, Is.EqualTo(sentences[s].Count(t => words.IndexOf(t) >= 0)));
                }
            }
        }
    }

    [Test]
    public void ZeroVector_HasCosineZeroWithEverything()
    {
        WordVectors words = Read(Files[0]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(words.Neighbours("系统", 5).Select(n => n.Cosine), Is.All.Zero);
            Assert.That(words.Neighbours("the", words.Count).Single(n => n.Word == "系统").Cosine, Is.Zero);
        }
    }

    private static string[] Strings(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetString()!)];
}
