using System.Text.Json;

namespace LlmRec.Transformers.Tests.Tokenization;

/// <summary>Every id, segment, offset and decoded text is the reference library's.</summary>
[TestFixtureSource(typeof(GoldenTokenizers), nameof(GoldenTokenizers.Names))]
internal sealed class GoldenTokenizerTests(string name)
{
    private static readonly EncodeOptions Special = new() { AllowSpecialTokens = true };

    [Test]
    public void Encode_EqualsReference_SingleTexts()
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(name);
        List<string> wrong = [];
        int cases = 0;
        foreach (JsonElement row in GoldenTokenizers.Lines(name, "single"))
        {
            cases++;
            string text = row.Text("text"), shown = JsonSerializer.Serialize(text);
            TokenEncoding encoding = tokenizer.Encode(text, null, Special);
            string ids = GoldenTokenizers.Join(row.Ints("ids"));
            Compare(wrong, shown, "ids", ids, GoldenTokenizers.Join(encoding.Ids));
            Compare(wrong, shown, "ids without offsets", ids, GoldenTokenizers.Join(tokenizer.EncodeToIds(text, Special)));
            Compare(wrong, shown, "type ids", GoldenTokenizers.Join(row.Ints("type_ids")), GoldenTokenizers.Join(encoding.TypeIds));
            Compare(wrong, shown, "offsets", GoldenTokenizers.Offsets(row), GoldenTokenizers.Offsets(encoding, text, null));
            Compare(wrong, shown, "plain ids", GoldenTokenizers.Join(row.Ints("ids_plain")), GoldenTokenizers.Join(tokenizer.EncodeToIds(text, Special with { AddSpecialTokens = false })));
            if (row.TryGetProperty("ids_special_as_text", out JsonElement asText))
                Compare(wrong, shown, "special tokens as text", GoldenTokenizers.Join(asText.Ints()), GoldenTokenizers.Join(tokenizer.EncodeToIds(text)));
        }
        GoldenTokenizers.AssertNone(wrong, cases);
    }

    [Test]
    public void Decode_EqualsReference()
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(name);
        List<string> wrong = [];
        int cases = 0;
        foreach (JsonElement row in GoldenTokenizers.Lines(name, "single"))
        {
            cases++;
            int[] ids = row.Ints("ids");
            string shown = JsonSerializer.Serialize(row.Text("text"));
            Compare(wrong, shown, "decoded", row.Text("decoded"), tokenizer.Decode(ids));
            Compare(wrong, shown, "decoded without special tokens", row.Text("decoded_skip_special"), tokenizer.Decode(ids, skipSpecialTokens: true));
        }
        GoldenTokenizers.AssertNone(wrong, cases);
    }

    [Test]
    public void Encode_EqualsReference_Pairs()
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(name);
        List<string> wrong = [];
        int cases = 0;
        var batch = new TokenBatch();
        foreach (JsonElement row in GoldenTokenizers.Lines(name, "pairs"))
        {
            cases++;
            string text = row.Text("text"), pair = row.Text("pair"), shown = JsonSerializer.Serialize(text) + " + " + JsonSerializer.Serialize(pair);
            TokenEncoding encoding = tokenizer.Encode(text, pair, Special);
            batch.Clear();
            tokenizer.EncodeBatch([text], [pair], batch, Special);
            Compare(wrong, shown, "ids", GoldenTokenizers.Join(row.Ints("ids")), GoldenTokenizers.Join(encoding.Ids));
            Compare(wrong, shown, "ids of the batch", GoldenTokenizers.Join(row.Ints("ids")), GoldenTokenizers.Join(batch.Ids.ToArray()));
            Compare(wrong, shown, "type ids", GoldenTokenizers.Join(row.Ints("type_ids")), GoldenTokenizers.Join(encoding.TypeIds));
            Compare(wrong, shown, "type ids of the batch", GoldenTokenizers.Join(row.Ints("type_ids")), GoldenTokenizers.Join(batch.TypeIds.ToArray()));
            Compare(wrong, shown, "offsets", GoldenTokenizers.Offsets(row), GoldenTokenizers.Offsets(encoding, text, pair));
            Compare(wrong, shown, "plain ids", GoldenTokenizers.Join(row.Ints("ids_plain")), GoldenTokenizers.Join(tokenizer.EncodeToIds(text, pair, Special with { AddSpecialTokens = false })));
        }
        GoldenTokenizers.AssertNone(wrong, cases);
    }

    [Test]
    public void Encode_EqualsReference_Truncation()
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(name);
        List<string> wrong = [];
        int cases = 0;
        foreach (JsonElement row in GoldenTokenizers.Lines(name, "truncation"))
        {
            cases++;
            string text = row.Text("text");
            string? pair = row.GetProperty("pair").GetString();
            EncodeOptions options = Special with
            {
                MaxTokenCount = row.GetProperty("max_length").GetInt32(),
                Stride = row.GetProperty("stride").GetInt32(),
                TruncationSide = row.Text("direction") == "left" ? TokenSide.Left : TokenSide.Right,
                Truncation = row.Text("strategy") switch { "only_first" => TruncationStrategy.OnlyFirst, "only_second" => TruncationStrategy.OnlySecond, _ => TruncationStrategy.LongestFirst },
            };
            string shown = $"{options} {JsonSerializer.Serialize(text)} + {JsonSerializer.Serialize(pair)}";
            if (row.TryGetProperty("error", out _))
            {
                try
                {
                    tokenizer.Encode(text, pair, options);
                    wrong.Add($"{shown}: not refused");
                }
                catch (ArgumentException)
                {
                    // refused, as the reference does
                }
                continue;
            }
            TokenEncoding encoding = tokenizer.Encode(text, pair, options);
            string ids = GoldenTokenizers.Join(row.Ints("ids"));
            Compare(wrong, shown, "ids", ids, GoldenTokenizers.Join(encoding.Ids));
            Compare(wrong, shown, "ids without offsets", ids, GoldenTokenizers.Join(pair is null ? tokenizer.EncodeToIds(text, options) : tokenizer.EncodeToIds(text, pair, options)));
            Compare(wrong, shown, "type ids", GoldenTokenizers.Join(row.Ints("type_ids")), GoldenTokenizers.Join(encoding.TypeIds));
            Compare(wrong, shown, "offsets", GoldenTokenizers.Offsets(row), GoldenTokenizers.Offsets(encoding, text, pair));
            Compare(wrong, shown, "overflow", string.Join(" | ", row.GetProperty("overflowing").EnumerateArray().Select(o => GoldenTokenizers.Join(o.Ints()))),
                string.Join(" | ", encoding.Overflow.Select(o => GoldenTokenizers.Join(o.Ids))));
        }
        GoldenTokenizers.AssertNone(wrong, cases);
    }

    [Test]
    public void EncodePadded_EqualsReference()
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(name);
        List<string> wrong = [];
        int cases = 0;
        foreach (JsonElement row in GoldenTokenizers.Lines(name, "padding"))
        {
            cases++;
            string[] texts = [.. row.GetProperty("texts").EnumerateArray().Select(t => t.GetString()!)];
            var padding = new PaddingOptions
            {
                Side = row.Text("direction") == "left" ? TokenSide.Left : TokenSide.Right,
                Length = row.GetProperty("length") is { ValueKind: JsonValueKind.Number } length ? length.GetInt32() : null,
                MultipleOf = row.GetProperty("pad_to_multiple_of") is { ValueKind: JsonValueKind.Number } multiple ? multiple.GetInt32() : 0,
                PadId = row.GetProperty("pad_id").GetInt32(),
            };
            int pad = padding.PadId.Value;
            PaddedBatch batch = tokenizer.EncodePadded(texts, padding, Special);
            for (int i = 0; i < texts.Length; i++)
            {
                string shown = $"{padding} {JsonSerializer.Serialize(texts[i])}";
                Range range = (i * batch.Length)..((i + 1) * batch.Length);
                Compare(wrong, shown, "ids", Widened(row.GetProperty("ids")[i], batch.Length, pad), GoldenTokenizers.Join(batch.Row(i).ToArray()));
                Compare(wrong, shown, "type ids", Widened(row.GetProperty("type_ids")[i], batch.Length, 0), GoldenTokenizers.Join(batch.TypeIds[range].ToArray()));
                Compare(wrong, shown, "mask", Widened(row.GetProperty("attention_mask")[i], batch.Length, 0), string.Join(' ', batch.AttentionMask[range].ToArray()));
            }
        }
        GoldenTokenizers.AssertNone(wrong, cases);
    }

    [Test]
    public void EncodeBatch_PacksWhatSingleTextsGive()
    {
        Tokenizer tokenizer = GoldenTokenizers.Load(name);
        string[] texts = [.. GoldenTokenizers.Lines(name, "single").Select(r => r.Text("text"))];
        var batch = new TokenBatch();
        tokenizer.EncodeBatch(texts, batch);
        Assert.That(batch.Count, Is.EqualTo(texts.Length));
        int at = 0, longest = 0;
        int[] buffer = new int[100_000];
        for (int i = 0; i < texts.Length; i++)
        {
            int count = tokenizer.Encode(texts[i], buffer);
            longest = Math.Max(longest, count);
            Assert.That(batch.RowStarts[i], Is.EqualTo(at));
            Assert.That(batch.Row(i).SequenceEqual(buffer.AsSpan(0, count)), $"text {i}");
            at += count;
        }
        Assert.That((batch.TokenCount, batch.RowStarts[^1], batch.MaxLength), Is.EqualTo((at, at, longest)));
    }

    /// <summary>The reference leaves rows ragged when a text is longer than a fixed length; a rectangle pads the others on.</summary>
    private static string Widened(JsonElement row, int length, int pad)
    {
        int[] values = row.Ints();
        return GoldenTokenizers.Join(values.Concat(Enumerable.Repeat(pad, length - values.Length)));
    }

    private static void Compare(List<string> wrong, string shown, string what, string expected, string actual)
    {
        if (expected != actual) wrong.Add($"{shown}: {what}\n   expected {expected}\n   but was  {actual}");
    }
}
