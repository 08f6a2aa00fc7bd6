using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace LlmRec.Tests;

internal sealed class WordVectorsTests
{
    private static WordVectors Read(string text, WordVectorReadOptions? options = null) => Read(Encoding.UTF8.GetBytes(text), options);

    private static WordVectors Read(byte[] bytes, WordVectorReadOptions? options = null)
    {
        using var stream = new MemoryStream(bytes);
        return WordVectors.Read(stream, "vectors", options);
    }

    private static byte[] Binary(bool newline, int? declared, params (string Word, float[] Values)[] words)
    {
        using var stream = new MemoryStream();
        stream.Write(Encoding.UTF8.GetBytes($"{declared ?? words.Length} {words[0].Values.Length}\n"));
        foreach ((string word, float[] values) in words)
        {
            stream.Write(Encoding.UTF8.GetBytes(word + " "));
            foreach (float x in values)
            {
                byte[] four = new byte[4];
                BinaryPrimitives.WriteSingleLittleEndian(four, x);
                stream.Write(four);
            }
            if (newline) stream.WriteByte((byte)'\n');
        }
        return stream.ToArray();
    }

    [Test]
    public void Read_TakesSpacesAtTheEndOfLines_CarriageReturns_AndAMissingLastNewline()
    {
        WordVectors words = Read("3 2\na 1 2 \r\nb 3 4 \nc 5 6");
        Assert.That(Enumerable.Range(0, 3).Select(i => (words.WordAt(i), words.VectorAt(i).ToArray())),
            Is.EqualTo(new[] { ("a", new float[] { 1, 2 }), ("b", [3, 4]), ("c", [5, 6]) }));
    }

    [Test]
    public void Read_TakesWordsWithSpaces_AndWithOtherWhiteSpace_AsTheyAre()
    {
        WordVectors words = Read(". . . 1 2\nat name@domain.com 3 4\nno\u00A0break 5 6\n\u3000 7 8\n\t 9 1\n");
        Assert.That(Enumerable.Range(0, words.Count).Select(words.WordAt), Is.EqualTo(new[] { ". . .", "at name@domain.com", "no\u00A0break", "\u3000", "\t" }));
    }

    [Test]
    public void Read_KeepsTheFirstOfAWordThatOccursTwice()
    {
        WordVectors words = Read("2 1\na 1\na 2\n");
        Assert.That((words.Count, words.Duplicates, words.VectorAt(0)[0]), Is.EqualTo((1, 1, 1f)));
    }

    [Test]
    public void Read_KeepsTheFirstWords_OrThoseWanted()
    {
        const string text = "4 1\na 1\nb 2\nc 3\nd 4\n";
        WordVectors first = Read(text, new() { MaxWords = 2 }), wanted = Read(text, new() { Words = new HashSet<string> { "d", "b", "x" } });
        WordVectors binary = Read(Binary(true, null, ("a", [1]), ("b", [2]), ("c", [3])), new() { Words = new HashSet<string> { "c" }, Format = WordVectorFormat.Word2VecBinary });
        using (Assert.EnterMultipleScope())
        {
            Assert.That((first.Count, first.WordAt(1)), Is.EqualTo((2, "b")));
            Assert.That((wanted.Count, wanted.WordAt(0), wanted.VectorAt(1)[0]), Is.EqualTo((2, "b", 4f)));
            Assert.That((binary.Count, binary.VectorAt(0)[0]), Is.EqualTo((1, 3f)));
        }
    }

    [Test]
    public void Read_GrowsBeyondWhatItExpected_AndReadsGzip_AndStreamsThatCannotSeek()
    {
        string text = string.Concat(Enumerable.Range(0, 30_000).Select(i => $"w{i} {i} {-i / 8.0}\n"));
        byte[] plain = Encoding.UTF8.GetBytes("a 100000000000 -100000000000\n" + text);
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(plain);
        WordVectors a = Read(plain), b = Read(zipped.ToArray());
        zipped.Position = 0;
        using var stream = new GZipStream(zipped, CompressionMode.Decompress);
        WordVectors c = WordVectors.Read(stream);
        using (Assert.EnterMultipleScope())
            foreach (WordVectors words in new[] { a, b, c })
            {
                Assert.That(words.Count, Is.EqualTo(30_001));
                Assert.That(words.VectorAt(words.IndexOf("w29999")).ToArray(), Is.EqualTo(new float[] { 29999, -29999 / 8f }));
            }
    }

    [TestCase("", "is empty")]
    [TestCase("hello\n", "not a word and its values")]
    [TestCase("2 2\na 1 2\n", "ends after 1 of the 2")]
    [TestCase("2 2\na 1 2\nb 3 4\nc 5 6\n", "line 4, byte 16, record 3: there are more lines than the 2")]
    [TestCase("2 2\na 1 2\nb 3\n", "line 3, byte 10, record 2: the word 'b' has 1 values where 2")]
    [TestCase("2 2\na 1 2\nb 3 4 5\n", "the word 'b' has more than 2 values")]
    [TestCase("2 2\na 1 2\nb 3 x\n", "the word 'b' has 'x' as value 2")]
    [TestCase("2 2\na 1 nan\nb 3 4\n", "line 2, byte 4, record 1: the word 'a' has 'nan' as value 2")]
    [TestCase("2 2\na 1 2\n 3 4\n", "starts with a space")]
    [TestCase("2 2\na 1 2\nb\n", "no values")]
    [TestCase("9000000000 2\na 1 2\n", "declares 9000000000 words")]
    [TestCase("900000000 200\na 1 2\n", "which need at least")]
    [TestCase("1 0\na 1 2\n", "declares 0 dimensions")]
    [TestCase("a 1 2\nb 3 4 \u00E9 \n", "the word 'b' has")]
    public void Read_OfABadText_NamesLineByteAndWord(string text, string message) =>
        Assert.That(() => Read(text), Throws.TypeOf<InvalidDataException>().With.Message.Contains(message).And.Message.Contains("vectors"));

