using System.Buffers.Binary;

namespace LlmRec.Kernels.Tests.Hnsw;

[TestFixture]
public sealed class HnswFileTests
{
    private const int Columns = 9;

    private LlmRec.Tests.TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Open_GivesBackWhatWasSaved([Values(RowFormat.Float32, RowFormat.Int8)] RowFormat format, [Values(VectorMetric.Cosine, VectorMetric.InnerProduct)] VectorMetric metric)
    {
        HnswOptions options = new() { Format = format, Metric = metric, Connections = 5, BuildBreadth = 30, SearchBreadth = 21, Seed = 7, CompactAt = 0.7 };
        HnswIndex index = Sample(options);
        index.Save(_folder.File("a"));
        HnswIndex opened = HnswIndex.Open(_folder.File("a"));
        opened.Save(_folder.File("b"));

        RowMatrix queries = HnswRowsOf.Clusters(50, Columns, seed: 3);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((opened.Columns, opened.Count, opened.RemovedCount, opened.Options), Is.EqualTo((Columns, index.Count, index.RemovedCount, options)));
            Assert.That(File.ReadAllBytes(_folder.File("b")), Is.EqualTo(File.ReadAllBytes(_folder.File("a"))));
            for (int i = 0; i < queries.Rows; i++)
                Assert.That(opened.Search(queries.Row(i), 7), Is.EqualTo(index.Search(queries.Row(i), 7)));
        }

        // Both go on alike.
        for (int i = 0; i < queries.Rows; i++)
        {
            index.Upsert(i, queries.Row(i));
            opened.Upsert(i, queries.Row(i));
        }
        index.Save(_folder.File("a"));
        opened.Save(_folder.File("b"));
        Assert.That(File.ReadAllBytes(_folder.File("b")), Is.EqualTo(File.ReadAllBytes(_folder.File("a"))));
    }

    [Test]
    public void Open_OfAnEmptyIndexIsAnEmptyIndex()
    {
        new HnswIndex(Columns).Save(_folder.File("a"));
        Assert.That(HnswIndex.Open(_folder.File("a")).Count, Is.Zero);
    }

    [Test]
    public void Open_OfAFileThatIsNotThereOrForeignSaysSo()
    {
        File.WriteAllText(_folder.File("foreign"), "id,title\n1,Solaris\n" + new string('x', 1000));
        File.WriteAllBytes(_folder.File("empty"), []);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => HnswIndex.Open(_folder.File("none")), Throws.InstanceOf<FileNotFoundException>());
            Assert.That(() => HnswIndex.Open(_folder.File("foreign")), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("not an HNSW index"));
            Assert.That(() => HnswIndex.Open(_folder.File("empty")), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("cut short"));
        }
    }

    [Test]
    public void Open_OfADamagedFileThrowsInvalidData([Values(RowFormat.Float32, RowFormat.Int8)] RowFormat format)
    {
        byte[] sound = Bytes(format);
        var random = new Random(11);
        int refused = 0;
        for (int trial = 0; trial < 6000; trial++)
        {
            byte[] bytes = trial % 4 == 0 ? sound[..random.Next(sound.Length)] : Flipped(sound, random);
            try
            {
                HnswFile.Read(new MemoryStream(bytes), "it");
                Assert.Fail($"trial {trial}: a damaged file was taken for sound");
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }
        Assert.That(refused, Is.EqualTo(6000));
    }

    [Test]
    public void Open_OfAForgedFileThrowsOrSearchesInBounds([Values(RowFormat.Float32, RowFormat.Int8)] RowFormat format)
    {
        // The checksum is made to fit: what is left are the checks of each number.
        byte[] sound = Bytes(format);
        var random = new Random(12);
        RowMatrix queries = HnswRowsOf.Clusters(4, Columns, seed: 3);
        int opened = 0;
        for (int trial = 0; trial < 2000; trial++)
        {
            byte[] bytes = Flipped(sound, random);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(bytes.Length - 8), Checksum(bytes));
            try
            {
                (HnswOptions options, int columns, HnswState state) = HnswFile.Read(new MemoryStream(bytes), "it");
                opened++;
                if (columns != Columns)
                    continue;
                var index = new HnswIndex(columns, options, state);
                for (int i = 0; i < queries.Rows; i++)
                    Assert.That(index.Search(queries.Row(i), 5), Has.All.Matches<Hit>(h => !float.IsNaN(h.Score) && index.Contains(h.Index)));
            }
            catch (InvalidDataException)
            {
            }
        }
        // Flips within the values of rows leave another, valid index.
        Assert.That(opened, Is.InRange(50, 1950));
    }

    private static ulong Checksum(ReadOnlySpan<byte> bytes)
    {
        using var sum = new ChecksumStream(Stream.Null);
        sum.Add(bytes[..^8]);
        return sum.Sum;
    }

    private byte[] Bytes(RowFormat format)
    {
        Sample(new() { Format = format, Connections = 3, BuildBreadth = 10, CompactAt = 1 }).Save(_folder.File("sound"));
        return File.ReadAllBytes(_folder.File("sound"));
    }

    private static byte[] Flipped(byte[] sound, Random random)
    {
        byte[] bytes = [.. sound];
        for (int flips = random.Next(1, 4); flips > 0; flips--)
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return bytes.AsSpan().SequenceEqual(sound) ? Flipped(sound, random) : bytes;
    }

    private static HnswIndex Sample(HnswOptions options)
    {
        HnswIndex index = HnswIndex.Build(HnswRowsOf.Clusters(100, Columns, seed: 2), options);
        for (int i = 0; i < 20; i++)
            index.Remove(i * 4);
        return index;
    }
}
