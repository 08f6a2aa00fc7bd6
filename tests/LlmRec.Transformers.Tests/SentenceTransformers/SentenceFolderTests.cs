using LlmRec.Tests;

namespace LlmRec.Transformers.Tests;

[TestFixture]
public sealed class SentenceFolderTests
{
    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    [TestCase("modules.json", "[{\"type\": \"a.Transformer\", \"path\": \"../elsewhere\"}]", "leads out")]
    [TestCase("modules.json", "[{\"type\": \"a.Transformer\", \"path\": \"\"}, {\"type\": \"a.LSTM\", \"path\": \"1\"}]", "LSTM")]
    [TestCase("modules.json", "[{\"type\": \"a.Pooling\", \"path\": \"1_Pooling\"}]", "not supported")]
    [TestCase("modules.json", "[]", "no Transformer")]
    [TestCase("modules.json", "{", "valid JSON")]
    [TestCase("modules.json", "[5]", "no object")]
    [TestCase("1_Pooling/config.json", "{\"pooling_mode\": \"middle\"}", "middle")]
    [TestCase("2_Dense/config.json", "{\"in_features\": 47, \"out_features\": 32}", "47")]
    [TestCase("2_Dense/config.json", "{\"in_features\": 48, \"out_features\": 32, \"activation_function\": \"torch.Sine\"}", "Sine")]
    [TestCase("config_sentence_transformers.json", "{\"prompts\": {}, \"default_prompt_name\": \"query\"}", "query")]
    [TestCase("config.json", "[]", "JSON object")]
    public void Load_NamesWhatIsWrongInAFolder(string file, string content, string named)
    {
        using var folder = new TemporaryFolder();
        string model = Path.Combine(folder.Path, "model");
        Copy(SharedData.PathOrSkip("golden/transformers/sbert/dense-normalize"), model);
        File.WriteAllText(Path.Combine(model, file), content);
        Assert.That(() => SentenceEncoder.Load(model), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(named));
    }

    [TestCase("1_Pooling/config.json")]
    [TestCase("2_Dense/model.safetensors")]
    [TestCase("config.json")]
    [TestCase("model.safetensors")]
    public void Load_NamesAFileThatIsMissing(string file)
    {
        using var folder = new TemporaryFolder();
        string model = Path.Combine(folder.Path, "model");
        Copy(SharedData.PathOrSkip("golden/transformers/sbert/dense-normalize"), model);
        File.Delete(Path.Combine(model, file));
        Assert.That(() => SentenceEncoder.Load(model), Throws.InstanceOf<FileNotFoundException>().With.Message.Contains(Path.GetFileName(file)));
    }

    [Test]
    public void Load_RefusesTheTokenizerOfAnotherModel()
    {
        using var folder = new TemporaryFolder();
        string model = Path.Combine(folder.Path, "model");
        Copy(SharedData.PathOrSkip("golden/transformers/sbert/dense-normalize"), model);
        File.Copy(SharedData.PathOrSkip("models/all-MiniLM-L6-v2/tokenizer.json"), Path.Combine(model, "tokenizer.json"), overwrite: true);
        Assert.That(() => SentenceEncoder.Load(model), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("do not belong together"));
    }

    [Test]
    public void Load_TakesTheMeanWhereThereAreNoModules()
    {
        using var folder = new TemporaryFolder();
        string model = Path.Combine(folder.Path, "model");
        Copy(SharedData.PathOrSkip("golden/transformers/sbert/mean-without-prompt"), model);
        SentenceEncoder whole = SentenceEncoder.Load(model);
        File.Delete(Path.Combine(model, "modules.json"));
        SentenceEncoder bare = SentenceEncoder.Load(model, new() { Normalize = true });
        Assert.That(bare.Encode("hello"), Is.EqualTo(whole.Encode("hello", "")));
    }
}
