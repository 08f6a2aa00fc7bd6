using System.Numerics.Tensors;

namespace LlmRec.Tests;

internal sealed class WordVectorItemEncoderTests
{
    private static readonly string[] Vocabulary = ["the", "planet", "star", "soup", "bread", "New_York", "Paris", "don't", "C++", "科幻", "科", "小说", "🎬", "state"];

    /// <summary>Each word has a direction of its own, and all share one more.</summary>
    private static readonly WordVectors Words = WordVectors.Create(Vocabulary,
        [.. Enumerable.Range(0, Vocabulary.Length).SelectMany(w => Enumerable.Range(0, Vocabulary.Length + 1).Select(i => i == w ? 1f : i == Vocabulary.Length ? 2f : 0f))], Vocabulary.Length + 1);

    private static Item Said(string text) => new() { Id = "user", Text = text };

    private static float[] Encode(WordVectorItemEncoder encoder, params Item[] items)
    {
        var vectors = new float[items.Length * encoder.Dimensions];
        Assert.That(encoder.EncodeAsync(items, vectors).AsTask().IsCompletedSuccessfully);
        return vectors;
    }

    [Test]
    public void Sum_InLanes_EqualsTheSumOneByOne()
    {
        var random = new Random(6);
        for (int d = 1; d <= 70; d++)
        {
            WordSum fast = new(d), slow = new(d);
            for (int n = 0; n < 5; n++)
            {
                float[] vector = [.. Enumerable.Range(0, d).Select(_ => (float)(random.NextDouble() - 0.5))];
                double weight = random.NextDouble();
                fast.Add(vector, 1, weight);
                slow.AddScalar(vector, weight, 0);
            }
            Assert.That(fast.Values, Is.EqualTo(slow.Values).Within(1e-15), $"{d} dimensions");
        }
    }

    [TestCase("The planet, THE STAR!", "the planet the star")]
    [TestCase("(planet)", "planet")]
    [TestCase("I don't know C++.", "don't")]
    [TestCase("C++ and C++", "C++ C++")]
    [TestCase("in New York now", "New_York")]
    [TestCase("a new york", "")]
    [TestCase("New, York", "")]
    [TestCase("paris PARIS", "Paris Paris")]
    [TestCase("科幻小说科x", "科幻 小说 科")]
    [TestCase("star🎬planet 🎬", "star 🎬 planet 🎬")]
    [TestCase("state-of-the-soup", "state the soup")]
    [TestCase("\uD800planet\uDC00", "planet")]
    [TestCase("", "")]
    [TestCase("... --- !!", "")]
    public void Reader_FindsWordsAsAFileMaySpellThem(string text, string expected)
    {
        var reader = new WordReader(Words);
        reader.Read(text);
        Assert.That(string.Join(' ', reader.Found.Select(Words.WordAt)), Is.EqualTo(expected));
    }

