using System.Buffers;
using System.Text;

namespace LlmRec.Transformers.Tests.Tokenization;

/// <summary>No text, however long or broken, breaks a tokenizer or makes it slow beyond its length.</summary>
internal sealed class HostileTextTests
{
    private const int Million = 1 << 20;

    private static IEnumerable<string> Names => GoldenTokenizers.Names;

    private static IEnumerable<string> Kinds => ["wordpiece", "qwen3", "mistral", "t5", "unigram-albert", "bpe-added", "gemma-small", "xlmr-small"];

    /// <summary>Quadratic work on a million characters would take hours, so that these end at all is the claim.</summary>
    [TestCaseSource(nameof(Kinds))]
    public void Encode_MillionCharacters_Ends(string name)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(name);
        var random = new Random(5);
        string[] texts =
        [
            string.Create(Million / 16, random, (s, r) => { foreach (ref char c in s) c = (char)r.Next('a', 'z' + 1); }),
            new(' ', Million / 4),
            "e" + new string('\u0301', Million / 8) + new string('\u0323', Million / 8),
            string.Concat(Enumerable.Repeat("[CLS]<s> <mask>  ", Million / 64)),
            new('\uD800', Million / 8),
            new('\u4E2D', Million / 8),
            string.Concat(Enumerable.Repeat("\U0001F600", Million / 16)),
        ];
        foreach (string text in texts)
        {
            int[] ids = tokenizer.EncodeToIds(text);
            Assert.That(ids, Is.All.InRange(0, tokenizer.Vocabulary.Size - 1));
            Assert.That(tokenizer.CountTokens(text), Is.EqualTo(ids.Length));
            Assert.That(tokenizer.EncodeToIds(text, new() { MaxTokenCount = 32 }), Is.EqualTo(Cut(tokenizer, text, 32)));
        }
        int[] word = tokenizer.EncodeToIds(new string('a', Million));
        Assert.That(tokenizer.Encode(texts[0]).Ids, Is.EqualTo(tokenizer.EncodeToIds(texts[0])));
        Assert.That(word, Is.Not.Empty);
    }

    [TestCaseSource(nameof(Names))]
    public void Encode_LoneSurrogates_AreReplacementCharacters(string name)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(name);
        foreach (string text in (string[])["\uD800", "\uDC00", "a\uD83D b\uDE00", "\uDE00\uD83D", "x\uD83D\uD83D\uDE00y", "caf\u00E9\uDBFF", "\uD83D\uDE00 fine \uD83D"])
        {
            string repaired = Repaired(text);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(tokenizer.EncodeToIds(text), Is.EqualTo(tokenizer.EncodeToIds(repaired)));
                Assert.That(tokenizer.Encode(text).Offsets, Is.EqualTo(tokenizer.Encode(repaired).Offsets));
                Assert.That(tokenizer.EncodeToIds(text, text, new() { AllowSpecialTokens = true }), Is.EqualTo(tokenizer.EncodeToIds(repaired, repaired, new() { AllowSpecialTokens = true })));
            }
        }
    }

    [TestCaseSource(nameof(Names))]
    public void Encode_EmptyText_IsTheSpecialTokensAlone(string name)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(name);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(tokenizer.EncodeToIds(""), Has.Length.EqualTo(tokenizer.SpecialTokenCount()));
            Assert.That(tokenizer.EncodeToIds("", EncodeOptions.Plain), Is.Empty);
            Assert.That(tokenizer.CountTokens(""), Is.EqualTo(tokenizer.SpecialTokenCount()));
            Assert.That(tokenizer.Encode("").Offsets, Is.All.EqualTo(default(TokenSpan)));
        }
    }

    [TestCaseSource(nameof(Names))]
    public void Encode_SpanForm_AllocatesNothingOnceWarm(string name)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(name);
        string[] texts = [.. GoldenTokenizers.Lines(name, "single").Select(r => r.Text("text"))];
        int[] ids = new int[100_000];
        var batch = new TokenBatch();
        var writer = new ArrayBufferWriter<int>(4_000_000);
        long least = long.MaxValue;
        for (int round = 0; round < 6; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            batch.Clear();
            writer.ResetWrittenCount();
            foreach (string text in texts)
            {
                tokenizer.Encode(text, ids);
                tokenizer.Encode(text, writer);
                tokenizer.CountTokens(text);
            }
            tokenizer.EncodeBatch(texts, batch);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.That(least, Is.Zero);
    }

    [Test]
    public void Encode_ManyThreads_EqualsOne()
    {
        Tokenizer tokenizer = GoldenTokenizers.Load("bpe-added");
        string[] texts = [.. GoldenTokenizers.Lines("bpe-added", "single").Select(r => r.Text("text"))];
        int[][] expected = [.. texts.Select(t => tokenizer.EncodeToIds(t))];
        int[][] actual = new int[texts.Length * 4][];
        Parallel.For(0, actual.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => actual[i] = tokenizer.EncodeToIds(texts[i % texts.Length]));
        for (int i = 0; i < actual.Length; i++) Assert.That(actual[i], Is.EqualTo(expected[i % texts.Length]));
    }

    [Test]
    public void EncodeToIds_WithLimit_SaysHowFarItCame()
    {
        Tokenizer tokenizer = GoldenTokenizers.Load("wordpiece");
        const string text = "slow science fiction films";
        int[] ids = tokenizer.EncodeToIds(text, 4, out int consumed);
        int[] whole = tokenizer.EncodeToIds(text, 100, out int all);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ids, Has.Length.EqualTo(4));
            Assert.That(text[..consumed], Is.EqualTo("slow science"));
            Assert.That(whole, Is.EqualTo(tokenizer.EncodeToIds(text)));
            Assert.That(all, Is.EqualTo(text.Length));
            Assert.That(() => tokenizer.EncodeToIds(text, 1, out _), Throws.ArgumentException);
            Assert.That(() => tokenizer.Encode(text, new int[1]), Throws.ArgumentException);
        }
    }

    [Test]
    public void EncodeBatch_CountsTruncatedTexts()
    {
        var batch = new TokenBatch();
        GoldenTokenizers.Load("wordpiece").EncodeBatch(["one", "one two three four", "one two"], batch, new() { MaxTokenCount = 4 });
        Assert.That((batch.Count, batch.TruncatedCount, batch.MaxLength, batch.TokenCount), Is.EqualTo((3, 1, 4, 11)));
    }

    private static int[] Cut(Tokenizer tokenizer, string text, int max) => [.. tokenizer.Encode(text, null, new() { MaxTokenCount = max, Stride = 0 }).Ids];

    private static string Repaired(string text)
    {
        var result = new StringBuilder();
        foreach (Rune rune in text.EnumerateRunes()) result.Append(rune);
        return result.ToString();
    }
}
