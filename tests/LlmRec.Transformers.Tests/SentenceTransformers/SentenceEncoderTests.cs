using System.Numerics.Tensors;
using LlmRec.Tests;

namespace LlmRec.Transformers.Tests;

/// <summary>Whole folders against sentence-transformers, from text to vector.</summary>
[TestFixture]
public sealed class SentenceEncoderTests
{
    private static readonly string[] Folders = ["dense-normalize", "cls", "mean-without-prompt", "qwen3-last-token"];

    private static readonly SentenceEncoderOptions AsReference = new() { AllowSpecialTokens = true };

    private static SentenceEncoder MiniLM(SentenceEncoderOptions? options = null) => SentenceEncoder.Load(SharedData.PathOrSkip("models/all-MiniLM-L6-v2"), options ?? AsReference);

    private static float[] Encode(SentenceEncoder encoder, string[] texts, string? prompt = "")
    {
        var vectors = new float[texts.Length * encoder.Dimensions];
        encoder.Encode(texts, vectors, prompt);
        return vectors;
    }

    [TestCaseSource(nameof(Folders))]
    public void Encode_EqualsSentenceTransformersForEveryPrompt(string name)
    {
        var golden = new GoldenSentences("sbert/" + name);
        SentenceEncoder encoder = SentenceEncoder.Load(golden.Folder, AsReference);
        Assert.That(encoder.MaxTokens, Is.EqualTo(golden.MaxTokens));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(TinyModel.LargestDifference(Encode(encoder, golden.Texts), golden.Embeddings()), Is.LessThan(2e-6f));
            foreach ((string prompt, string text) in golden.Prompts)
            {
                Assert.That(encoder.Prompts[prompt], Is.EqualTo(text));
                Assert.That(TinyModel.LargestDifference(Encode(encoder, golden.Texts, text), golden.Embeddings(prompt)), Is.LessThan(2e-6f), prompt);
            }
        }
    }

    [Test]
    public void Encode_OfMiniLMEqualsTheReference()
    {
        var golden = new GoldenSentences("minilm");
        SentenceEncoder encoder = MiniLM();
        float[] vectors = Encode(encoder, golden.Texts), expected = golden.Embeddings();
        int d = encoder.Dimensions;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(TinyModel.LargestDifference(vectors, expected), Is.LessThan(2e-6f));
            for (int i = 0; i < golden.Texts.Length; i++)
                Assert.That(TensorPrimitives.CosineSimilarity<float>(vectors.AsSpan(i * d, d), expected.AsSpan(i * d, d)), Is.GreaterThan(0.999999f), golden.Texts[i]);
        }
    }

    [Test]
    public void Forward_OfMiniLMEqualsTheReferencesHiddenStates()
    {
        var golden = new GoldenSentences("minilm");
        SentenceEncoder encoder = MiniLM();
        (int[] ids, int[] starts) = golden.Ids();
        foreach (int text in new[] { 0, 7, 11, 22, 199 })
        {
            int n = starts[text + 1] - starts[text];
            var hidden = new float[n * 384];
            encoder.Model.Forward(new(ids.AsSpan(starts[text], n), [0, n]), new(hidden, n, 384));
            Assert.That(TinyModel.LargestDifference(hidden, golden.Tensor($"last_hidden_state.{text}")), Is.LessThan(2e-5f), $"text {text}");
        }
    }

    [Test]
    public void Encode_OfIdsEqualsThatOfTexts()
    {
        var golden = new GoldenSentences("minilm");
        SentenceEncoder encoder = MiniLM();
        (int[] ids, int[] starts) = golden.Ids();
        const int Texts = 40;
        var vectors = new float[Texts * encoder.Dimensions];
        encoder.Encode(new PackedTokens(ids.AsSpan(0, starts[Texts]), starts.AsSpan(0, Texts + 1)), vectors);
        Assert.That(vectors, Is.EqualTo(Encode(encoder, golden.Texts[..Texts])));
    }

    [Test]
    public void Encode_OfOneTextHasTheBitsOfTheBatchAndOfAnyNumberOfThreads()
    {
        var golden = new GoldenSentences("minilm");
        string[] texts = golden.Texts[..60];
        SentenceEncoder one = MiniLM(AsReference with { Threads = 1 }), three = MiniLM(AsReference with { Threads = 3 });
        float[] batch = Encode(one, texts);
        Assert.That(Encode(three, texts), Is.EqualTo(batch));
        foreach (int i in new[] { 0, 11, 23, 59 })
        {
            Assert.That(one.Encode(texts[i]), Is.EqualTo(batch.AsSpan(i * 384, 384).ToArray()), $"text {i}");
            Assert.That(three.Encode(texts[i]), Is.EqualTo(batch.AsSpan(i * 384, 384).ToArray()), $"text {i}, three threads");
        }
    }

    [TestCase(WeightFormat.Int8, 0.99f)]
    [TestCase(WeightFormat.BFloat16, 0.999f)]
    public void Encode_WithNarrowWeightsStaysNearTheReference(WeightFormat weights, float least)
    {
        var golden = new GoldenSentences("minilm");
        SentenceEncoder encoder = MiniLM(AsReference with { Weights = weights });
        float[] vectors = Encode(encoder, golden.Texts), expected = golden.Embeddings();
        int d = encoder.Dimensions;
        using (Assert.EnterMultipleScope())
        {
            for (int i = 0; i < golden.Texts.Length; i++)
                Assert.That(TensorPrimitives.CosineSimilarity<float>(vectors.AsSpan(i * d, d), expected.AsSpan(i * d, d)), Is.GreaterThanOrEqualTo(least), golden.Texts[i]);
        }

        Assert.That(encoder.Model.WeightBytes, Is.LessThan(weights == WeightFormat.Int8 ? 25_000_000 : 48_000_000));
    }

    [Test]
    public void Encode_KeepsTheFirstDimensionsAndTheirLength()
    {
        SentenceEncoder whole = MiniLM(), cut = MiniLM(AsReference with { Dimensions = 100 });
        float[] expected = whole.Encode("a slow film about the sea")[..100];
        TensorPrimitives.Divide(expected, TensorPrimitives.Norm<float>(expected), expected);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(cut.Dimensions, Is.EqualTo(100));
            Assert.That(cut.FullDimensions, Is.EqualTo(384));
            Assert.That(TinyModel.LargestDifference(cut.Encode("a slow film about the sea"), expected), Is.LessThan(1e-6f));
            Assert.Throws<ArgumentOutOfRangeException>(() => MiniLM(AsReference with { Dimensions = 385 }));
        }
    }

    [Test]
    public void Encode_SaysHowManyTextsWereCut()
    {
        SentenceEncoder encoder = MiniLM(new() { MaxTokens = 16 });
        string longText = string.Join(' ', Enumerable.Repeat("sea", 200));
        var vectors = new float[3 * 384];
        EncodeReport report = encoder.Encode(["short", longText, ""], vectors);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Texts, Is.EqualTo(3));
            Assert.That(report.TruncatedTexts, Is.EqualTo(1));
            Assert.That(report.Tokens, Is.EqualTo(3 + 16 + 2));
            Assert.That(vectors.AsSpan(384, 384).ToArray(), Is.EqualTo(encoder.Encode(string.Join(' ', Enumerable.Repeat("sea", 14)))));
            Assert.That(TensorPrimitives.Norm<float>(vectors.AsSpan(768, 384)), Is.EqualTo(1).Within(1e-5));
        }
    }

    [Test]
    public void Encode_TakesSpecialTokensInATextAsWordsUnlessToldOtherwise()
    {
        SentenceEncoder plain = MiniLM(new()), allowing = MiniLM();
        const string Text = "a [SEP] b";
        using (Assert.EnterMultipleScope())
        {
            Assert.That(plain.Encode(Text), Is.Not.EqualTo(allowing.Encode(Text)));
            Assert.That(plain.Encode("a b"), Is.EqualTo(allowing.Encode("a b")));
        }
    }

    [Test]
    public void Encode_ReportsEveryTextOnceAndStopsWhenCancelled()
    {
        SentenceEncoder encoder = MiniLM();
        string[] texts = [.. Enumerable.Range(0, 300).Select(i => $"text number {i} about things")];
        var seen = new List<EncodeProgress>();
        var progress = new Recorder(seen);
        encoder.Encode(texts, new float[texts.Length * 384], progress: progress);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(seen.Max(p => p.Done), Is.EqualTo(300));
            Assert.That(seen.Select(p => p.Done), Is.Unique);
            Assert.That(seen.Select(p => p.Total), Has.All.EqualTo(300));
        }

        using var source = new CancellationTokenSource();
        var stopping = new Stopper(source);
        Assert.Throws(Is.InstanceOf<OperationCanceledException>(), () => encoder.Encode(texts, new float[texts.Length * 384], progress: stopping, cancellationToken: source.Token));
        Assert.That(stopping.Done, Is.LessThan(300));
    }

    private sealed class Recorder(List<EncodeProgress> seen) : IProgress<EncodeProgress>
    {
        public void Report(EncodeProgress value)
        {
            lock (seen) seen.Add(value);
        }
    }

    private sealed class Stopper(CancellationTokenSource source) : IProgress<EncodeProgress>
    {
        public int Done { get; private set; }

        public void Report(EncodeProgress value)
        {
            Done = Math.Max(Done, value.Done);
            source.Cancel();
        }
    }
}