    private static Item[] Catalog(int n)
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, n).Select(i => new Item { Id = $"{i}", Title = "the " + Vocabulary[1 + random.Next(4)], Text = $"the {Vocabulary[1 + random.Next(4)]} the {Vocabulary[1 + random.Next(4)]}" })];
    }

    [Test]
    public void Encode_BatchEqualsSingle_RowsAreUnitLength_AndThreadsDoNotMatter()
    {
        Item[] items = Catalog(150);
        WordVectorItemEncoder encoder = WordVectorItemEncoder.Fit(Words, items), alone = WordVectorItemEncoder.Fit(Words, items, new() { MaxThreads = 1 });
        float[] all = Encode(encoder, items);
        int d = encoder.Dimensions;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Encode(alone, items), Is.EqualTo(all));
            for (int i = 0; i < items.Length; i++)
            {
                Assert.That(Encode(encoder, items[i]), Is.EqualTo(all[(i * d)..((i + 1) * d)]));
                Assert.That(TensorPrimitives.Norm<float>(all.AsSpan(i * d, d)), Is.EqualTo(1).Within(1e-6));
            }
        }
    }

    [Test]
    public void Encode_WithoutTheSharedDirection_SetsApartWhatTheMeanKeepsTogether()
    {
        Item[] items = [.. Catalog(60), new() { Id = "a", Title = "the planet" }, new() { Id = "b", Title = "the soup" }];
        float Cosine(WordVectorItemEncoder e) => TensorPrimitives.Dot<float>(Encode(e, items[^2]), Encode(e, items[^1]));
        WordVectorItemEncoder mean = new(WordPooling.Mean(Words)), sif = WordVectorItemEncoder.Fit(Words, items);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Cosine(mean), Is.GreaterThan(0.85f));
            Assert.That(Cosine(sif), Is.LessThan(0.2f));
        }
    }

    [Test]
    public void Encode_WithoutKnownWord_GivesZero_AndSoDoesATextOfOnlyTheSharedDirection()
    {
        WordVectorItemEncoder encoder = WordVectorItemEncoder.Fit(Words, Catalog(20));
        WordVectorItemEncoder one = WordVectorItemEncoder.Fit(Words, [Said("planet")], new() { InverseFrequency = false });
        WordVectorItemEncoder none = WordVectorItemEncoder.Fit(Words, []);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Encode(encoder, Said("zzz"), Said(""), new Item { Id = "x" }), Is.All.Zero);
            Assert.That(Encode(one, Said("planet planet")), Is.All.Zero);
            Assert.That(Encode(none, Said("planet")), Has.Some.Not.Zero);
        }
    }

    [Test]
    public async Task Recommender_AnswersAUsersWords_AlsoWhenOpenedAgain()
    {
        string[] words = ["rocket", "planet", "orbit", "galaxy", "astronaut", "star", "comet", "moon", "recipe", "oven", "bread", "soup", "spice", "knife", "pan", "dinner", "rose", "soil", "seed", "tree", "hedge", "lawn", "spade", "tulip"];
        var random = new Random(4);
        float[] vectors = [.. words.SelectMany((_, w) => Enumerable.Range(0, 8).Select(i => (i == w / 8 ? 1f : 0) + 0.2f * (float)random.NextDouble()))];
        WordVectorItemEncoder encoder = WordVectorItemEncoder.Fit(WordVectors.Create(words, vectors, 8), SmallShop.Catalog());
        using Recommender shop = await new RecommenderBuilder(SmallShop.Catalog()).UseItemEncoder(encoder).BuildAsync();
        UserContext user = UserContext.OfText("a comet, an ASTRONAUT and the galaxy");
        Assert.That(shop.Recommend(user).Select(r => r.Item.Categories[0]), Is.All.EqualTo("space"));

        using var folder = new TemporaryFolder();
        await shop.SaveAsync(folder.Path);
        using Recommender opened = await Recommender.LoadAsync(folder.Path);
        Assert.That(opened.Recommend(user).Select(r => (r.Item.Id, r.Score)), Is.EqualTo(shop.Recommend(user).Select(r => (r.Item.Id, r.Score))));
    }

    [Test]
    public void Encode_AfterWarmUp_AllocatesNothingForASingleItem()
    {
        WordVectorItemEncoder encoder = WordVectorItemEncoder.Fit(Words, Catalog(20));
        Item[] one = [Said("The planet of New York, 科幻小说")];
        Memory<float> vector = new float[encoder.Dimensions];
        for (int i = 0; i < 50; i++) Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) Run();
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThanOrEqualTo(100 * 64));   // the bag's node

        void Run() => encoder.EncodeAsync(one, vector).AsTask().GetAwaiter().GetResult();
    }

    [Test]
    public void Encode_RefusesAShortDestination_AndStopsWhenAsked()
    {
        WordVectorItemEncoder encoder = new(WordPooling.Mean(Words));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => encoder.EncodeAsync(Catalog(2), new float[29]), Throws.ArgumentException.With.Message.Contains("need 30"));
            Assert.That(() => encoder.EncodeAsync(Catalog(2), new float[30], cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
            Assert.That(() => encoder.EncodeAsync(Catalog(80), new float[80 * 15], cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
            Assert.That(() => WordPooling.Sif(Words, new Dictionary<string, long> { ["x"] = -1 }), Throws.ArgumentException);
            Assert.That(() => WordVectorItemEncoder.Fit(Words, [], new() { Smoothing = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }
}
