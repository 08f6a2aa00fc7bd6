using System.Numerics.Tensors;
using System.Text;
using LlmRec.Kernels;
using LlmRec.Tests;

namespace LlmRec.Transformers.Tests;

[TestFixture]
public sealed class StaticEncoderTests
{
    private static readonly string[] Shop = ["hair conditioner for dry hair", "dry hair mask", "conditioner for dry hair, two bottles", "nail lacquer", "nail lacquer, red", "a mask for dry hair"];

    private static SentenceEncoder Tiny() => SentenceEncoder.Load(SharedData.PathOrSkip("golden/transformers/sbert/dense-normalize"));

    private static StaticDistillationOptions Exact => new() { Format = StaticFormat.Float32 };

    private static float[] Encode(StaticEncoder encoder, string[] texts)
    {
        var vectors = new float[texts.Length * encoder.Dimensions];
        encoder.Encode(texts, vectors);
        return vectors;
    }

    [Test]
    public void Distill_OfMiniLMEqualsModel2Vec()
    {
        var golden = new GoldenSentences("static");
        SentenceEncoder source = SentenceEncoder.Load(SharedData.PathOrSkip("models/all-MiniLM-L6-v2"));
        StaticEncoder encoder = StaticEncoder.Distill(source, Exact);
        float[] texts = Encode(encoder, golden.Texts), cosines = golden.Tensor("cosine");
        int d = encoder.Dimensions, n = golden.Texts.Length;
        Assert.That((encoder.Rows, d), Is.EqualTo((29525, 256)));
        float worst = 0, worstToken = 0, worstNorm = 0;
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                worst = Math.Max(worst, Math.Abs(TensorPrimitives.Dot<float>(texts.AsSpan(i * d, d), texts.AsSpan(j * d, d)) - cosines[i * n + j]));

        string[] tokens = golden.Strings("tokens");
        float[][] rows = [.. tokens.Select(t => encoder.RowOf(encoder.Tokenizer.Vocabulary.IdOf(t)!.Value))];
        float[] tokenCosines = golden.Tensor("token_cosine"), norms = golden.Tensor("token_norm");
        for (int i = 0; i < rows.Length; i++)
        {
            worstNorm = Math.Max(worstNorm, Math.Abs(TensorPrimitives.Norm<float>(rows[i]) / norms[i] - 1));
            for (int j = 0; j < rows.Length; j++)
                worstToken = Math.Max(worstToken, Math.Abs(TensorPrimitives.CosineSimilarity<float>(rows[i], rows[j]) - tokenCosines[i * rows.Length + j]));
        }
        using (Assert.EnterMultipleScope())
        {
            Assert.That(worst, Is.LessThan(1e-5f));
            Assert.That(worstToken, Is.LessThan(1e-5f));
            Assert.That(worstNorm, Is.LessThan(1e-5f));
        }
    }

    [Test]
    public void Pieces_OfMiniLMHaveModel2VecsVectors()
    {
        var golden = new GoldenSentences("static");
        SentenceEncoder source = SentenceEncoder.Load(SharedData.PathOrSkip("models/all-MiniLM-L6-v2"));
        string[] tokens = golden.Strings("tokens")[..20];
        int[][] wrapped = [.. tokens.Select(t => source.Tokenizer.Wrap([source.Tokenizer.Vocabulary.IdOf(t)!.Value]))];
        (int[] ids, int[] starts) = golden.Ids("raw_ids", whole: true);
        Assert.That(wrapped.SelectMany(w => w), Is.EqualTo(ids));
        var vectors = new float[tokens.Length * source.Dimensions];
        source.EncodeUnscaled(new(ids, starts), vectors, default);
        Assert.That(TinyModel.LargestDifference(vectors, golden.Tensor("raw")), Is.LessThan(2e-5f));
    }

    [Test]
    public void Distill_GivesTheSameForAnyNumberOfThreads()
    {
        SentenceEncoder source = Tiny();
        Assert.That(Encode(StaticEncoder.Distill(source, new() { Threads = 2 }), Shop), Is.EqualTo(Encode(StaticEncoder.Distill(source, new() { Threads = 1 }), Shop)));
    }

