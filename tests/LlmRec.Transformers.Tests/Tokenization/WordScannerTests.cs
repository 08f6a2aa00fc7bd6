using System.Text;
using System.Text.Json;

namespace LlmRec.Transformers.Tests.Tokenization;

/// <summary>The hand-written scanners cut where the regular expression does.</summary>
internal sealed class WordScannerTests
{
    private static readonly string[] Bits =
    [
        "a", "Z", "é", "ß", "中", "İ", "1", "23", "²", "٣", "\U0001D7D8", " ", "  ", "\t", "\n", "\r\n", "\u00A0", "\u2028", "'", "'s", "'LL", "'Re", "'x", "'", ".", "!?", "-", "😀", "\u0301", "\U0001D400", "\u200D", "\u0085", "\u001C", "㐀", "\U00020000",
    ];

    private static IEnumerable<string> Patterns => [WordScanner.Gpt2, WordScanner.Llama3, WordScanner.Qwen];

    [TestCaseSource(nameof(Patterns))]
    public void FindAll_EqualsRegularExpression(string pattern)
    {
        WordScanner scanner = WordScanner.Of(pattern)!;
        var regex = new RegexPattern(pattern, default);
        var random = new Random(11);
        var text = new StringBuilder();
        List<(int, int)> expected = [], actual = [];
        for (int i = 0; i < 20_000; i++)
        {
            text.Clear();
            for (int n = random.Next(1, 14); n > 0; n--) text.Append(Bits[random.Next(Bits.Length)]);
            Compare(text.ToString());
        }
        foreach (JsonElement row in GoldenTokenizers.Lines("qwen3", "single")) Compare(row.Text("text"));

        void Compare(string given)
        {
            expected.Clear();
            actual.Clear();
            regex.FindAll(given, expected);
            scanner.FindAll(given, actual);
            Assert.That(actual, Is.EqualTo(expected), JsonSerializer.Serialize(given));
        }
    }

    [Test]
    public void FindAll_LongS_FoldsInContractions()
    {
        // Unlike the runtime's expressions, those of the reference library fold the long s to an s.
        List<(int, int)> matches = [];
        WordScanner.Of(WordScanner.Llama3)!.FindAll("it'\u017Fa", matches);
        Assert.That(matches, Is.EqualTo(new[] { (0, 2), (2, 4), (4, 5) }));
    }

    [TestCase(0)]
    [TestCase(1)]
    public void BertFastPath_EqualsFullPipeline(int seed)
    {
        // Offsets are only known to the full pipeline, so the detailed encoding goes through it and the ids alone do not.
        Tokenizer tokenizer = GoldenTokenizers.Load("wordpiece");
        var random = new Random(seed);
        string[] words = ["The", "film", "SCIENCE", "unaffable", "internationalisation", "x", "[CLS]", "##ing", "\u0007", "a\u0000b", "naïve", "\u001F", "e\u0301", "𝒳", "  ", "\t", "-", "...", "\uFFFD", "supercalifragilisticexpialidocious", "word's", "中文", "\u200B", "fiancé"];
        var text = new StringBuilder();
        for (int i = 0; i < 5_000; i++)
        {
            text.Clear();
            for (int n = random.Next(0, 20); n > 0; n--) text.Append(words[random.Next(words.Length)]).Append(random.Next(3) == 0 ? "" : " ");
            string given = text.ToString();
            Assert.That(tokenizer.EncodeToIds(given), Is.EqualTo(tokenizer.Encode(given).Ids), JsonSerializer.Serialize(given));
        }
    }
}
