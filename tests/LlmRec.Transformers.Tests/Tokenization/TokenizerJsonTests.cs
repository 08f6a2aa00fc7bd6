using System.Text;
using LlmRec.Tests;

namespace LlmRec.Transformers.Tests.Tokenization;

/// <summary>A damaged or foreign tokenizer.json is refused with the place; none crashes, hangs or asks for much memory.</summary>
internal sealed class TokenizerJsonTests
{
    private const string WordPiece = """
        {"version":"1.0","truncation":{"max_length":8,"strategy":"LongestFirst","stride":0},"padding":{"strategy":"BatchLongest","direction":"Right","pad_id":0,"pad_type_id":0,"pad_token":"[PAD]"},
        "added_tokens":[{"id":0,"content":"[PAD]","special":true,"normalized":false},{"id":1,"content":"[UNK]","special":true},{"id":9,"content":"new word","special":false,"single_word":true,"lstrip":true}],
        "normalizer":{"type":"Sequence","normalizers":[{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true},{"type":"Strip","strip_left":true,"strip_right":true},{"type":"Nmt"}]},
        "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"BertPreTokenizer"},{"type":"Digits","individual_digits":true},{"type":"Punctuation","behavior":"Contiguous"},{"type":"FixedLength","length":6}]},
        "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"[PAD]","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"[PAD]":{"id":"[PAD]","ids":[0],"tokens":["[PAD]"]}}},
        "decoder":{"type":"WordPiece","prefix":"##","cleanup":true},
        "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":20,"vocab":{"[PAD]":0,"[UNK]":1,"a":2,"##b":3,"##ab":4,"word":5,"new":6,"e":7,"##é":8}}}
        """;

    private const string ByteLevel = """
        {"added_tokens":[{"id":6,"content":"<s>","special":true,"normalized":false,"rstrip":true}],"normalizer":{"type":"NFC"},
        "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"\\p{N}{1,2}|\\s+"},"behavior":"MergedWithNext","invert":false},{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}]},
        "post_processor":{"type":"Sequence","processors":[{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true},{"type":"RobertaProcessing","sep":["<s>",6],"cls":["<s>",6],"trim_offsets":true,"add_prefix_space":true}]},
        "decoder":{"type":"ByteLevel"},
        "model":{"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":"","end_of_word_suffix":null,"fuse_unk":false,"byte_fallback":false,"ignore_merges":true,"vocab":{"a":0,"b":1,"Ġ":2,"ab":3,"Ġab":4,"c":5},"merges":[["a","b"],"Ġ ab"]}}
        """;

    private const string Unigram = """
        {"added_tokens":[],"normalizer":{"type":"Sequence","normalizers":[{"type":"Precompiled","precompiled_charsmap":"QAAAAAAEAABhAAAAYgAAAAEBAABhBQAAAAAAgGMAAAAAAAAAAQAAAAACAAAAAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAB4eXoA"},{"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "},{"type":"NFKD"},{"type":"StripAccents"},{"type":"Lowercase"}]},
        "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":true}]},
        "post_processor":{"type":"BertProcessing","sep":["b",2],"cls":["a",1]},
        "decoder":{"type":"Sequence","decoders":[{"type":"ByteFallback"},{"type":"Metaspace","replacement":"▁","prepend_scheme":"first"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":1},{"type":"BPEDecoder","suffix":"</w>"}]},
        "model":{"type":"Unigram","unk_id":0,"byte_fallback":true,"vocab":[["<unk>",0.0],["a",-1.5],["b",-2.25],["▁a",-3.0],["<0x41>",-4.0],["ab",-1e1]]}}
        """;

    private const string SentencePiece = """
        {"normalizer":{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]},"pre_tokenizer":{"type":"CharDelimiterSplit","delimiter":"x"},
        "decoder":{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"CTC","pad_token":"<pad>","word_delimiter_token":"|","cleanup":true}]},
        "model":{"type":"BPE","unk_token":"<unk>","fuse_unk":true,"byte_fallback":true,"vocab":{"<unk>":0,"▁":1,"a":2,"b":3,"▁a":4,"ab":5},"merges":["▁ a","a b"]}}
        """;

    private static readonly string[] All = [WordPiece, ByteLevel, Unigram, SentencePiece];

    internal static readonly string[] Texts = ["", "ab a new word, [PAD] ÉX", "  ab\u0301 12345 <s>\n\nab ab", "\uD83D\uDE00 Ax\uD800 ﬁ ab"];