    [Test]
    public void Int8_StaysCloseToFloat32()
    {
        SentenceEncoder source = Tiny();
        StaticEncoder exact = StaticEncoder.Distill(source, Exact), bytes = StaticEncoder.Distill(source);
        using (Assert.EnterMultipleScope())
        {
            foreach (string text in Shop) Assert.That(TensorPrimitives.Dot<float>(exact.Encode(text), bytes.Encode(text)), Is.GreaterThan(0.9995f), text);
            Assert.That(bytes.TableBytes, Is.EqualTo(bytes.Rows * (bytes.Dimensions + 4)));
        }
    }

    [Test]
    public void Encode_HasLengthOneAndTheSameAloneAndInABatch()
    {
        StaticEncoder encoder = StaticEncoder.Distill(Tiny());
        float[] batch = Encode(encoder, Shop);
        using (Assert.EnterMultipleScope())
        {
            for (int i = 0; i < Shop.Length; i++)
            {
                float[] alone = encoder.Encode(Shop[i]);
                Assert.That(TensorPrimitives.Norm<float>(alone), Is.EqualTo(1).Within(1e-5f));
                Assert.That(batch[(i * encoder.Dimensions)..((i + 1) * encoder.Dimensions)], Is.EqualTo(alone));
            }
        }
    }

    [TestCase("")]
    [TestCase("   ")]
    [TestCase("\u200b")]
    public void Encode_OfNothingIsZero(string text) => Assert.That(StaticEncoder.Distill(Tiny()).Encode(text), Is.All.Zero);

    [Test]
    public void Encode_TakesSpecialTokensOfATextAsText()
    {
        StaticEncoder encoder = StaticEncoder.Distill(Tiny());
        int[] plain = encoder.Tokenizer.EncodeToIds("[SEP] hair", EncodeOptions.Plain);
        Assert.That(plain, Has.No.Member(encoder.Tokenizer.SpecialTokens.Sep!.Value));
        Assert.That(encoder.Encode("[SEP] hair"), Has.Some.Not.Zero);
    }

    [Test]
    public void Encode_ReadsNoFartherThanItsLimit()
    {
        StaticEncoder encoder = StaticEncoder.Distill(Tiny(), new() { MaxTokens = 3 });
        Assert.That(encoder.Encode("a a a b b b b"), Is.EqualTo(encoder.Encode("a a a")));
    }

    [Test]
    public void Encode_AllocatesNothing()
    {
        StaticEncoder encoder = StaticEncoder.Distill(Tiny(), new() { Texts = Shop, Phrases = 5, MinPhraseCount = 2 });
        var vector = new float[encoder.Dimensions];
        string longText = string.Concat(Enumerable.Repeat("dry hair ", 2000));
        encoder.Encode(longText, vector);
        Assert.That(Allocations.Of(() =>
        {
            foreach (string text in Shop) encoder.Encode(text, vector);
            encoder.Encode(longText, vector);
        }), Is.Zero);
    }

