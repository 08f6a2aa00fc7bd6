using System.Buffers.Binary;
using System.Text;
using LlmRec.Tests;

namespace LlmRec.Transformers.Tests;

[TestFixture]
public sealed class SafeTensorsTests
{
    [Test]
    public async Task Write_ThenOpen_GivesTheSameTensorsAndNotes()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("m.safetensors");
        var writer = new SafeTensorsWriter();
        writer.Add<byte>("bytes", new byte[] { 1, 2, 3 });
        writer.Add<float>("floats", new float[] { 1, -2, 3, 4, 5, 6 }, 2, 3);
        writer.Add<Half>("halves", new[] { (Half)0.5f, (Half)(-1.25f) });
        writer.AddBFloat16("brains", new ushort[] { 0x3F80, 0xC020 });
        writer.Add<double>("doubles", new[] { Math.PI });
        writer.Add<long>("empty", Array.Empty<long>(), 0, 7);
        writer.Metadata["format"] = "llmrec \"quoted\" 中文";
        await writer.WriteAsync(path);

        using SafeTensorsFile file = SafeTensorsFile.Open(path);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(file.Metadata["format"], Is.EqualTo("llmrec \"quoted\" 中文"));
            Assert.That(file.Get<byte>("bytes").ToArray(), Is.EqualTo(new byte[] { 1, 2, 3 }));
            Assert.That(file.Get<float>("floats", 2, -1).ToArray(), Is.EqualTo(new float[] { 1, -2, 3, 4, 5, 6 }));
            Assert.That(file.ReadFloats("halves"), Is.EqualTo(new[] { 0.5f, -1.25f }));
            Assert.That(file.ReadFloats("brains"), Is.EqualTo(new[] { 1f, -2.5f }));
            Assert.That(file.ReadFloats("doubles"), Is.EqualTo(new[] { (float)Math.PI }));
            Assert.That(file.Tensors["empty"].Shape, Is.EqualTo(new long[] { 0, 7 }));
            Assert.That(File.Exists(path + ".part"), Is.False);
        }
    }

    [Test]
    public async Task Write_SameTensorsInAnyOrder_GivesTheSameBytes()
    {
        var a = new SafeTensorsWriter();
        a.Add<float>("x", new float[] { 1 });
        a.Add<int>("y", new[] { 2 });
        var b = new SafeTensorsWriter();
        b.Add<int>("y", new[] { 2 });
        b.Add<float>("x", new float[] { 1 });
        Assert.That(await Bytes(a), Is.EqualTo(await Bytes(b)));
    }

    [Test]
    public async Task Get_OfAnotherTypeOrShapeOrName_NamesIt()
    {
        var writer = new SafeTensorsWriter();
        writer.Add<float>("w", new float[] { 1, 2 }, 1, 2);
        using SafeTensorsFile file = SafeTensorsFile.Parse(await Bytes(writer), "m");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => file.Get<int>("w").Length, Throws.TypeOf<InvalidDataException>().With.Message.Contains("w F32 [1, 2] was expected to be I32"));
            Assert.That(() => file.Get<float>("w", 2, 1).Length, Throws.TypeOf<InvalidDataException>().With.Message.Contains("shape [2, 1]"));
            Assert.That(() => file.ReadFloats("v"), Throws.TypeOf<InvalidDataException>().With.Message.Contains("no tensor 'v'"));
        }
    }

    [TestCase("", "too short")]
    [TestCase("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}", "not valid JSON")]
    [TestCase("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", "which is 8 bytes")]
    [TestCase("{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}", "truncated")]
    [TestCase("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "belong to no tensor")]
    [TestCase("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "occurs twice")]
    [TestCase("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "inside the one before")]
    [TestCase("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "belong to no tensor")]
    [TestCase("{\"a\":{\"dtype\":\"F4\",\"shape\":[2],\"data_offsets\":[0,8]}}", "not supported")]
    [TestCase("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4611686018427387904],\"data_offsets\":[0,8]}}", "larger than any file")]
    [TestCase("{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", "at least 0")]
    [TestCase("[]", "StartArray")]
    [TestCase("{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", "needs dtype")]
    public void Parse_DamagedHeader_SaysWhy(string header, string expected)
    {
        byte[] content = header.Length == 0 ? [1, 2] : File8(header, 8);
        Assert.That(() => SafeTensorsFile.Parse(content), Throws.TypeOf<InvalidDataException>().With.Message.Contains(expected));
    }

    [Test]
    public void Parse_HeaderLengthBeyondTheFile_SaysTruncated()
    {
        byte[] content = new byte[100];
        BinaryPrimitives.WriteUInt64LittleEndian(content, 1000);
        Assert.That(() => SafeTensorsFile.Parse(content), Throws.TypeOf<InvalidDataException>().With.Message.Contains("truncated"));
        BinaryPrimitives.WriteUInt64LittleEndian(content, ulong.MaxValue);
        Assert.That(() => SafeTensorsFile.Parse(content), Throws.TypeOf<InvalidDataException>().With.Message.Contains("at most"));
    }

    [Test]
    public void Parse_PickleOrZip_IsRefusedWithTheReason()
    {
        byte[] zip = [(byte)'P', (byte)'K', 3, 4, 0, 0, 0, 0, 0];
        Assert.That(() => SafeTensorsFile.Parse(zip), Throws.TypeOf<InvalidDataException>().With.Message.Contains("can run code"));
    }

    [Test]
    public void Open_MissingFile_NamesIt() =>
        Assert.That(() => SafeTensorsFile.Open("nowhere.safetensors"), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("nowhere.safetensors"));

    [Test]
    public async Task Parse_MutatedFiles_EitherOpensOrThrowsInvalidData()
    {
        var writer = new SafeTensorsWriter();
        writer.Add<float>("layer.weight", new float[12], 3, 4);
        writer.Add<long>("ids", new long[] { 1, 2 });
        writer.Add<byte>("flags", new byte[5]);
        writer.Metadata["k"] = "v";
        byte[] whole = await Bytes(writer);
        var random = new Random(7);
        int opened = 0;
        for (int i = 0; i < 100_000; i++)
        {
            byte[] content = (byte[])whole.Clone();
            if (random.Next(4) == 0) content = content[..random.Next(content.Length)];
            for (int flips = random.Next(1, 4); flips > 0 && content.Length > 0; flips--)
                content[random.Next(content.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)"0123456789[]{},:\""[random.Next(17)];
            try
            {
                using SafeTensorsFile file = SafeTensorsFile.Parse(content);
                foreach (string name in file.Tensors.Keys) _ = file.Bytes(name).Length;
                opened++;
            }
            catch (InvalidDataException)
            {
            }
        }
        Assert.That(opened, Is.GreaterThan(0).And.LessThan(100_000));
    }

    [Test]
    public void Open_ThePublishedMiniLm_ReadsItsTensors()
    {
        using SafeTensorsFile file = SafeTensorsFile.Open(SharedData.PathOrSkip("models/all-MiniLM-L6-v2/model.safetensors"));
        Assert.That(file.Get<float>("embeddings.word_embeddings.weight", 30522, 384).Length, Is.EqualTo(30522 * 384));
    }

    private static byte[] File8(string header, int dataBytes)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] content = new byte[8 + json.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(content, (ulong)json.Length);
        json.CopyTo(content, 8);
        return content;
    }

    private static async Task<byte[]> Bytes(SafeTensorsWriter writer)
    {
        using var stream = new MemoryStream();
        await writer.WriteAsync(stream);
        return stream.ToArray();
    }
}
