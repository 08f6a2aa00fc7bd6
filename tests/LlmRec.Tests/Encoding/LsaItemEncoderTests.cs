using System.Numerics.Tensors;
using LlmRec.Transformers;

namespace LlmRec.Tests;

internal sealed class LsaItemEncoderTests
{
    private static readonly string[] Adjectives = ["slow", "bright", "silent", "hidden", "northern", "broken", "golden", "distant"];
    private static readonly string[] Nouns = ["river", "station", "garden", "planet", "kitchen", "violin", "harbour", "forest", "engine"];

    private static Item[] Catalog(int n, int seed = 1)
    {
        var random = new Random(seed);
        string Pick(string[] words) => words[random.Next(words.Length)];
        return [.. Enumerable.Range(0, n).Select(i => new Item
        {
            Id = $"{i}",
            Title = $"The {Pick(Adjectives)} {Pick(Nouns)}",
            Text = $"A {Pick(Adjectives)} {Pick(Nouns)} and a {Pick(Nouns)}",
            Categories = [i % 2 == 0 ? "science fiction" : "crime"],
        })];
    }

    private static float[] Encode(LsaItemEncoder encoder, params Item[] items)
    {
        var vectors = new float[items.Length * encoder.Dimensions];
        Assert.That(encoder.EncodeAsync(items, vectors).AsTask().IsCompletedSuccessfully);
        return vectors;
    }

    private static Item Said(string text) => new() { Id = "user", Text = text };