    [Test]
    public void Truncate_KeepsTheFirstDimensions()
    {
        StaticEncoder encoder = StaticEncoder.Distill(Tiny()), cut = encoder.Truncate(10);
        float[] whole = encoder.Encode(Shop[0])[..10];
        StaticEncoder.Normalize(whole);
        Assert.That(TinyModel.LargestDifference(cut.Encode(Shop[0]), whole), Is.LessThan(1e-6f));
        Assert.That(() => encoder.Truncate(encoder.Dimensions + 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Whitening_LevelsTheDirections()
    {
        SentenceEncoder source = Tiny();
        var options = Exact with { Weighting = TokenWeighting.None };
        double[] plain = Deviations(StaticEncoder.Distill(source, options)), white = Deviations(StaticEncoder.Distill(source, options with { Whitening = 1 }));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(plain.Max() / plain[..16].Min(), Is.GreaterThan(1.5));
            Assert.That(white.Max() / white[..16].Min(), Is.EqualTo(1).Within(0.01));
        }

        static double[] Deviations(StaticEncoder encoder)
        {
            float[][] rows = [.. Enumerable.Range(0, encoder.Tokenizer.Vocabulary.Size).Select(encoder.RowOf).Where(r => r.Any(x => x != 0))];
            return [.. Enumerable.Range(0, encoder.Dimensions).Select(k => Math.Sqrt(rows.Average(r => (double)r[k] * r[k])))];
        }
    }

    [Test]
    public void Counts_WeighRarePiecesMore()
    {
        SentenceEncoder source = Tiny();
        string[] texts = [.. Enumerable.Repeat("hair hair hair", 50), "nail"];
        StaticEncoder counted = StaticEncoder.Distill(source, Exact with { Weighting = TokenWeighting.Counts, Texts = texts, SmoothInverseFrequency = 0.05 }), even = StaticEncoder.Distill(source, Exact with { Weighting = TokenWeighting.None });
        int[] often = counted.Tokenizer.EncodeToIds("hair", EncodeOptions.Plain), seldom = counted.Tokenizer.EncodeToIds("nail", EncodeOptions.Plain);
        Assert.That(Kept(often[0]), Is.LessThan(Kept(seldom[^1]) / 2));

        float Kept(int id) => TensorPrimitives.Norm<float>(counted.RowOf(id)) / TensorPrimitives.Norm<float>(even.RowOf(id));
    }

    [Test]
    public void Phrases_HaveRowsOfTheirOwn()
    {
        SentenceEncoder source = Tiny();
        StaticEncoder encoder = StaticEncoder.Distill(source, Exact with { Texts = Shop, Phrases = 1, MinPhraseCount = 2, MaxPhraseWords = 2, Weighting = TokenWeighting.None });
        Assert.That(encoder.PhraseCount, Is.EqualTo(1));
        // the phrase's vector is the encoder's own of these words: with all directions kept, cosines between rows survive the turn
        float[] phrase = encoder.Encode("dry hair"), pieces = StaticEncoder.Distill(source, Exact with { Weighting = TokenWeighting.None }).Encode("dry hair");
        Assert.That(TensorPrimitives.Dot<float>(phrase, pieces), Is.LessThan(0.999f));
        Assert.That(encoder.Encode("dry hairs"), Is.Not.EqualTo(phrase), "a phrase ends where a word ends");
    }

    [TestCase(StaticFormat.Int8)]
    [TestCase(StaticFormat.Float32)]
    public async Task Save_AndLoadGiveTheSameVectors(StaticFormat format)
    {
        using var folder = new TemporaryFolder();
        StaticEncoder encoder = StaticEncoder.Distill(Tiny(), new() { Format = format, Texts = Shop, Phrases = 4, MinPhraseCount = 2, MaxTokens = 100 });
        await encoder.SaveAsync(folder.Path);
        StaticEncoder opened = StaticEncoder.Load(folder.Path);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((opened.Rows, opened.PhraseCount, opened.Dimensions, opened.MaxTokens, opened.Format), Is.EqualTo((encoder.Rows, encoder.PhraseCount, encoder.Dimensions, 100, format)));
            Assert.That(Encode(opened, Shop), Is.EqualTo(Encode(encoder, Shop)));
        }
    }

    [Test]
    public async Task Save_AmongOtherTensorsReadsBack()
    {
        StaticEncoder encoder = StaticEncoder.Distill(Tiny());
        var writer = new SafeTensorsWriter();
        writer.Add("other", new[] { 1f });
        encoder.Save(writer, "static.");
        using var stream = new MemoryStream();
        await writer.WriteAsync(stream);
        using SafeTensorsFile file = SafeTensorsFile.Parse(stream.ToArray());
        Assert.That(Encode(StaticEncoder.Read(file, "static."), Shop), Is.EqualTo(Encode(encoder, Shop)));
    }

    [Test]
    public async Task Load_OfModel2VecsLayoutAppliesMappingAndWeights()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\nred\nblue\ngreen\n");
        await File.WriteAllTextAsync(folder.File("config.json"), """{"model_type": "model2vec", "normalize": true}""");
        var writer = new SafeTensorsWriter();
        writer.Add("embeddings", new[] { 1f, 0, 0, 1 }, 2, 2);
        writer.Add("weights", new[] { 1.0, 3.0 });
        writer.Add("mapping", new long[] { 0, 0, 0, 0, 0, 1, 1 });
        await writer.WriteAsync(folder.File("model.safetensors"));
        Assert.That(TinyModel.LargestDifference(StaticEncoder.Load(folder.Path).Encode("red green"), [0.316228f, 0.948683f]), Is.LessThan(1e-5f));
    }

