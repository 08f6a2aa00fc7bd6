using LlmRec.Tests;

namespace LlmRec.Transformers.Tests;

[TestFixture]
public sealed class CheckpointTests
{
    private static async Task Write(string path, params (string Name, float[] Values, long[] Shape)[] tensors)
    {
        var writer = new SafeTensorsWriter();
        foreach ((string name, float[] values, long[] shape) in tensors) writer.Add(name, values, shape);
        await writer.WriteAsync(path);
    }

    [Test]
    public void Open_RefusesAPickleAndSaysWhy()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(Path.Combine(folder.Path, "pytorch_model.bin"), [0x80, 2]);
        Assert.That(() => Checkpoint.Open(folder.Path), Throws.InstanceOf<FileNotFoundException>().With.Message.Contains("pytorch_model.bin").And.Message.Contains("pickle"));
    }

    [Test]
    public void Open_NamesWhatIsMissing()
    {
        using var folder = new TemporaryFolder();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Checkpoint.Open(folder.Path), Throws.InstanceOf<FileNotFoundException>().With.Message.Contains("model.safetensors"));
            Assert.That(() => Checkpoint.Open(Path.Combine(folder.Path, "nowhere")), Throws.InstanceOf<DirectoryNotFoundException>().With.Message.Contains("nowhere"));
        }
    }

    [TestCase("{\"weight_map\": {\"a\": \"model-1.safetensors\", \"b\": \"model-2.safetensors\"}}", "model-2.safetensors")]
    [TestCase("{\"weight_map\": {\"a\": \"../model-1.safetensors\"}}", "../model-1.safetensors")]
    [TestCase("{\"weight_map\": {\"a\": 5}}", "5")]
    [TestCase("{\"weight_map\": {\"a\": \"model-1.safetensors\", \"c\": \"model-1.safetensors\"}}", "'c'")]
    [TestCase("{}", "weight_map")]
    [TestCase("[1]", "JSON object")]
    [TestCase("{\"weight_map\": ", "valid JSON")]
    public async Task Open_RefusesAnIndexThatLies(string index, string named)
    {
        using var folder = new TemporaryFolder();
        await Write(Path.Combine(folder.Path, "model-1.safetensors"), ("a", [1], [1]));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "model.safetensors.index.json"), index);
        Assert.That(() => Checkpoint.Open(folder.Path), Throws.InstanceOf<IOException>().Or.InstanceOf<InvalidDataException>());
        Assert.That(() => Checkpoint.Open(folder.Path), Throws.Exception.With.Message.Contains(named));
    }

    [Test]
    public async Task ReadFloats_MultipliesInt8ByTheScaleOfItsRow()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "model.safetensors");
        var writer = new SafeTensorsWriter();
        writer.Add("w", new sbyte[] { 1, -2, 3, 127, -128, 0 }, 2, 3);
        writer.Add("w_scale", new[] { 0.5f, 2f }, 2, 1);
        writer.Add("one", new sbyte[] { 4, 5 }, 2);
        writer.Add("one_scale", new[] { 0.25f }, 1);
        writer.Add("bare", new sbyte[] { 4, 5 }, 2);
        writer.Add("short", new sbyte[] { 1, 1, 1 }, 3, 1);
        writer.Add("short_scale", new[] { 0.25f, 1 }, 2);
        await writer.WriteAsync(path);
        using Checkpoint checkpoint = Checkpoint.Open(folder.Path);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(checkpoint.ReadFloats("w", 2, 3), Is.EqualTo(new[] { 0.5f, -1, 1.5f, 254, -256, 0 }));
            Assert.That(checkpoint.ReadFloats("one"), Is.EqualTo(new[] { 1f, 1.25f }));
            Assert.That(() => checkpoint.ReadFloats("bare"), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("bare_scale"));
            Assert.That(() => checkpoint.ReadFloats("short"), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("short_scale"));
            Assert.That(() => checkpoint.ReadFloats("w", 3, 2), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("[3, 2]"));
        }
    }

    [TestCase("encoder.layer.1.output.dense.weight", null, "encoder.layer.1.output.dense.weight")]
    [TestCase("encoder.layer.1.attention.self.key.bias", null, "encoder.layer.1.attention.self.key.bias")]
    [TestCase("embeddings.LayerNorm.weight", null, "embeddings.LayerNorm.weight")]
    [TestCase("embeddings.word_embeddings.weight", null, "embeddings.word_embeddings.weight")]
    [TestCase("pooler.dense.bias", "encoder.layer.3.output.dense.weight", "encoder.layer.3.output.dense.weight")]
    [TestCase("pooler.dense.bias", "surprise", "surprise")]
    [TestCase("encoder.layer.1.output.dense.weight", "encoder.layer.1.output.dense.weight", "[48, 80]")]
    public async Task Load_NamesATensorThatIsMissingExtraOrMisshapen(string removed, string? added, string named)
    {
        using var folder = new TemporaryFolder();
        string source = SharedData.PathOrSkip("golden/transformers/tiny/bert");
        File.Copy(Path.Combine(source, "config.json"), Path.Combine(folder.Path, "config.json"));
        using (var file = SafeTensorsFile.Open(Path.Combine(source, "model.safetensors")))
        {
            var writer = new SafeTensorsWriter();
            foreach (TensorInfo t in file.Tensors.Values)
                if (t.Name != removed) writer.Add(t.Name, file.ReadFloats(t.Name), [.. t.Shape]);
            if (added is not null) writer.Add(added, new float[] { 1, 2 }, 2);
            await writer.WriteAsync(Path.Combine(folder.Path, "model.safetensors"));
        }

        Assert.That(() => TransformerModel.Load(folder.Path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(named));
    }

    [Test]
    public async Task Load_ReadsACheckpointOfInt8()
    {
        using var folder = new TemporaryFolder();
        var golden = new TinyModel("bert");
        File.Copy(Path.Combine(golden.Folder, "config.json"), Path.Combine(folder.Path, "config.json"));
        using (var file = SafeTensorsFile.Open(Path.Combine(golden.Folder, "model.safetensors")))
        {
            var writer = new SafeTensorsWriter();
            foreach (TensorInfo t in file.Tensors.Values)
            {
                float[] values = file.ReadFloats(t.Name);
                if (t.Shape.Count < 2)
                {
                    writer.Add(t.Name, values, [.. t.Shape]);
                    continue;
                }

                int rows = (int)t.Shape[0], columns = (int)t.Shape[1];
                var scales = new float[rows];
                var bytes = new sbyte[values.Length];
                for (int i = 0; i < rows; i++)
                {
                    scales[i] = values.AsSpan(i * columns, columns).ToArray().Max(Math.Abs) / 127;
                    for (int j = 0; j < columns; j++) bytes[i * columns + j] = (sbyte)MathF.Round(values[i * columns + j] / scales[i]);
                }

                writer.Add(t.Name, bytes, [.. t.Shape]);
                writer.Add(t.Name + "_scale", scales, rows, 1);
            }

            await writer.WriteAsync(Path.Combine(folder.Path, "model.safetensors"));
        }

        float[] hidden = golden.Forward(TransformerModel.Load(folder.Path)), expected = golden.ExpectedRows("last_hidden_state");
        Assert.That(System.Numerics.Tensors.TensorPrimitives.CosineSimilarity<float>(hidden, expected), Is.GreaterThan(0.999f).And.LessThan(1));
    }
}
