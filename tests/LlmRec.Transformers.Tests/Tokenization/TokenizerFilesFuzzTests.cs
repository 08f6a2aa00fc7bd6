using System.Text;
using LlmRec.Tests;

namespace LlmRec.Transformers.Tests.Tokenization;

/// <summary>Damaged vocab.txt, vocab.json with merges.txt, SentencePiece models, and what tokenizer_config.json says beside them; the whole runs are explicit.</summary>
[TestFixture]
internal sealed class TokenizerFilesFuzzTests
{
    private const int Whole = 100_000;
    private const string Reason = "the whole run takes minutes; the default run takes a part of it";
    private const long MostBytes = 64_000_000;   // ids may have a million gaps

    private static readonly string[] Values = ["null", "true", "-1", "0", "1e9", "4294967296", "100000000", "\"\"", "[]", "{}", "\"a b\"", "\"\\ud800\"", "\"[CLS]\"", "\"$A\"", "\"x:1\"", "\"T5Tokenizer\"", "\"Qwen2TokenizerFast\"", "\"AlbertTokenizer\"", "10000"];

    private static readonly byte[][] Settings = [.. ((string[])
    [
        """{"tokenizer_class":"BertTokenizer","do_lower_case":true,"strip_accents":null,"tokenize_chinese_chars":true,"cls_token":"[CLS]","sep_token":"[SEP]","pad_token":"[PAD]","unk_token":"[UNK]","mask_token":{"content":"[MASK]","special":true},"model_max_length":512}""",
        """{"tokenizer_class":"RobertaTokenizer","cls_token":"<s>","sep_token":"</s>","add_prefix_space":true,"added_tokens_decoder":{"9":{"content":"<mask>","special":true,"lstrip":true}}}""",
        """{"add_bos_token":true,"bos_token":"<s>","extra_ids":3,"keep_accents":false,"added_tokens_decoder":{"1":{"content":"</s>","special":true},"12":{"content":"new word","special":false,"single_word":true}}}""",
        "{}",
    ]).Select(Encoding.UTF8.GetBytes)];

    private static readonly byte[][] Pieces = ["[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n##ab\nword\n##é\n日\n"u8.ToArray(), "<s>\n<pad>\n</s>\n[UNK]\n[PAD]\n[CLS]\r\n[SEP]\na\n##b"u8.ToArray()];

    private static readonly byte[][] Vocabularies = ["""{"<s>":0,"<pad>":1,"</s>":2,"<unk>":3,"a":4,"b":5,"Ġ":6,"ab":7,"Ġab":8,"<mask>":9}"""u8.ToArray(), """{"<|endoftext|>":0,"a":1,"b":2,"Ġ":3,"ab":4,"Ġab":5}"""u8.ToArray()];

    private static readonly byte[][] Merges = ["#version: 0.2\na b\nĠ ab\n"u8.ToArray(), "a b\r\nĠ ab"u8.ToArray()];

    private static readonly byte[][] SentencePieces =
    [
        SentencePieceFile.Of([("<pad>", 0, 3), ("</s>", 0, 3), ("<unk>", 0, 2), ("▁a", -1.5f, 1), ("b", -2, 1), ("ab", -3, 1), ("<0x41>", -4, 6)], bpe: false, byteFallback: true,
            Convert.FromBase64String("QAAAAAAEAABhAAAAYgAAAAEBAABhBQAAAAAAgGMAAAAAAAAAAQAAAAACAAAAAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAB4eXoA")),
        SentencePieceFile.Of([("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3), ("▁", -1, 1), ("a", -2, 1), ("b", -3, 1), ("▁a", -4, 1), ("ab", -5, 1), ("sign", 0, 4)], bpe: true, byteFallback: false),
        SentencePieceFile.Of([("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3), ("▁a", -1, 1), ("b", -2, 1)], bpe: false, byteFallback: false),
        SentencePieceFile.Of([("<pad>", 0, 3), ("<unk>", 0, 2), ("[CLS]", 0, 3), ("[SEP]", 0, 3), ("[MASK]", 0, 4), ("▁a", -1, 1), ("b", -2, 1)], bpe: false, byteFallback: false),
    ];

    [TestCase(2_000)]
    [TestCase(Whole, Explicit = true, Reason = Reason)]
    public void Load_OfMutatedWordPieces_LoadsOrThrowsInvalidData(int count) =>
        Folder(count, 11, [("vocab.txt", Pieces, false), ("tokenizer_config.json", Settings, false)]);

    [TestCase(2_000)]
    [TestCase(Whole, Explicit = true, Reason = Reason)]
    public void Load_OfMutatedVocabulariesAndMerges_LoadsOrThrowsInvalidData(int count) =>
        Folder(count, 12, [("vocab.json", Vocabularies, false), ("merges.txt", Merges, false), ("tokenizer_config.json", Settings, false)]);

    [TestCase(2_000)]
    [TestCase(Whole, Explicit = true, Reason = Reason)]
    public void Load_OfMutatedSentencePieceModels_LoadsOrThrowsInvalidData(int count) =>
        Folder(count, 13, [("spiece.model", SentencePieces, true), ("spiece.model", SentencePieces, true), ("special_tokens_map.json", Settings, false)]);

    /// <summary>One of the files is damaged, the others are any of their samples.</summary>
    private static void Folder(int count, int seed, (string Name, byte[][] Samples, bool Binary)[] files)
    {
        using var folder = new TemporaryFolder();
        int victim = 0;
        int[] chosen = new int[files.Length];
        int opened = Fuzz.Run(count, seed, random =>
        {
            victim = random.Next(files.Length);
            for (int f = 0; f < files.Length; f++) chosen[f] = random.Next(files[f].Samples.Length);
            return files[victim].Binary ? Fuzz.Binary(random, files[victim].Samples) : Fuzz.Text(random, files[victim].Samples, Values);
        }, content =>
        {
            for (int f = 0; f < files.Length; f++)
                if (files[f].Name != files[victim].Name) File.WriteAllBytes(folder.File(files[f].Name), files[f].Samples[chosen[f]]);
            File.WriteAllBytes(folder.File(files[victim].Name), content);
            Tokenizer tokenizer = Tokenizer.Load(folder.Path);
            foreach (string text in TokenizerJsonTests.Texts) TokenizerJsonTests.Use(tokenizer, text);
        }, MostBytes);
        Assert.That(opened, Is.InRange(count / 50, count * 9 / 10));
    }

    [Test]
    public void Load_OfAPieceAsLongAsABook_IsRefused_InsteadOfCutAtEveryPlace()
    {
        using var folder = new TemporaryFolder();
        string book = new('a', 1_000_000);
        File.WriteAllBytes(folder.File("spiece.model"), SentencePieceFile.Of([("<unk>", 0, 2), ("a", -1, 1), (book, -2, 1)], bpe: true, byteFallback: false));
        Assert.That(() => Tokenizer.Load(folder.Path), Throws.TypeOf<InvalidDataException>().With.Message.Contains("spiece.model").And.Message.Contains("1000000"));
    }
}