    [Test]
    public void Read_OfABadBinary_NamesByteAndWord([Values] bool newline)
    {
        byte[] whole = Binary(newline, null, ("alpha", [1, 2, 3]), ("beta", [4, 5, 6]), ("gamma", [7, 8, 9]));
        var format = new WordVectorReadOptions { Format = WordVectorFormat.Word2VecBinary };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Read(whole).Count, Is.EqualTo(3));
            for (int n = 0; n < whole.Length - (newline ? 1 : 0); n++)
                Assert.That(() => Read(whole[..n], format), Throws.TypeOf<InvalidDataException>(), $"cut at {n}");
            Assert.That(() => Read([.. whole, 1, 2, 3], format), Throws.TypeOf<InvalidDataException>().With.Message.Contains("more bytes after the 3 words"));
            Assert.That(() => Read(Binary(newline, null, ("alpha", [1, 2]), ("beta", [4, float.NaN]))), Throws.TypeOf<InvalidDataException>().With.Message.Contains("'beta' has the value NaN"));
            Assert.That(() => Read(whole, new() { Format = WordVectorFormat.GloVe }), Throws.TypeOf<InvalidDataException>());
        }
    }

    [Test]
    public void Read_OfInvalidUtf8_NamesTheByte() =>
        Assert.That(() => Read([.. "2 1\na 1\n"u8, 0xC3, .. " 2\n"u8]), Throws.TypeOf<InvalidDataException>().With.Message.Contains("line 3, byte 8").And.Message.Contains("UTF-8"));

    [TestCase(10_000)]
    [TestCase(200_000, Explicit = true, Reason = "the whole run; the default run takes a part of it")]
    public void Read_OfMutatedFiles_ThrowsOrReads_AndNothingElse(int count)
    {
        byte[][] texts = ["2 3\nalpha 1 2 3\nbeta 4 5.5 -6e-1\n"u8.ToArray(), "alpha 1 2 3\nbeta 4 5.5 -6e-1\n"u8.ToArray(), "3 2\r\nNew York 1 2 \r\nb 3e-3 4\r\n日 5 6"u8.ToArray()];
        byte[][] binaries = [Binary(true, null, ("alpha", [1, 2, 3]), ("beta", [4, 5, 6])), Binary(false, null, ("a", [1, 2]), ("\u65E5", [3, -4]), ("c", [5, 6]))];
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest)) gzip.Write(texts[0]);
        int i = 0;
        int read = Fuzz.Run(count, 9, r => (i++ % 8) switch
        {
            < 4 => Fuzz.Text(r, texts),
            < 7 => Fuzz.Binary(r, binaries),
            _ => Fuzz.Binary(r, [zipped.ToArray()]),
        }, content =>
        {
            var options = new WordVectorReadOptions { Format = (WordVectorFormat)(content.Length % 4 == 0 ? 0 : content.Length % 5 % 4), MaxWords = content.Length % 3 == 0 ? 2 : null };
            WordVectors words = Read(content, options);
            for (int w = 0; w < words.Count; w++) Assert.That(words.VectorAt(w).ToArray(), Is.All.Matches<float>(float.IsFinite));
        }, mostBytes: 40_000_000);
        Assert.That(read, Is.InRange(count / 50, count * 9 / 10));
    }

    /// <summary>How long a compressed file is nobody knows before its end, so its first line must not be believed.</summary>
    [TestCase("99999999 60000\nalpha 1 2 3\n")]
    [TestCase("2 60000\nalpha ")]
    public void Read_OfACompressedFileThatPromisesMuch_AsksForLittle(string text)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes(text));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => Read(zipped.ToArray()), Throws.InstanceOf<InvalidDataException>());
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(20_000_000));
    }

    [Test]
    public void Read_StopsWhenAsked_AndNamesAMissingFile()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        using var stream = new MemoryStream("1 1\na 1\n"u8.ToArray());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => WordVectors.Read(stream, cancellationToken: cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
            Assert.That(() => WordVectors.Read("/nowhere/x.vec"), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("x.vec"));
            Assert.That(() => Read("1 1\na 1\n", new() { MaxWords = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    [Test]
    public void Create_RefusesContradictions()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => WordVectors.Create(["a", "b"], [1, 2, 3], 2), Throws.ArgumentException.With.Message.Contains("need 4"));
            Assert.That(() => WordVectors.Create(["a", "a"], [1, 2], 1), Throws.ArgumentException.With.Message.Contains("twice"));
            Assert.That(() => WordVectors.Create(["a"], [float.NaN], 1), Throws.ArgumentException.With.Message.Contains("NaN"));
            Assert.That(() => WordVectors.Create(["a"], [1], 1).Neighbours("b"), Throws.TypeOf<KeyNotFoundException>());
            Assert.That(WordVectors.Create([], [], 3).Nearest([1, 2, 3]), Is.Empty);
        }
    }
}