    [Test]
    public async Task Load_NamesWhatDoesNotFit()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\nred\n");
        await File.WriteAllTextAsync(folder.File("config.json"), "{}");
        Assert.That(() => StaticEncoder.Load(folder.Path), Throws.InstanceOf<FileNotFoundException>().With.Message.Contains("model.safetensors"));
        var writer = new SafeTensorsWriter();
        writer.Add("embeddings", new float[18], 9, 2);
        await writer.WriteAsync(folder.File("model.safetensors"));
        Assert.That(() => StaticEncoder.Load(folder.Path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("9 rows for 5 tokens"));
        writer = new();
        writer.Add("embeddings", new[] { 1f, float.NaN, 2, 3 }, 2, 2);
        await writer.WriteAsync(folder.File("model.safetensors"));
        Assert.That(() => StaticEncoder.Load(folder.Path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("NaN"));
        writer = new();
        writer.Add("embeddings", new float[4], 2, 2);
        writer.Add("mapping", new[] { 0, 0, 0, 0, 2 });
        await writer.WriteAsync(folder.File("model.safetensors"));
        Assert.That(() => StaticEncoder.Load(folder.Path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("mapping"));
    }

    [Test]
    public void FromVectors_TakesVectorsOfAnyOrigin()
    {
        Tokenizer tokenizer = Tokenizer.FromWordPieces(Encoding.UTF8.GetBytes("[PAD]\n[UNK]\n[CLS]\n[SEP]\nred\nblue\ngreen\nold\n"));
        float[] vectors = [1, 1, 0, 0, 1, 1, 0, 0, -1, -1, 0, 0];
        StaticEncoder encoder = StaticEncoder.FromVectors(tokenizer, [4, 5, 6, 7], new ReadOnlyMatrixSpan(vectors, 4, 3), Exact with { Weighting = TokenWeighting.None, Dimensions = 2 });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(TensorPrimitives.Norm<float>(encoder.Encode("red unheard-of")), Is.EqualTo(1).Within(1e-6f));
            Assert.That(encoder.Encode("unheard"), Is.All.Zero);
            Assert.That(() => StaticEncoder.FromVectors(tokenizer, [4, 4, 6, 7], new ReadOnlyMatrixSpan(vectors, 4, 3)), Throws.ArgumentException);
            Assert.That(() => StaticEncoder.FromVectors(tokenizer, [4, 5, 6, 8], new ReadOnlyMatrixSpan(vectors, 4, 3)), Throws.ArgumentException);
            Assert.That(() => StaticEncoder.FromVectors(tokenizer, [4, 5, 6], new ReadOnlyMatrixSpan(vectors, 4, 3)), Throws.ArgumentException);
        }
    }

    private static readonly StaticDistillationOptions[] Wrong =
    [
        new() { Dimensions = 0 }, new() { Whitening = 1.1 }, new() { Whitening = double.NaN }, new() { SmoothInverseFrequency = 0 }, new() { MaxTokens = 0 }, new() { MaxTokens = 9000 },
        new() { Phrases = 3 }, new() { Weighting = TokenWeighting.Counts }, new() { Weighting = (TokenWeighting)9 }, new() { Threads = -1 }, new() { MaxPhraseWords = 0 }, new() { MinPhraseCount = 0 },
    ];

    [TestCaseSource(nameof(Wrong))]
    public void Distill_RefusesOptionsOutOfRange(StaticDistillationOptions options)
    {
        SentenceEncoder tiny = Tiny();
        Assert.That(() => StaticEncoder.Distill(tiny, options), Throws.InstanceOf<ArgumentException>());
    }

    [Test]
    public void Distill_CanBeCancelled()
    {
        SentenceEncoder tiny = Tiny();
        Assert.That(() => StaticEncoder.Distill(tiny, cancellationToken: new CancellationToken(true)), Throws.InstanceOf<OperationCanceledException>());
    }

    [TestCase(1)]
    [TestCase(31)]
    [TestCase(32)]
    [TestCase(100)]
    [TestCase(256)]
    public void Sum_OfBlocksEqualsTheScalarTwin(int d)
    {
        var random = new Random(d);
        (sbyte[] bytes, float[] scales, float[] floats) = (new sbyte[50 * d], new float[50], new float[50 * d]);
        random.NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(bytes.AsSpan()));
        for (int i = 0; i < scales.Length; i++) scales[i] = random.NextSingle();
        for (int i = 0; i < floats.Length; i++) floats[i] = random.NextSingle() - 0.5f;
        int[] rows = [.. Enumerable.Range(0, 23).Select(_ => random.Next(50))];
        foreach (StaticTable table in (StaticTable[])[new(bytes, scales, d), new(floats, d)])
        {
            float[] fast = new float[d], slow = new float[d];
            fast.AsSpan().Fill(0.25f);
            slow.AsSpan().Fill(0.25f);
            table.Add(rows, 1.5f, fast);
            table.AddScalar(rows, 1.5f, slow);
            Assert.That(fast, Is.EqualTo(slow));
        }
    }
}
