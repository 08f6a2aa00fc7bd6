namespace LlmRec.Tests;

internal sealed class FileEmbeddingCacheTests
{
    private const int Header = 16, Record = 24 + 4 * 5;

    private static EmbeddingKey Key(int i) => EmbeddingKey.Of("model", $"text {i}");

    private static float[] Vector(int i, int d = 5) => [.. Enumerable.Range(0, d).Select(k => (float)Math.Sin(i * 7 + k))];

    private static void Fill(string path, int count, int first = 0)
    {
        using FileEmbeddingCache cache = FileEmbeddingCache.Open(path);
        for (int i = first; i < first + count; i++) cache.Add(Key(i), Vector(i));
    }

    /// <summary>Which of the first entries are there; each that is must be right.</summary>
    private static int[] Right(FileEmbeddingCache cache, int count)
    {
        var found = new List<int>();
        var vector = new float[5];
        for (int i = 0; i < count; i++)
        {
            if (!cache.TryGet(Key(i), vector)) continue;
            Assert.That(vector, Is.EqualTo(Vector(i)));
            found.Add(i);
        }
        return [.. found];
    }

    [Test]
    public void Open_FindsWhatWasAdded_AndAddsMore()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("cache");
        Fill(path, 3);
        Fill(path, 4, first: 2);
        using FileEmbeddingCache cache = FileEmbeddingCache.Open(path);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Right(cache, 8), Is.EqualTo(new[] { 0, 1, 2, 3, 4, 5 }));
            Assert.That((cache.Count, cache.DamagedBytes), Is.EqualTo((6, 0L)));
            Assert.That(new FileInfo(path).Length, Is.EqualTo(Header + 6 * Record));
            Assert.That(cache.TryGet(Key(1), new float[4]), Is.False);
        }
    }

    [Test]
    public void Open_AfterACutAtEveryByte_KeepsAllWholeRecords_AndGoesOn()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("cache");
        Fill(path, 4);
        byte[] whole = File.ReadAllBytes(path);
        for (int n = 0; n <= whole.Length; n++)
        {
            File.WriteAllBytes(path, whole[..n]);
            int left = Math.Max(0, n - Header) / Record;
            using (FileEmbeddingCache cache = FileEmbeddingCache.Open(path))
            {
                Assert.That(Right(cache, 4), Is.EqualTo(Enumerable.Range(0, left)), $"cut at {n}");
                cache.Add(Key(9), Vector(9));
            }
            using FileEmbeddingCache again = FileEmbeddingCache.Open(path);
            Assert.That((again.Count, again.DamagedBytes), Is.EqualTo((left + 1, 0L)), $"cut at {n}");
        }
    }

    [Test]
    public void Open_AfterAFlipOfEveryByte_LosesOnlyTheRecordThatWasHit()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("cache");
        Fill(path, 4);
        byte[] whole = File.ReadAllBytes(path);
        for (int n = 0; n < whole.Length; n++)
        {
            byte[] bytes = [.. whole];
            bytes[n] ^= (byte)(1 << n % 8);
            File.WriteAllBytes(path, bytes);
            if (n < Header)
            {
                Assert.That(() => FileEmbeddingCache.Open(path).Dispose(), Throws.TypeOf<InvalidDataException>().With.Message.Contains(path), $"byte {n}");
                continue;
            }
            int hit = (n - Header) / Record;
            using FileEmbeddingCache cache = FileEmbeddingCache.Open(path);
            Assert.That(Right(cache, 4), Is.EqualTo(Enumerable.Range(0, 4).Where(i => i != hit)), $"byte {n}");
            Assert.That(cache.DamagedBytes, Is.EqualTo(Record), $"byte {n}");
        }
    }

    [Test]
    public void Open_AmongRandomRubbish_NeverGivesAWrongVector()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("cache");
        Fill(path, 40);
        byte[] whole = File.ReadAllBytes(path);
        var random = new Random(3);
        for (int round = 0; round < 300; round++)
        {
            byte[] bytes = [.. whole];
            for (int hits = random.Next(1, 6); hits > 0; hits--)
            {
                int at = random.Next(Header, bytes.Length), n = Math.Min(random.Next(1, 200), bytes.Length - at);
                random.NextBytes(bytes.AsSpan(at, n));
            }
            File.WriteAllBytes(path, bytes[..random.Next(Header, bytes.Length + 1)]);
            using FileEmbeddingCache cache = FileEmbeddingCache.Open(path);
            Assert.That(Right(cache, 40), Has.Length.EqualTo(cache.Count));
        }
    }

    [Test]
    public void Compact_DropsTheDamagedAndTheUnused_AndKeepsTheRest()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("cache");
        Fill(path, 10);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[Header + 3 * Record + 30] ^= 1;
        File.WriteAllBytes(path, bytes);
        using (FileEmbeddingCache cache = FileEmbeddingCache.Open(path))
        {
            Assert.That(cache.Compact(), Is.EqualTo(Record));
            Assert.That(new FileInfo(path).Length, Is.EqualTo(Header + 9 * Record));
            cache.Add(Key(10), Vector(10));
            cache.TryGet(Key(5), new float[5]);
            Assert.That(cache.Compact(onlyUsed: true), Is.EqualTo(8 * Record));
            Assert.That(Right(cache, 20), Is.EqualTo(new[] { 5, 10 }));
            cache.Add(Key(11), Vector(11));
        }
        using FileEmbeddingCache again = FileEmbeddingCache.Open(path);
        Assert.That(Right(again, 20), Is.EqualTo(new[] { 5, 10, 11 }));
        Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(2), "the file and its lock");
    }

    [Test]
    public void Open_BesideAWriter_IsRefused_ButReadingIsNot()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("cache");
        using (FileEmbeddingCache writer = FileEmbeddingCache.Open(path))
        {
            writer.Add(Key(0), Vector(0));
            writer.Flush();
            Assert.That(() => FileEmbeddingCache.Open(path), Throws.TypeOf<IOException>().With.Message.Contains("cache.lock"));
            using FileEmbeddingCache reader = FileEmbeddingCache.Open(path, new() { ReadOnly = true });
            writer.Add(Key(1), Vector(1));
            writer.Compact();
            reader.Add(Key(2), Vector(2));
            Assert.That(Right(reader, 3), Is.EqualTo(new[] { 0 }));
            Assert.That(Right(writer, 3), Is.EqualTo(new[] { 0, 1 }));
            Assert.That(() => reader.Compact(), Throws.InvalidOperationException);
        }
        using FileEmbeddingCache next = FileEmbeddingCache.Open(path);
        Assert.That(next.Count, Is.EqualTo(2));
    }

    [Test]
    public void Open_ReadOnly_LeavesATornTailToTheWriter()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("cache");
        Fill(path, 2);
        byte[] torn = File.ReadAllBytes(path)[..^7];
        File.WriteAllBytes(path, torn);
        using (FileEmbeddingCache reader = FileEmbeddingCache.Open(path, new() { ReadOnly = true }))
            Assert.That((reader.Count, reader.DamagedBytes), Is.EqualTo((1, (long)Record - 7)));
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(torn));
        Assert.That(() => FileEmbeddingCache.Open(folder.File("none"), new() { ReadOnly = true }), Throws.TypeOf<FileNotFoundException>());
    }

    [Test]
    public void Open_OfAnotherFile_RefusesAndLeavesIt()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("letter.txt");
        File.WriteAllText(path, "Dear Sir or Madam, this is no cache");
        Assert.That(() => FileEmbeddingCache.Open(path), Throws.TypeOf<InvalidDataException>().With.Message.Contains("not an embedding cache"));
        Assert.That(File.ReadAllText(path), Does.StartWith("Dear"));
    }

    [Test]
    public async Task TryGet_WhileOthersAddAndCompact_FindsTheRightVectors()
    {
        using var folder = new TemporaryFolder();
        using FileEmbeddingCache cache = FileEmbeddingCache.Open(folder.File("cache"));
        const int n = 2000;
        Task writer = Task.Run(() =>
        {
            for (int i = 0; i < n; i++)
            {
                cache.Add(Key(i), Vector(i, 400));
                if (i % 500 == 250) cache.Compact();
                if (i % 100 == 50) cache.Flush();
            }
        });
        Task[] readers = [.. Enumerable.Range(0, 3).Select(r => Task.Run(() =>
        {
            var vector = new float[400];
            for (int i = 0; i < n; i = (i + 1 + r) % n)
            {
                if (cache.TryGet(Key(i), vector)) Assert.That(vector.AsSpan().SequenceEqual(Vector(i, 400)));
                else if (writer.IsCompleted) break;
                if (writer.IsCompleted && i > n - 10) break;
            }
        }))];
        await Task.WhenAll([writer, .. readers]);
        Assert.That(cache.Count, Is.EqualTo(n));
    }

    [Test]
    public void Add_RefusesWhatIsNotFinite_AndUseAfterDisposeIsRefused()
    {
        using var folder = new TemporaryFolder();
        FileEmbeddingCache cache = FileEmbeddingCache.Open(folder.File("cache"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => cache.Add(Key(0), [1, float.NaN]), Throws.ArgumentException.With.Message.Contains("NaN"));
            Assert.That(() => cache.Add(Key(0), []), Throws.ArgumentException);
            Assert.That(() => FileEmbeddingCache.Open(folder.File("no/where")), Throws.TypeOf<DirectoryNotFoundException>());
        }
        cache.Dispose();
        cache.Dispose();
        Assert.That(() => cache.TryGet(Key(0), new float[1]), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Checksum_IsCrc32C() =>
        Assert.That(EmbeddingRecord.Checksum("123456789"u8), Is.EqualTo(0xE3069283u));
}
