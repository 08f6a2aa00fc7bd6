using System.Text;
using LlmRec.Kernels;
using LlmRec.Tests;

namespace LlmRec.Transformers.Tests;

[TestFixture]
public sealed class TransformerConfigTests
{
    private static readonly string[] Rotary = ["modernbert", "qwen2", "qwen3", "llama", "llama-rope-llama3", "llama-rope-linear", "mistral", "gemma3-text", "gemma3-bidirectional"];

    [TestCaseSource(nameof(Rotary))]
    public void Load_UnderstandsOldKeysAndNewAlike(string name)
    {
        string folder = SharedData.PathOrSkip($"golden/transformers/tiny/{name}");
        TransformerConfig now = TransformerConfig.Load(folder), before = TransformerConfig.Load(Path.Combine(folder, "config.v4.json"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(before.Windows, Is.EqualTo(now.Windows));
            Assert.That(before with { Windows = now.Windows }, Is.EqualTo(now));
        }
    }

    [Test]
    public void Load_ReadsMiniLM()
    {
        TransformerConfig c = TransformerConfig.Load(SharedData.PathOrSkip("models/all-MiniLM-L6-v2"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((c.Architecture, c.Layers, c.HiddenSize, c.Heads, c.HeadSize, c.IntermediateSize), Is.EqualTo((Architecture.Bert, 6, 384, 12, 32, 1536)));
            Assert.That((c.Activation, c.NormEpsilon, c.MaxTokens, c.VocabularySize), Is.EqualTo((Activation.Gelu, 1e-12f, 512, 30522)));
        }
    }

    [TestCase("{}", "model_type")]
    [TestCase("{\"model_type\": \"mamba\"}", "mamba")]
    [TestCase("{\"model_type\": \"bert\"}", "hidden_size")]
    [TestCase("{\"model_type\": \"bert\", \"hidden_size\": -4}", "-4")]
    [TestCase("{\"model_type\": \"bert\", \"hidden_size\": \"wide\"}", "wide")]
    [TestCase("{\"model_type\": \"bert\", \"hidden_size\": 50, \"num_attention_heads\": 4, \"num_hidden_layers\": 1, \"vocab_size\": 9, \"intermediate_size\": 9}", "50")]
    [TestCase("{\"model_type\": \"bert\", \"hidden_size\": 48, \"num_attention_heads\": 4, \"num_hidden_layers\": 1, \"vocab_size\": 9, \"intermediate_size\": 9, \"hidden_act\": \"sine\"}", "sine")]
    [TestCase("{\"model_type\": \"bert\", \"hidden_size\": 48, \"num_attention_heads\": 4, \"num_hidden_layers\": 999999, \"vocab_size\": 9}", "num_hidden_layers")]
    [TestCase("{\"model_type\": \"llama\", \"hidden_size\": 48, \"num_attention_heads\": 4, \"num_hidden_layers\": 1, \"vocab_size\": 9, \"intermediate_size\": 9, \"rope_scaling\": {\"type\": \"longrope\", \"factor\": 2}}", "longrope")]
    [TestCase("{\"model_type\": \"llama\", \"hidden_size\": 48, \"num_attention_heads\": 4, \"num_key_value_heads\": 3, \"num_hidden_layers\": 1, \"vocab_size\": 9, \"intermediate_size\": 9}", "share")]
    [TestCase("{\"model_type\": \"bert\", \"hidden_size\": 48, \"num_attention_heads\": 4, \"num_hidden_layers\": 1, \"vocab_size\": 9, \"intermediate_size\": 9, \"layer_norm_eps\": -1}", "layer_norm_eps")]
    [TestCase("{\"model_type\": \"gemma3_text\", \"hidden_size\": 48, \"num_attention_heads\": 4, \"num_hidden_layers\": 1, \"vocab_size\": 9, \"intermediate_size\": 9, \"query_pre_attn_scalar\": 0}", "query_pre_attn_scalar")]
    [TestCase("not json", "valid JSON")]
    public void Parse_NamesWhatIsWrong(string json, string named) =>
        Assert.That(() => TransformerConfig.Parse(Encoding.UTF8.GetBytes(json)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(named));

    [Test]
    public void Parse_ReadsYarn()
    {
        TransformerConfig c = TransformerConfig.Parse(Encoding.UTF8.GetBytes(
            "{\"model_type\": \"qwen2\", \"hidden_size\": 48, \"num_attention_heads\": 4, \"num_hidden_layers\": 1, \"vocab_size\": 9, \"intermediate_size\": 9, \"rope_scaling\": {\"type\": \"yarn\", \"factor\": 4, \"original_max_position_embeddings\": 32}}"));
        Assert.That(c.Rotary, Is.EqualTo(new RotaryConfig { Theta = 10_000, Scaling = RotaryScaling.Yarn, Factor = 4, OriginalPositions = 32 }));
    }

    [Test]
    public void RotaryTable_OfYarnKeepsFastAnglesAndStretchesSlowOnes()
    {
        const int D = 64;
        var plain = new RotaryTable(new() { Theta = 10_000 }, D);
        var yarn = new RotaryTable(new() { Theta = 10_000, Scaling = RotaryScaling.Yarn, Factor = 8, OriginalPositions = 2048, AttentionFactor = 1 }, D);
        var linear = new RotaryTable(new() { Theta = 10_000, Scaling = RotaryScaling.Linear, Factor = 8 }, D);
        float[] p = plain.Get(20).Sines, y = yarn.Get(20).Sines, l = linear.Get(20).Sines;
        int row = 10 * D / 2;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(y[row], Is.EqualTo(p[row]).Within(1e-6), "the fastest pair turns many times over the original length");
            Assert.That(y[row + D / 2 - 1], Is.EqualTo(l[row + D / 2 - 1]).Within(1e-6), "the slowest pair turns less than once");
        }
    }
}
