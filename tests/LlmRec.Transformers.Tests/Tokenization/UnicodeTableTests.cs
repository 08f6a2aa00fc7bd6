using System.Globalization;
using System.Text;
using System.Text.Json;
using LlmRec.Tests;

namespace LlmRec.Transformers.Tests.Tokenization;

/// <summary>Over all code points the components take each for what the reference library takes it for.</summary>
internal sealed class UnicodeTableTests
{
    [TestCase("bert_removed", (int)CodePointClass.BertRemoved)]
    [TestCase("bert_to_space", (int)CodePointClass.BertSpace)]
    [TestCase("bert_cjk", (int)CodePointClass.Cjk)]
    [TestCase("bert_split_isolated", (int)CodePointClass.Punctuation)]
    [TestCase("bert_split_removed", (int)CodePointClass.White)]
    [TestCase("whitespace_split", (int)CodePointClass.White)]
    [TestCase("digits", (int)CodePointClass.Numeric)]
    [TestCase("regex_L", (int)CodePointClass.Letter)]
    [TestCase("regex_N", (int)CodePointClass.Number)]
    [TestCase("regex_s", (int)CodePointClass.White)]
    public void Class_EqualsReference(string name, int kind)
    {
        using JsonDocument classes = JsonDocument.Parse(File.ReadAllBytes(SharedData.PathOrSkip("golden/tokenizers/unicode-classes.json")));
        bool[] expected = new bool[0x110000];
        foreach (JsonElement range in classes.RootElement.GetProperty(name).EnumerateArray())
            for (int c = range[0].GetInt32(); c <= range[1].GetInt32(); c++) expected[c] = true;
        foreach (int c in AllCodePoints())
            if (CodePoints.Is(c, (CodePointClass)kind) != expected[c]) Assert.Fail($"U+{c:X4} differs");
    }

    [TestCase("nfc")]
    [TestCase("nfd")]
    [TestCase("nfkc")]
    [TestCase("nfkd")]
    [TestCase("lowercase")]
    [TestCase("nmt")]
    [TestCase("nfd_strip_accents")]
    [TestCase("bert_strip_accents")]
    [TestCase("precompiled_nmt_nfkc")]
    public void Mapping_EqualsReference(string name)
    {
        TextNormalizer normalizer = name switch
        {
            "nfc" => new UnicodeNormalizer(compatibility: false, compose: true),
            "nfd" => new UnicodeNormalizer(compatibility: false, compose: false),
            "nfkc" => new UnicodeNormalizer(compatibility: true, compose: true),
            "nfkd" => new UnicodeNormalizer(compatibility: true, compose: false),
            "lowercase" => new LowercaseNormalizer(),
            "nmt" => new NmtNormalizer(),
            "nfd_strip_accents" => new SequenceNormalizer([new UnicodeNormalizer(compatibility: false, compose: false), new MarkStripper()]),
            "bert_strip_accents" => new BertNormalizer(cleanText: false, handleChinese: false, stripAccents: true, lowercase: false),
            _ => Precompiled(),
        };
        bool between = name.EndsWith("strip_accents", StringComparison.Ordinal);
        Dictionary<int, string> expected = Mapping(name);
        var text = new AlignedText();
        foreach (int c in AllCodePoints())
        {
            if (c is >= 0xAC00 and <= 0xD7A3) continue; // left out of the table
            string given = between ? "a" + new Rune(c) + "a" : new Rune(c).ToString();
            text.Load(given, 0, tracked: (c & 1) == 0);
            normalizer.Apply(text);
            string wanted = expected.GetValueOrDefault(c, new Rune(c).ToString());
            if (!text.Span.SequenceEqual(between ? "a" + wanted + "a" : wanted)) Assert.Fail($"U+{c:X4} becomes {JsonSerializer.Serialize(text.Span.ToString())}, not {JsonSerializer.Serialize(wanted)}");
        }
    }

    [Test]
    public void Normalization_Hangul_FollowsTheArithmetic()
    {
        var text = new AlignedText();
        for (int c = 0xAC00; c <= 0xD7A3; c += 7)
        {
            string syllable = ((char)c).ToString();
            text.Load(syllable, 0, tracked: false);
            new UnicodeNormalizer(compatibility: false, compose: false).Apply(text);
            string apart = text.Span.ToString();
            int s = c - 0xAC00;
            string wanted = $"{(char)(0x1100 + s / 588)}{(char)(0x1161 + s % 588 / 28)}" + (s % 28 > 0 ? ((char)(0x11A7 + s % 28)).ToString() : "");
            text.Load(apart, 0, tracked: true);
            new UnicodeNormalizer(compatibility: false, compose: true).Apply(text);
            Assert.That((apart, text.Span.ToString(), text.StartOf(0), text.EndOf(0)), Is.EqualTo((wanted, syllable, 0, 1)));
        }
    }

    private static PrecompiledNormalizer Precompiled()
    {
        using JsonDocument t5 = JsonDocument.Parse(File.ReadAllBytes(GoldenTokenizers.FileOf("t5")));
        JsonElement map = t5.RootElement.GetProperty("normalizer").GetProperty("normalizers")[0].GetProperty("precompiled_charsmap");
        return new PrecompiledNormalizer(map.GetBytesFromBase64(), default);
    }

    private static Dictionary<int, string> Mapping(string name)
    {
        foreach (string line in File.ReadLines(SharedData.PathOrSkip("golden/tokenizers/unicode-mappings.jsonl")))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            if (row.RootElement.Text("name") == name)
                return row.RootElement.GetProperty("map").EnumerateObject().ToDictionary(p => int.Parse(p.Name, NumberStyles.HexNumber, CultureInfo.InvariantCulture), p => p.Value.GetString()!);
        }
        throw new InvalidOperationException($"no mapping {name}");
    }

    private static IEnumerable<int> AllCodePoints() => Enumerable.Range(0, 0x110000).Where(c => c is < 0xD800 or > 0xDFFF);
}
