using LlmRec.Tests;

namespace LlmRec.Transformers.Tests;

[TestFixture]
public sealed class EncoderPrunerTests
{
    private static readonly string[] Texts = ["dry hair", "a red nail", "conditioner for dry hair", "the lacquer", "two bottles of hair mask", "a mask"];

    private static string Source => SharedData.PathOrSkip("golden/transformers/sbert/dense-normalize");

    private static float[] Encode(SentenceEncoder encoder, string[] texts)
    {
        var vectors = new float[texts.Length * encoder.Dimensions];
        encoder.Encode(texts, vectors);
        return vectors;
    }

    [Test]
    public void Prune_OfTheVocabularyLeavesTheTextsVectorsAsTheyWere()
    {
        using var folder = new TemporaryFolder();
        PruningReport report = EncoderPruner.Prune(Source, folder.File("pruned"), Texts);
        SentenceEncoder pruned = SentenceEncoder.Load(folder.File("pruned")), whole = SentenceEncoder.Load(Source);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Encode(pruned, Texts), Is.EqualTo(Encode(whole, Texts)));
            Assert.That(report.Similarity, Is.EqualTo(1).Within(1e-6));
            Assert.That(report.Pieces, Is.LessThan(report.PiecesBefore).And.EqualTo(pruned.Model.Config.VocabularySize));
            Assert.That(report.Bytes, Is.LessThan(report.BytesBefore));
            Assert.That(report.Parts, Is.Empty);
        }
    }

    [Test]
    public void Prune_OfHeadsEqualsMaskingThem()
    {
        using var folder = new TemporaryFolder();
        PruningReport report = EncoderPruner.Prune(Source, folder.File("pruned"), Texts, new() { Vocabulary = false, HeadsPerLayer = 1 });
        SentenceEncoder pruned = SentenceEncoder.Load(folder.File("pruned"));
        TransformerConfig c = pruned.Model.Config;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((c.Heads, c.HeadSize, c.Layers), Is.EqualTo((3, 12, 2)));
            Assert.That(report.Parts, Has.Count.EqualTo(8));
            Assert.That(report.Parts.GroupBy(p => p.Layer).Select(g => g.Count(p => p.Removed)), Is.All.EqualTo(1));
            foreach (IGrouping<int, PrunedPart> layer in report.Parts.GroupBy(p => p.Layer))
                Assert.That(layer.Single(p => p.Removed).Change, Is.EqualTo(layer.Min(p => p.Change)));
        }

        // the twin: the same heads silenced in the whole checkpoint
        using Checkpoint checkpoint = Checkpoint.Open(Source);
        var writer = new SafeTensorsWriter();
        foreach (string name in checkpoint.Tensors.Where(t => checkpoint.Info(t).Type == TensorType.F32))
        {
            float[] values = checkpoint.ReadFloats(name);
            foreach (PrunedPart part in report.Parts.Where(p => p.Removed && name.EndsWith($"encoder.layer.{p.Layer}.attention.output.dense.weight", StringComparison.Ordinal)))
                for (int o = 0; o < 48; o++) values.AsSpan(o * 48 + part.Head * 12, 12).Clear();
            writer.Add(name, values, [.. checkpoint.Info(name).Shape]);
        }
        string masked = folder.File("masked");
        foreach (string file in Directory.GetFiles(Source, "*", SearchOption.AllDirectories))
        {
            string to = Path.Combine(masked, Path.GetRelativePath(Source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.WriteAllBytes(to, File.ReadAllBytes(file));
        }
        writer.WriteAsync(Path.Combine(masked, "model.safetensors")).GetAwaiter().GetResult();
        Assert.That(TinyModel.LargestDifference(Encode(pruned, Texts), Encode(SentenceEncoder.Load(masked), Texts)), Is.LessThan(2e-6f));
    }

    [Test]
    public void Prune_TakesTheLayerWhoseAbsenceChangesLeast()
    {
        using var folder = new TemporaryFolder();
        PruningReport report = EncoderPruner.Prune(Source, folder.File("pruned"), Texts, new() { Layers = 1 });
        PrunedPart[] first = [.. report.Parts];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(SentenceEncoder.Load(folder.File("pruned")).Model.Config.Layers, Is.EqualTo(1));
            Assert.That(report.Parts, Has.Count.EqualTo(2));
            Assert.That(first.Single(p => p.Removed).Change, Is.EqualTo(first.Min(p => p.Change)));
            Assert.That(report.Similarity, Is.EqualTo(1 - report.Parts.Last(p => p.Removed).Change).Within(1e-5));
            Assert.That(report.ToString(), Does.Contain("1 layers"));
        }
    }

    [Test]
    public void Prune_RefusesWhatCannotBe()
    {
        string source = Source, decoder = SharedData.PathOrSkip("golden/transformers/sbert/qwen3-last-token");
        using var folder = new TemporaryFolder();
        string to = folder.File("pruned");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => EncoderPruner.Prune(source, to, []), Throws.ArgumentException);
            Assert.That(() => EncoderPruner.Prune(source, to, Texts, new() { HeadsPerLayer = 4 }), Throws.ArgumentException);
            Assert.That(() => EncoderPruner.Prune(source, to, Texts, new() { Layers = 2 }), Throws.ArgumentException);
            Assert.That(() => EncoderPruner.Prune(source, to, Texts, new() { Layers = -1 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => EncoderPruner.Prune(source, to, Texts, new() { SampleTexts = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => EncoderPruner.Prune(decoder, to, Texts, new() { Layers = 1 }), Throws.InstanceOf<NotSupportedException>());
            Assert.That(() => EncoderPruner.Prune(source, source, Texts), Throws.ArgumentException.With.Message.Contains("not empty"));
        }
    }

    [Test]
    public void Prune_OfTheVocabularyWorksForByteLevelDecodersToo()
    {
        string source = SharedData.PathOrSkip("golden/transformers/sbert/qwen3-last-token");
        using var folder = new TemporaryFolder();
        EncoderPruner.Prune(source, folder.File("pruned"), Texts);
        Assert.That(Encode(SentenceEncoder.Load(folder.File("pruned")), Texts), Is.EqualTo(Encode(SentenceEncoder.Load(source), Texts)));
    }

    [Test]
    public void Report_MeasuresEachAgainstTheFirst()
    {
        SentenceEncoder whole = SentenceEncoder.Load(Source, new() { Threads = 1 }), bytes = SentenceEncoder.Load(Source, new() { Weights = WeightFormat.Int8, Threads = 1 });
        string[] texts = [.. Texts, .. Texts.Select(t => t + " and " + t), .. Texts.Select(t => "one " + t)];
        CompressionReport report = CompressionReport.Measure(texts, [EncoderVariant.Of("whole", whole), EncoderVariant.Of("int8", bytes), EncoderVariant.Of("static", StaticEncoder.Distill(whole)), EncoderVariant.Of("again", whole)]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Rows.Select(r => r.Name), Is.EqualTo((string[])["whole", "int8", "static", "again"]));
            Assert.That(report.Rows[0].NeighboursKept, Is.EqualTo(1));
            Assert.That(report.Rows[3].NeighboursKept, Is.EqualTo(1));
            Assert.That(report.Rows[1].NeighboursKept, Is.GreaterThan(0.8));
            Assert.That(report.Rows[1].Bytes, Is.LessThan(report.Rows[0].Bytes));
            Assert.That(report.Rows.Select(r => r.TextsPerSecond), Is.All.Positive);
            Assert.That(report.ToString().Split('\n'), Has.Length.EqualTo(7));
        }
    }
}
