namespace LlmRec.Transformers.Tests;

/// <summary>Every architecture against the reference implementation, see <c>../shared/golden/transformers/README.md</c>.</summary>
[TestFixture]
public sealed class ArchitectureTests
{
    private static readonly string[] Models =
    [
        "bert", "roberta", "xlm-roberta", "distilbert", "mpnet", "modernbert", "t5-gated-gelu", "t5-relu", "qwen2", "qwen3", "llama",
        "llama-rope-llama3", "llama-rope-linear", "mistral", "gemma3-text", "gemma3-bidirectional", "gpt2",
    ];

    [TestCaseSource(nameof(Models))]
    public void Forward_EqualsTheReferenceInEveryLayer(string name)
    {
        var golden = new TinyModel(name);
        var model = TransformerModel.Load(golden.Folder);
        float[][] layers = golden.Layers(model);
        using (Assert.EnterMultipleScope())
        {
            for (int i = 0; i < layers.Length; i++)
            {
                float[] expected = golden.ExpectedRows($"hidden.{i}");
                Assert.That(TinyModel.LargestDifference(layers[i], expected), Is.LessThan(1e-5f * Math.Max(3, expected.Max(Math.Abs))), $"hidden.{i}");
            }

            Assert.That(TinyModel.LargestDifference(golden.Forward(model), golden.ExpectedRows("last_hidden_state")), Is.LessThan(3e-5f), "last_hidden_state");
        }
    }

    [TestCaseSource(nameof(Models))]
    public void Forward_OfATextAloneHasTheBitsOfTheBatch(string name)
    {
        var golden = new TinyModel(name);
        var model = TransformerModel.Load(golden.Folder);
        int h = model.Config.HiddenSize;
        float[] batch = golden.Forward(model), threaded = golden.Forward(model, threads: 3);
        for (int i = 0; i < golden.Texts; i++)
        {
            int start = golden.Starts[i], n = golden.Starts[i + 1] - start;
            var alone = new float[n * h];
            ReadOnlySpan<int> types = golden.Types.Length == 0 ? [] : golden.Types.AsSpan(start, n);
            model.Forward(new PackedTokens(golden.Ids.AsSpan(start, n), [0, n], types), new(alone, n, h));
            Assert.That(alone, Is.EqualTo(batch.AsSpan(start * h, n * h).ToArray()), $"text {i}");
        }

        Assert.That(threaded, Is.EqualTo(batch));
    }

    [TestCase("bert-f16")]
    [TestCase("bert-bf16")]
    [TestCase("bert-mlm")]
    public void Forward_ReadsWhatIsStoredInAnotherWay(string name)
    {
        var golden = new TinyModel(name, name);
        Assert.That(TinyModel.LargestDifference(golden.Forward(TransformerModel.Load(golden.Folder)), golden.ExpectedRows("last_hidden_state")), Is.LessThan(3e-5f));
    }

    [TestCase("bert-sharded")]
    [TestCase("bert-legacy")]
    public void Forward_ReadsPartsAndOldNamesAsTheSameModel(string name)
    {
        var golden = new TinyModel(name, "bert");
        var plain = new TinyModel("bert");
        Assert.That(golden.Forward(TransformerModel.Load(golden.Folder)), Is.EqualTo(plain.Forward(TransformerModel.Load(plain.Folder))));
    }

    [TestCase("bert-classify-1")]
    [TestCase("bert-classify-5")]
    public void Load_IgnoresHeads(string name)
    {
        var golden = new TinyModel(name, "bert");
        Assert.That(golden.Forward(TransformerModel.Load(golden.Folder)), Has.All.Matches<float>(float.IsFinite));
    }
}