    [TestCase("[]", "$")]
    [TestCase("{", "JSON")]
    [TestCase("{}", "$.model")]
    [TestCase("""{"model":{"type":"WordPiece","vocab":{"a":-1}}}""", "$.model.vocab['a']")]
    [TestCase("""{"model":{"type":"WordPiece","vocab":{"a":2000000000}}}""", "$.model.vocab")]
    [TestCase("""{"model":{"type":"Neural","vocab":{"a":1}}}""", "'Neural'")]
    [TestCase("""{"model":{"type":"Unigram","vocab":[["a",0],["b"]]}}""", "$.model.vocab[1]")]
    [TestCase("""{"model":{"type":"Unigram","unk_id":7,"vocab":[["a",0]]}}""", "$.model.unk_id")]
    [TestCase("""{"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":["a b"]}}""", "$.model.merges[0]")]
    [TestCase("""{"model":{"type":"BPE","vocab":{"a":0},"merges":["a"]}}""", "$.model.merges[0]")]
    [TestCase("""{"model":{"type":"BPE","dropout":0.1,"vocab":{"a":0},"merges":[]}}""", "$.model.dropout")]
    [TestCase("""{"normalizer":{"type":"Rot13"},"model":{"type":"WordLevel","vocab":{"a":0}}}""", "'Rot13'")]
    [TestCase("""{"pre_tokenizer":{"type":"UnicodeScripts"},"model":{"type":"WordLevel","vocab":{"a":0}}}""", "'UnicodeScripts'")]
    [TestCase("""{"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"("},"behavior":"Isolated"}]},"model":{"type":"WordLevel","vocab":{"a":0}}}""", "$.pre_tokenizer.pretokenizers[0].pattern.Regex")]
    [TestCase("""{"pre_tokenizer":{"type":"ByteLevel"},"model":{"type":"WordLevel","vocab":{"a":0}}}""", "ByteLevel")]
    [TestCase("""{"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"x","type_id":0}}],"pair":[],"special_tokens":{}},"model":{"type":"WordLevel","vocab":{"a":0}}}""", "$.post_processor.single[0].SpecialToken.id")]
    [TestCase("""{"decoder":{"type":"Morse"},"model":{"type":"WordLevel","vocab":{"a":0}}}""", "'Morse'")]
    [TestCase("""{"added_tokens":[{"id":"0","content":"a"}],"model":{"type":"WordLevel","vocab":{"a":0}}}""", "$.added_tokens[0].id")]
    [TestCase("""{"truncation":{"max_length":1,"strategy":"Never"},"model":{"type":"WordLevel","vocab":{"a":0}}}""", "'Never'")]
    public void FromJson_Damaged_SaysWhere(string json, string where) =>
        Assert.That(() => Tokenizer.FromJson(Encoding.UTF8.GetBytes(json), "given.json"), Throws.TypeOf<InvalidDataException>().With.Message.StartsWith("given.json: ").And.Message.Contains(where));

    [Test]
    public void FromJson_Samples_EncodeAndDecode()
    {
        foreach (string json in All)
        {
            Tokenizer tokenizer = Tokenizer.FromJson(Encoding.UTF8.GetBytes(json));
            foreach (string text in Texts) Use(tokenizer, text);
        }
    }

    [Test]
    public void FromJson_WordLevelAndWhitespace_SplitsWordsFromSymbols()
    {
        Tokenizer tokenizer = Tokenizer.FromJson("""{"pre_tokenizer":{"type":"Whitespace"},"model":{"type":"WordLevel","unk_token":"?","vocab":{"?":0,"one":1,"two_2":2,"&&":3}}}"""u8.ToArray());
        Assert.That(tokenizer.EncodeToIds("one&&two_2 \t ... one"), Is.EqualTo(new[] { 1, 3, 2, 0, 1 }));
        Assert.That(tokenizer.Decode(tokenizer.EncodeToIds("one two_2")), Is.EqualTo("one two_2"));
    }

    [TestCase("Removed", "a|b||c")]
    [TestCase("Isolated", "a|-|b|-|-|c")]
    [TestCase("MergedWithPrevious", "a-|b-|-|c")]
    [TestCase("MergedWithNext", "a|-b|-|-c")]
    [TestCase("Contiguous", "a|-|b|--|c")]
    public void Split_Behaviours_FollowTheReference(string behavior, string expected)
    {
        var text = new AlignedText();
        var splits = new SplitList();
        text.Load("a-b--c", 0, tracked: false);
        splits.Reset(text.Length);
        new SplitPreTokenizer(new LiteralPattern("-"), Enum.Parse<SplitBehavior>(behavior), invert: false).Apply(text, splits);
        var pieces = new List<string>();
        foreach ((int start, int end) in splits.Items) pieces.Add(text.Span[start..end].ToString());
        Assert.That(pieces, Is.EqualTo(expected.Split('|', StringSplitOptions.RemoveEmptyEntries)));
    }

    [TestCase(100_000)]
    public void FromJson_MutatedFiles_EitherOpenOrThrowInvalidData(int count)
    {
        byte[][] samples = [.. All.Select(Encoding.UTF8.GetBytes)];
        int used = 0;
        int opened = Fuzz.Run(count, 1, r => Fuzz.Text(r, samples, "null", "true", "-1", "0", "1e9", "4294967296", "\"\"", "[]", "{}", "\"▁\"", "\"(a+)+$\"", "\"Sequence\"", "\"\\ud800\"", "\"type\":", ","), content =>
        {
            Tokenizer tokenizer = Tokenizer.FromJson(content);
            foreach (string text in Texts) Use(tokenizer, text);
            if (used++ % 16 == 0) Tokenizer.FromJson(tokenizer.WithVocabulary([1, 2], out _).ToJson());
        }, mostBytes: 64_000_000);
        Assert.That(opened, Is.InRange(count / 100, count * 9 / 10));
    }

    /// <summary>A tokenizer without an unknown token refuses a text that it cannot spell; nothing else may go wrong.</summary>
    internal static void Use(Tokenizer tokenizer, string text)
    {
        try
        {
            foreach (bool allow in (bool[])[false, true])
            {
                var options = new EncodeOptions { AllowSpecialTokens = allow };
                int[] ids = tokenizer.EncodeToIds(text, options);
                TokenEncoding detail = tokenizer.Encode(text, text, options);
                tokenizer.Encode(text, text, options with { MaxTokenCount = tokenizer.SpecialTokenCount(isPair: true) + 3 });
                tokenizer.Decode(ids);
                tokenizer.Decode(ids, skipSpecialTokens: true);
                foreach (TokenSpan span in detail.Offsets)
                    if (span.Start < 0 || span.End > text.Length) Assert.Fail($"the range {span} is outside the text");
            }
        }
        catch (InvalidOperationException e) when (e.Message.Contains("unknown token", StringComparison.Ordinal))
        {
        }
    }
}
