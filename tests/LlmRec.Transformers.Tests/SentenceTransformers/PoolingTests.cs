using System.Numerics.Tensors;
using System.Text;
using LlmRec.Kernels;

namespace LlmRec.Transformers.Tests;

[TestFixture]
public sealed class PoolingTests
{
    private static Pooling Read(string json, int hidden = 4) => Pooling.Read(ConfigObject.Parse(Encoding.UTF8.GetBytes(json), "pooling"), hidden);

    private static float[] Apply(Pooling pooling, float[] rows, int columns, int prompt = 0)
    {
        var vector = new float[pooling.Modes.Count * columns];
        pooling.Apply(new ReadOnlyMatrixSpan(rows, rows.Length / columns, columns), prompt, vector);
        return vector;
    }

    [TestCase("bert")]
    [TestCase("qwen3")]
    [TestCase("t5-relu")]
    public void Apply_EqualsTheReference(string name)
    {
        var golden = new TinyModel(name);
        TransformerModel model = TransformerModel.Load(golden.Folder);
        int h = model.Config.HiddenSize;
        float[] hidden = golden.Forward(model);
        foreach (string key in (string[])["mean", "cls", "max", "last"])
        {
            Pooling pooling = Read($$"""{"pooling_mode": "{{(key == "last" ? "lasttoken" : key)}}"}""", h);
            float[] expected = golden.Expected(key), unit = golden.Expected(key + "_normalized");
            for (int i = 0; i < golden.Texts; i++)
            {
                float[] vector = Apply(pooling, hidden[(golden.Starts[i] * h)..(golden.Starts[i + 1] * h)], h);
                Assert.That(TinyModel.LargestDifference(vector, expected.AsSpan(i * h, h)), Is.LessThan(3e-5f), $"{key} of text {i}");
                TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
                Assert.That(TinyModel.LargestDifference(vector, unit.AsSpan(i * h, h)), Is.LessThan(3e-5f), $"{key} of text {i}, length 1");
            }
        }
    }

    [Test]
    public void Apply_WeighsByPosition_AndByTheRootOfTheLength_AndPutsSeveralSideBySide()
    {
        float[] rows = [1, 2, 4, 8, 3, 0, 0, 1];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Apply(Read("""{"pooling_mode": "weightedmean"}"""), rows, 4), Is.EqualTo(new[] { 7f / 3, 2f / 3, 4f / 3, 10f / 3 }).Within(1e-6));
            Assert.That(Apply(Read("""{"pooling_mode": "mean_sqrt_len_tokens"}"""), rows, 4), Is.EqualTo(new[] { 4, 2, 4, 9 }.Select(x => x / Math.Sqrt(2))).Within(1e-6));
            Assert.That(Apply(Read("""{"pooling_mode_cls_token": true, "pooling_mode_max_tokens": true, "pooling_mode_mean_tokens": false}"""), rows, 4), Is.EqualTo(new[] { 1, 2, 4, 8, 3, 2, 4, 8 }));
            Assert.That(Apply(Read("""{"pooling_mode": ["mean", "lasttoken"]}"""), rows, 4), Is.EqualTo(new[] { 2, 1, 2, 4.5f, 3, 0, 0, 1 }));
        }
    }

    [Test]
    public void Apply_LeavesThePromptOutOnlyWhereTheModelDoes_AndSomethingRemains()
    {
        float[] rows = [1, 2, 4, 8, 3, 0, 0, 1];
        Pooling without = Read("""{"pooling_mode": "mean", "include_prompt": false}"""), with = Read("""{"pooling_mode": "mean"}""");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Apply(without, rows, 4, prompt: 1), Is.EqualTo(new[] { 3, 0, 0, 1 }));
            Assert.That(Apply(without, rows, 4, prompt: 2), Is.EqualTo(new[] { 2, 1, 2, 4.5f }));
            Assert.That(Apply(with, rows, 4, prompt: 1), Is.EqualTo(new[] { 2, 1, 2, 4.5f }));
        }
    }

    [TestCase("""{"pooling_mode": "median"}""", "median")]
    [TestCase("""{"pooling_mode": "mean", "embedding_dimension": 5}""", "5")]
    [TestCase("""{"pooling_mode_mean_tokens": false}""", "0 pooling modes")]
    [TestCase("""{"pooling_mode": []}""", "0 pooling modes")]
    public void Read_NamesWhatIsWrong(string json, string named) => Assert.That(() => Read(json), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(named));
}