    [Test]
    public void Encode_BatchEqualsSingle_AndRowsAreUnitLength()
    {
        Item[] items = Catalog(200);
        LsaItemEncoder encoder = LsaItemEncoder.Fit(items, new() { Dimensions = 32 });
        float[] all = Encode(encoder, items);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(encoder.Dimensions, Is.EqualTo(32));
            for (int i = 0; i < items.Length; i++)
            {
                float[] row = all[(i * 32)..((i + 1) * 32)];
                Assert.That(Encode(encoder, items[i]), Is.EqualTo(row));
                Assert.That(TensorPrimitives.Norm<float>(row), Is.EqualTo(1).Within(1e-5));
            }
        }
    }

    [Test]
    public void Fit_GivesTheSameBytes_ForAnyNumberOfThreads()
    {
        Item[] items = Catalog(3000);
        float[] one = Encode(LsaItemEncoder.Fit(items, new() { Dimensions = 24, MaxThreads = 1 }), items);
        float[] two = Encode(LsaItemEncoder.Fit(items, new() { Dimensions = 24, MaxThreads = 2 }), items);
        float[] again = Encode(LsaItemEncoder.Fit(items, new() { Dimensions = 24 }), items);
        Assert.That(one.AsSpan().SequenceEqual(two) && one.AsSpan().SequenceEqual(again));
    }

    [Test]
    public void Encode_PutsWordsOfAUserNearTheItemsTheySpeakOf()
    {
        Item[] items = Catalog(400);
        LsaItemEncoder encoder = LsaItemEncoder.Fit(items, new() { Dimensions = 64 });
        float[] vectors = Encode(encoder, items), user = Encode(encoder, Said("I like slow planets, and science fiction"));
        int[] best = [.. Ranked(vectors, user).Take(5)];
        Assert.That(best.Select(i => items[i]), Is.All.Matches<Item>(i =>
            i!.Categories[0] == "science fiction" && (i.Title + i.Text).Contains("planet", StringComparison.Ordinal)));
    }

    // The items of each language under test lie among hundreds of others, of their own language too.
    [TestCase("科幻小说 太空", "zh-space")]
    [TestCase("我喜欢做川菜的书", "zh-cooking")]
    [TestCase("宇宙の冒険小説が好きです", "ja-space")]
    [TestCase("ｶﾒﾗの写真", "ja-camera")]
    [TestCase("우주 탐험 소설을 좋아해요", "ko-space")]
    [TestCase("매운 김치 요리법", "ko-cooking")]
    [TestCase("นิยายอวกาศ", "th-space")]
    public void Encode_FindsTheRightItems_InChineseJapaneseKoreanAndThai(string query, string expected)
    {
        (string Id, string Title, string Text)[] texts =
        [
            ("zh-space-1", "三体", "中国科幻小说,讲述人类文明与太空外星文明的故事"),
            ("zh-space-2", "流浪地球", "太阳即将毁灭,人类带着地球逃离太阳系的科幻故事"),
            ("zh-cooking-1", "家常川菜", "教你做麻婆豆腐、回锅肉等四川菜"),
            ("zh-cooking-2", "川菜大全", "一百道川菜的做法,麻辣鲜香"),
            ("zh-travel-1", "云南旅行", "大理、丽江和香格里拉的旅行指南"),
            ("zh-history-1", "明朝那些事儿", "明朝三百年的历史,通俗易懂"),
            ("ja-space-1", "銀河の旅人", "宇宙を旅する少年の冒険を描いた小説"),
            ("ja-space-2", "星を継ぐ者", "月面で見つかった遺体の謎に迫る宇宙の物語"),
            ("ja-camera-1", "デジタルカメラ入門", "きれいな写真の撮り方をやさしく解説"),
            ("ja-camera-2", "一眼レフカメラ", "風景写真に強い高画質のカメラ"),
            ("ja-cooking-1", "和食の基本", "だしの取り方から煮物、焼き魚までの料理"),
            ("ja-history-1", "戦国武将列伝", "信長、秀吉、家康の生涯"),
            ("ko-space-1", "우주 전쟁", "우주를 탐험하는 대원들의 소설"),
            ("ko-space-2", "별의 아이들", "먼 우주에서 태어난 아이들의 공상과학 소설"),
            ("ko-cooking-1", "엄마의 김치", "배추김치와 깍두기 담그는 요리법"),
            ("ko-cooking-2", "매운 요리", "떡볶이, 김치찌개 같은 매운 요리"),
            ("ko-travel-1", "제주도 여행", "제주 바다와 오름을 걷는 여행 안내서"),
            ("ko-history-1", "조선 왕조 이야기", "조선 시대 왕들의 역사"),
            ("th-space-1", "นักบินอวกาศ", "นิยายวิทยาศาสตร์เรื่องการเดินทางในอวกาศ"),
            ("th-cooking-1", "อาหารไทย", "สูตรทำแกงเขียวหวานและต้มยำ"),
            ("th-travel-1", "เที่ยวเชียงใหม่", "คู่มือท่องเที่ยวดอยสุเทพและถนนคนเดิน"),
        ];
        Item[] items = [.. texts.Select(t => new Item { Id = t.Id, Title = t.Title, Text = t.Text }), .. Catalog(300)];
        LsaItemEncoder encoder = LsaItemEncoder.Fit(items);
        float[] vectors = Encode(encoder, items), user = Encode(encoder, Said(query));
        int right = items.Count(i => i.Id.StartsWith(expected, StringComparison.Ordinal));
        Assert.That(Ranked(vectors, user).Take(right).Select(i => items[i].Id), Is.All.StartsWith(expected));
    }

    [Test]
    public void Fit_WithFewItemsOrNone_GivesAValidEncoder()
    {
        LsaItemEncoder none = LsaItemEncoder.Fit([]), one = LsaItemEncoder.Fit([Catalog(1)[0]], new() { Terms = new() }), few = LsaItemEncoder.Fit(Catalog(5));
        LsaItemEncoder same = LsaItemEncoder.Fit(Enumerable.Repeat(Catalog(1)[0], 9)), wordless = LsaItemEncoder.Fit([new Item { Id = "a" }, new Item { Id = "b", Title = "?!" }]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(none.Dimensions, Is.EqualTo(1));
            Assert.That(Encode(none, Catalog(2)), Is.All.Zero);
            Assert.That(Encode(one, Catalog(1)), Is.EqualTo(new[] { 1f }).Within(1e-6f));
            Assert.That(few.Dimensions, Is.InRange(1, 5));
            Assert.That(Encode(few, Catalog(5)), Has.Some.Not.Zero);
            Assert.That(same.Dimensions, Is.EqualTo(1));
            Assert.That(Encode(wordless, Catalog(1)), Is.All.Zero);
        }
    }

    [Test]
    public void Encode_WithoutKnownTerm_GivesZero_AndNeverNaN()
    {
        LsaItemEncoder encoder = LsaItemEncoder.Fit(Catalog(50), new() { Dimensions = 16 });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Encode(encoder, Said("zzzzz"), Said(""), Said("  \t "), Said("\uD800\uDC00\uD800")), Is.All.Zero);
            Assert.That(Encode(encoder, Said("river\uD800river \uDFFF planet")), Has.Some.Not.Zero.And.All.Matches<float>(float.IsFinite));
        }
    }

    [Test]
    public void FitAndEncode_TakeAMegabyteTitle_AndCutIt()
    {
        Item[] items = Catalog(20);
        items[3] = items[3] with { Title = string.Concat(Enumerable.Repeat("river planet ", 80_000)) };
        items[4] = items[4] with { Title = new string('x', 1 << 20) };
        LsaItemEncoder encoder = LsaItemEncoder.Fit(items, new() { Dimensions = 8 });
        Assert.That(Encode(encoder, items), Has.All.Matches<float>(float.IsFinite));
    }

    [Test]
    public void MaxFitItems_LearnsFromASample_ThatIsTheSameEveryTime()
    {
        Item[] items = [.. Catalog(500).Select(i => i with { Title = $"{i.Title} number{i.Id}" })];
        LsaOptions options = new() { Dimensions = 8, MaxFitItems = 50, Seed = 3, Terms = new() };
        LsaItemEncoder a = LsaItemEncoder.Fit(items, options), b = LsaItemEncoder.Fit(items, options), all = LsaItemEncoder.Fit(items, options with { MaxFitItems = 500 });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Encode(a, items), Is.EqualTo(Encode(b, items)));
            Assert.That(a.TermCount, Is.LessThan(all.TermCount / 2));
        }
    }

    [TestCase(0)]
    [TestCase(12)]
    public async Task Save_ThenLoad_GivesTheSameVectors_AndTheSameBytesAgain(int hashBits)
    {
        Item[] items = [.. Catalog(60), new Item { Id = "x", Title = "三体 科幻 𠮷", Attributes = new Dictionary<string, string> { ["brand"] = "Ümlaut" } }];
        LsaOptions options = new()
        {
            Dimensions = 12,
            Terms = new() { HashBits = hashBits },
            Text = new() { TitleWeight = 3, Attributes = ["brand", "author"], MaxLength = 500 },
        };
        LsaItemEncoder encoder = LsaItemEncoder.Fit(items, options);
        byte[] saved = await Bytes(encoder);
        using SafeTensorsFile file = SafeTensorsFile.Parse(saved);
        LsaItemEncoder loaded = LsaItemEncoder.Load(file);
        byte[] savedAgain = await Bytes(loaded);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Encode(loaded, items), Is.EqualTo(Encode(encoder, items)));
            Assert.That(savedAgain.AsSpan().SequenceEqual(saved));
            Assert.That(loaded.TermCount, Is.EqualTo(encoder.TermCount));
        }
    }

    [Test]
    public async Task Load_OfAnEncoderFittedOnNothing_Works()
    {
        using SafeTensorsFile file = SafeTensorsFile.Parse(await Bytes(LsaItemEncoder.Fit([])));
        Assert.That(Encode(LsaItemEncoder.Load(file), Catalog(1)), Is.All.Zero);
    }

    [TestCase("version", 9)]
    [TestCase("hash_bits", 99)]
    [TestCase("text_max_length", -1)]
    public async Task Load_OfContradictingNumbers_SaysWhichFile(string tensor, int value)
    {
        byte[] saved = await Bytes(LsaItemEncoder.Fit(Catalog(20), new() { Dimensions = 4 }));
        using SafeTensorsFile file = SafeTensorsFile.Parse(saved, "encoder.safetensors");
        var writer = new SafeTensorsWriter();
        foreach (TensorInfo info in file.Tensors.Values)
            if (info.Name != "lsa." + tensor)
                Copy(file, info, writer);
        writer.Add("lsa." + tensor, new[] { value });
        using var stream = new MemoryStream();
        await writer.WriteAsync(stream);
        using SafeTensorsFile changed = SafeTensorsFile.Parse(stream.ToArray(), "encoder.safetensors");
        Assert.That(() => LsaItemEncoder.Load(changed), Throws.TypeOf<InvalidDataException>().With.Message.Contains("encoder.safetensors"));
    }

    private static void Copy(SafeTensorsFile file, TensorInfo info, SafeTensorsWriter writer)
    {
        long[] shape = [.. info.Shape];
        switch (info.Type)
        {
            case TensorType.F32: writer.Add(info.Name, file.Get<float>(info.Name).ToArray(), shape); break;
            case TensorType.F64: writer.Add(info.Name, file.Get<double>(info.Name).ToArray(), shape); break;
            case TensorType.I32: writer.Add(info.Name, file.Get<int>(info.Name).ToArray(), shape); break;
            default: writer.Add(info.Name, file.Get<byte>(info.Name).ToArray(), shape); break;
        }
    }

    private static async Task<byte[]> Bytes(LsaItemEncoder encoder)
    {
        var writer = new SafeTensorsWriter();
        encoder.Save(writer);
        using var stream = new MemoryStream();
        await writer.WriteAsync(stream);
        return stream.ToArray();
    }

    [Test]
    public void Encode_AfterWarmUp_AllocatesNothingForASingleItem()
    {
        LsaItemEncoder encoder = LsaItemEncoder.Fit(Catalog(50), new() { Dimensions = 16 });
        Item[] one = [Said("slow planet")];
        Memory<float> vector = new float[16];
        for (int i = 0; i < 50; i++) encoder.EncodeAsync(one, vector).AsTask().GetAwaiter().GetResult();
        Assert.That(Allocations.Of(() => encoder.EncodeAsync(one, vector).AsTask().GetAwaiter().GetResult(), 100), Is.Zero);
    }

    [Test]
    public void FitAndEncode_RefuseBadArguments_AndStopWhenAsked()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        LsaItemEncoder encoder = LsaItemEncoder.Fit(Catalog(50), new() { Dimensions = 16 });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => LsaItemEncoder.Fit([], new() { Dimensions = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => LsaItemEncoder.Fit([], new() { Flattening = double.NaN }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => LsaItemEncoder.Fit([], new() { Text = new() { TitleWeight = -1 } }), Throws.ArgumentException);
            Assert.That(() => LsaItemEncoder.Fit(Catalog(50), cancellationToken: cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
            Assert.That(() => encoder.EncodeAsync(Catalog(2), new float[31]), Throws.ArgumentException.With.Message.Contains("need 32"));
            Assert.That(() => encoder.EncodeAsync(Catalog(2), new float[32], cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
        }
    }

    private static IEnumerable<int> Ranked(float[] vectors, float[] query)
    {
        int d = query.Length;
        return Enumerable.Range(0, vectors.Length / d).OrderByDescending(i => TensorPrimitives.Dot(vectors.AsSpan(i * d, d), query));
    }
}
