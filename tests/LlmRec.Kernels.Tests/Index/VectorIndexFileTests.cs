namespace LlmRec.Kernels.Tests;

[TestFixture]
public sealed class VectorIndexFileTests
{
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("llmrec-index-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase(RowFormat.Float32, null, VectorMetric.Cosine)]
    [TestCase(RowFormat.Float32, null, VectorMetric.SquaredDistance)]
    [TestCase(RowFormat.Float32, RowFormat.Int4, VectorMetric.InnerProduct)]
    [TestCase(RowFormat.Float16, null, VectorMetric.InnerProduct)]
    [TestCase(RowFormat.BFloat16, RowFormat.Sign, VectorMetric.Cosine)]
    [TestCase(RowFormat.Int8, null, VectorMetric.Cosine)]
    [TestCase(RowFormat.Sign, null, VectorMetric.Cosine)]
    public void Open_GivesBackWhatWasSaved(RowFormat format, RowFormat? coarse, VectorMetric metric)
    {
        const int d = 37;
        VectorIndex index = Filled(900, d, new() { Format = format, Coarse = coarse, Metric = metric, CandidatesPerHit = 30 });
        string path = Path.Combine(_folder, "a.index");
        index.Save(path);
        using VectorIndex opened = VectorIndex.Open(path);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((opened.Count, opened.Dimensions, opened.Metric, opened.Format), Is.EqualTo((index.Count, d, metric, format)));
            AssertSame(opened, index, d);
            Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(1), "nothing is left beside");
        }
    }

    [Test]
    public void Open_OfAnEmptyIndex_IsEmpty()
    {
        string path = Path.Combine(_folder, "empty.index");
        new VectorIndex(5).Save(path);
        using VectorIndex opened = VectorIndex.Open(path);
        Assert.That(opened.Count, Is.Zero);
        Assert.That(opened.Search([1, 2, 3, 4, 5], new Hit[3]), Is.Zero);
        Assert.That(opened.Upsert(3, [1, 2, 3, 4, 5]), Is.True);
        Assert.That(opened.Search([1, 2, 3, 4, 5], new Hit[3]), Is.EqualTo(1));
    }

    [Test]
    public void AnOpenedIndex_LivesOn_AndCanBeSavedOverItself([Values] bool dense)
    {
        // More than one chunk, many updates: chunks of the file are compacted away one after the other.
        const int d = 6, n = 40_000;
        int Key(int i) => dense ? i : 3 * i + 1;
        var index = new VectorIndex(d, new() { Metric = VectorMetric.InnerProduct });
        for (int i = 0; i < n; i++) index.Upsert(Key(i), TestVectors.Uniform(d, i));
        string path = Path.Combine(_folder, "b.index");
        index.Save(path);

        using VectorIndex opened = VectorIndex.Open(path);
        var random = new Random(1);
        for (int step = 0; step < 60_000; step++)
        {
            int key = Key(random.Next(n + 1000));
            if (random.Next(3) == 0) Assert.That(opened.Remove(key), Is.EqualTo(index.Remove(key)));
            else
            {
                float[] vector = TestVectors.Uniform(d, step);
                Assert.That(opened.Upsert(key, vector), Is.EqualTo(index.Upsert(key, vector)));
            }
        }
        AssertSame(opened, index, d);
        if (!OperatingSystem.IsWindows())
        {
            opened.Save(path);
            using VectorIndex again = VectorIndex.Open(path);
            AssertSame(again, index, d);
        }
    }

    [Test]
    public void Open_OfAMutatedFile_ThrowsInvalidData_OrTheContentIsWhole()
    {
        // Several rows a block, two blocks, gaps between sections, a coarse copy: everything the format has.
        const int d = 20, mutations = 12_000;
        VectorIndex index = Filled(300, d, new() { Format = RowFormat.Int8, Coarse = RowFormat.Sign });
        string path = Path.Combine(_folder, "c.index");
        index.Save(path);
        byte[] whole = File.ReadAllBytes(path);
        var random = new Random(2);
        int refused = 0, opened = 0;
        for (int m = 0; m < mutations; m++)
        {
            byte[] bytes = Mutate(whole, random);
            File.WriteAllBytes(path, bytes);
            try
            {
                using VectorIndex other = VectorIndex.Open(path);
                opened++;
                // What was opened must be whole: only padding can have changed.
                if (opened % 20 == 0) AssertSame(other, index, d);
                var hits = new Hit[3];
                Assert.That(other.Count, Is.EqualTo(index.Count));
                Assert.That(other.Search(TestVectors.Uniform(d, m), hits), Is.EqualTo(3));
                Assert.That(hits.All(h => float.IsFinite(h.Score) && index.Contains(h.Index)), Is.True);
            }
            catch (InvalidDataException e)
            {
                refused++;
                Assert.That(e.Message, Does.Contain("c.index"));
            }
        }
        TestContext.Out.WriteLine($"{refused} refused, {opened} whole");
        Assert.That(refused, Is.GreaterThan(mutations / 4));
        Assert.That(opened, Is.GreaterThan(0));
    }

    [Test]
    public void AnOpenedLargeFile_RefusesDamagedRows_WhenTheyAreRead()
    {
        const int d = 1024, n = 5000;
        var index = new VectorIndex(d, new() { Capacity = n });
        for (int i = 0; i < n; i++) index.Upsert(i, TestVectors.Uniform(d, i));
        string path = Path.Combine(_folder, "d.index");
        index.Save(path);
        using (FileStream stream = File.OpenWrite(path))
        {
            stream.Seek(stream.Length / 2, SeekOrigin.Begin);
            stream.WriteByte(77);
        }
        using VectorIndex opened = VectorIndex.Open(path);
        var vector = new float[d];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(opened.TryGet(10, vector), Is.True, "a row of a sound block");
            Assert.That(() => opened.Search(vector, new Hit[1]), Throws.TypeOf<InvalidDataException>().With.Message.Contains("do not match their checksum"));
            Assert.That(() => opened.Search(vector, new Hit[1], maxThreads: 2), Throws.TypeOf<InvalidDataException>());
            Assert.That(() => opened.Verify(), Throws.TypeOf<InvalidDataException>());
            Assert.That(() => opened.Save(path + "2"), Throws.TypeOf<InvalidDataException>());
            Assert.That(File.Exists(path + "2"), Is.False);
        }
    }

    [Test]
    public void Open_ForeignAndMissingFiles_SayWhatIsWrong()
    {
        string foreign = Path.Combine(_folder, "foreign.bin"), empty = Path.Combine(_folder, "empty.bin");
        File.WriteAllBytes(foreign, [.. Enumerable.Range(0, 10_000).Select(i => (byte)i)]);
        File.WriteAllBytes(empty, []);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => VectorIndex.Open(foreign), Throws.TypeOf<InvalidDataException>().With.Message.Contains("is not a saved index"));
            Assert.That(() => VectorIndex.Open(empty), Throws.TypeOf<InvalidDataException>().With.Message.Contains("too short"));
            Assert.That(() => VectorIndex.Open(Path.Combine(_folder, "missing")), Throws.TypeOf<FileNotFoundException>());
        }
    }

    [Test]
    public void Save_CanBeCancelled_AndLeavesTheOldFile()
    {
        string path = Path.Combine(_folder, "e.index");
        Filled(300, 8, new()).Save(path);
        byte[] before = File.ReadAllBytes(path);
        using var source = new CancellationTokenSource();
        source.Cancel();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Filled(500, 8, new()).Save(path, cancellationToken: source.Token), Throws.InstanceOf<OperationCanceledException>());
            Assert.That(File.ReadAllBytes(path), Is.EqualTo(before));
            Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(1));
        }
    }

    [Test]
    public void ADisposedIndex_SaysSo()
    {
        string path = Path.Combine(_folder, "f.index");
        Filled(300, 8, new()).Save(path);
        VectorIndex opened = VectorIndex.Open(path);
        opened.Dispose();
        opened.Dispose();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => opened.Search(new float[8], new Hit[1]), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => opened.TryGet(1, new float[8]), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => opened.Upsert(1, [1, 0, 0, 0, 0, 0, 0, 0]), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => opened.Save(path), Throws.TypeOf<ObjectDisposedException>());
        }
    }

    private static byte[] Mutate(byte[] whole, Random random)
    {
        byte[] bytes;
        switch (random.Next(6))
        {
            case 0:
                return whole[..random.Next(whole.Length)];
            case 1:
                return [.. whole, .. new byte[random.Next(1, 5000)]];
            case 2:
                // In the header, where every number means something.
                bytes = [.. whole];
                bytes[random.Next(80)] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 3:
                bytes = [.. whole];
                random.NextBytes(bytes.AsSpan(random.Next(bytes.Length - 64), random.Next(1, 64)));
                return bytes;
            default:
                bytes = [.. whole];
                for (int i = random.Next(1, 4); i > 0; i--) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
        }
    }

    private static VectorIndex Filled(int n, int d, VectorIndexOptions options)
    {
        var index = new VectorIndex(d, options);
        for (int i = n - 1; i >= 0; i--) index.Upsert(7 * i + 2, TestVectors.Uniform(d, i));
        for (int i = 0; i < n; i += 4) index.Remove(7 * i + 2);
        for (int i = 0; i < n; i += 8) index.Upsert(7 * i + 2, TestVectors.Uniform(d, n + i));
        return index;
    }

    private static void AssertSame(VectorIndex actual, VectorIndex expected, int d)
    {
        var a = new Hit[40];
        var e = new Hit[40];
        float[] x = new float[d], y = new float[d];
        for (int q = 0; q < 5; q++)
        {
            float[] query = TestVectors.Uniform(d, 90_000 + q);
            Assert.That(actual.Search(query, a), Is.EqualTo(expected.Search(query, e)));
            Assert.That(a, Is.EqualTo(e));
        }
        Assert.That(actual.Count, Is.EqualTo(expected.Count));
        for (int key = 0; key < 2500; key++)
        {
            bool there = expected.TryGet(key, y);
            if (actual.TryGet(key, x) != there || (there && !x.AsSpan().SequenceEqual(y))) Assert.Fail($"key {key} differs");
        }
    }
}
