using System.Text.Json;

namespace LlmRec.Transformers.Tests.Tokenization;

/// <summary>Vocabularies are looked into, cut down and written again.</summary>
internal sealed class TokenizerVocabularyTests
{
    private static readonly EncodeOptions Special = new() { AllowSpecialTokens = true };

    private static IEnumerable<string> Names => GoldenTokenizers.Names;

    [TestCaseSource(nameof(Names))]
    public void ToJson_ReadAgain_GivesTheSameTokens(string name)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(name), again = Tokenizer.FromJson(tokenizer.ToJson());
        foreach (JsonElement row in GoldenTokenizers.Lines(name, "single").Where((_, i) => i % 9 == 0))
        {
            string text = row.Text("text");
            Assert.That(again.EncodeToIds(text, Special), Is.EqualTo(row.Ints("ids")), text);
            Assert.That(again.Decode(row.Ints("ids")), Is.EqualTo(row.Text("decoded")), text);
        }
        Assert.That((again.Vocabulary.Size, again.StoredPadding, again.StoredTruncation), Is.EqualTo((tokenizer.Vocabulary.Size, tokenizer.StoredPadding, tokenizer.StoredTruncation)));
    }

    [TestCaseSource(nameof(Names))]
    public void WithVocabulary_TextsOfKeptTokens_KeepTheirTokens(string name)
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(name);
        JsonElement[] rows = [.. GoldenTokenizers.Lines(name, "single").Where((_, i) => i % 5 == 0)];
        Tokenizer reduced = tokenizer.WithVocabulary(rows.SelectMany(r => r.Ints("ids")), out int[] oldIds);
        List<string> wrong = [];
        foreach (JsonElement row in rows)
        {
            string expected = GoldenTokenizers.Join(row.Ints("ids")), actual = GoldenTokenizers.Join(reduced.EncodeToIds(row.Text("text"), Special).Select(id => oldIds[id]));
            if (expected != actual) wrong.Add($"{JsonSerializer.Serialize(row.Text("text"))}\n   expected {expected}\n   but was  {actual}");
        }
        GoldenTokenizers.AssertNone(wrong, rows.Length);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(reduced.Vocabulary.Size, Is.EqualTo(oldIds.Length));
            if (tokenizer.Vocabulary.Size > 10_000) Assert.That(oldIds, Has.Length.LessThan(tokenizer.Vocabulary.Size / 2));
            Assert.That(oldIds, Is.Ordered.Ascending);
            for (int id = 0; id < oldIds.Length; id++) Assert.That(reduced.Vocabulary[id], Is.EqualTo(tokenizer.Vocabulary[oldIds[id]]));
            Assert.That(Old(reduced.SpecialTokens.Cls), Is.EqualTo(tokenizer.SpecialTokens.Cls));
            Assert.That(Old(reduced.SpecialTokens.Unk), Is.EqualTo(tokenizer.SpecialTokens.Unk));
        }

        int? Old(int? id) => id is { } i ? oldIds[i] : null;
    }

    [Test]
    public void Save_ThenLoad_GivesTheSameTokens()
    {
        Tokenizer tokenizer = GoldenTokenizers.Load("wordpiece").WithVocabulary(Enumerable.Range(1000, 3000), out _);
        string folder = Directory.CreateTempSubdirectory("llmrec-tokenizer").FullName;
        try
        {
            tokenizer.Save(Path.Combine(folder, "tokenizer.json"));
            Tokenizer again = Tokenizer.Load(folder);
            Assert.That(again.EncodeToIds("The slow film, again!"), Is.EqualTo(tokenizer.EncodeToIds("The slow film, again!")));
            Assert.That(Directory.GetFiles(folder), Has.Length.EqualTo(1));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void Vocabulary_FindsTokensBothWays()
    {
        Vocabulary vocabulary = GoldenTokenizers.Load("wordpiece").Vocabulary;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(vocabulary.Size, Is.EqualTo(30522));
            Assert.That(vocabulary.IdOf("##ing"), Is.EqualTo(2075));
            Assert.That(vocabulary[2075], Is.EqualTo("##ing"));
            Assert.That(vocabulary[-1], Is.Null);
            Assert.That(vocabulary[30522], Is.Null);
            Assert.That(vocabulary.IdOf("no such token"), Is.Null);
            Assert.That(vocabulary.IsSpecial(101), Is.True);
            Assert.That(vocabulary.IsSpecial(2075), Is.False);
        }
    }
}
