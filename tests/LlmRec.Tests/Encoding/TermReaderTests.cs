using FsCheck;
using FsCheck.Fluent;

namespace LlmRec.Tests;

internal sealed class TermReaderTests
{
    private readonly struct Sink(List<string> terms) : ITermSink
    {
        public void Add(ReadOnlySpan<char> term) => terms.Add(term.ToString());
    }

    private static List<string> Terms(string text, TextAnalyzer analyzer, bool apart = false)
    {
        List<string> terms = [];
        var sink = new Sink(terms);
        var reader = new TermReader();
        reader.Start(text);
        reader.Read(analyzer, apart, ref sink);
        return terms;
    }

    [Test]
    public void Words_AreLowerCasedRunsOfAtLeastTwoWordCharacters_AndTheirSequences() =>
        Assert.That(Terms("A Café, a_b  x2!", TextAnalyzer.Words(1, 2)), Is.EqualTo(new[] { "café", "a_b", "x2", "café a_b", "a_b x2" }));

    [Test]
    public void CharactersInWords_PadEveryWord_AndCountAShortWordOnce() =>
        Assert.That(Terms("ab\t\tC", TextAnalyzer.CharactersInWords(3, 5)), Is.EqualTo(new[] { " ab", "ab ", " ab ", " c " }));

    [Test]
    public void CharactersInWords_KeepPunctuation_AndCountCodePoints() =>
        Assert.That(Terms("😀-b", TextAnalyzer.CharactersInWords(2, 2)), Is.EqualTo(new[] { " 😀", "😀-", "-b", "b " }));

    [Test]
    public void Cjk_CutsRunsOfChineseJapaneseKoreanAndThai_AndNothingElse()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Terms("科幻小说 novel", TextAnalyzer.Cjk(1, 2)), Is.EqualTo(new[] { "科", "幻", "小", "说", "科幻", "幻小", "小说" }));
            Assert.That(Terms("ドラマ・𠮷", TextAnalyzer.Cjk(2, 3)), Is.EqualTo(new[] { "ドラ", "ラマ", "ドラマ", "𠮷" }));
            Assert.That(Terms("한국 영화", TextAnalyzer.Cjk(2, 2)), Is.EqualTo(new[] { "한국", "영화" }));
            Assert.That(Terms("กาแฟ", TextAnalyzer.Cjk(2, 2)), Is.EqualTo(new[] { "กา", "าแ", "แฟ" }));
            Assert.That(Terms("plain text", TextAnalyzer.Cjk(1, 2)), Is.Empty);
        }
    }

    [Test]
    public void WordsAndCharacters_LeaveCjkToItsAnalyzer_WhenThereIsOne()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Terms("新款iPhone手机壳 case", TextAnalyzer.Words(1, 1), apart: true), Is.EqualTo(new[] { "iphone", "case" }));
            Assert.That(Terms("新款ab手机", TextAnalyzer.CharactersInWords(3, 3), apart: true), Is.EqualTo(new[] { " ab", "ab " }));
            Assert.That(Terms("手机壳 case", TextAnalyzer.Words(1, 1)), Is.EqualTo(new[] { "手机壳", "case" }));
        }
    }

    [TestCase("ＡＢＣ１２", "abc12")]
    [TestCase("ｶﾞﾗｽ ﾊﾟﾝ ｳﾞｨｰﾅｽ", "ガラス パン ヴィーナス")]
    [TestCase("ＧＡＭＥ\u3000ＯＶＥＲ", "game over")]
    [TestCase("ΟΔΟΣ οδος", "οδοσ οδοσ")]
    [TestCase("İstanbul", "istanbul")]
    public void Fold_BringsFormsTogether(string text, string folded)
    {
        char[] buffer = new char[text.Length];
        Assert.That(new string(buffer, 0, TextFolding.Fold(text, buffer)), Is.EqualTo(folded));
    }

    [Test]
    public void Fold_TurnsLoneSurrogatesAndControlCharactersIntoSpaces() =>
        Fold_BringsFormsTogether("a\uD800b\uDC00c\u0000d", "a b c d");

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property AnyText_IsCutWithoutError_IntoNonEmptyTermsOfTheAnalyzersLength() => Prop.ForAll<string?>(text =>
    {
        text ??= "";
        foreach (TextAnalyzer analyzer in new[] { TextAnalyzer.Words(1, 2), TextAnalyzer.CharactersInWords(3, 5), TextAnalyzer.Cjk(1, 2) })
            foreach (string term in Terms(text, analyzer))
                if (term.Length == 0 || (analyzer.Kind != TextAnalyzerKind.Words && term.EnumerateRunes().Count() > analyzer.Longest))
                    return false;
        return true;
    });

    [Test]
    public void RandomChars_LoneSurrogatesIncluded_AreCut()
    {
        var random = new Random(7);
        string text = string.Create(200_000, random, (span, r) =>
        {
            for (int i = 0; i < span.Length; i++) span[i] = (char)r.Next(0x10000);
        });
        foreach (TextAnalyzer analyzer in new[] { TextAnalyzer.Words(), TextAnalyzer.CharactersInWords(), TextAnalyzer.Cjk() })
            Assert.That(Terms(text, analyzer, apart: true), Is.Not.Empty);
    }
}
