using System.Numerics.Tensors;

namespace LlmRec.Tests;

internal sealed class UserEncoderTests
{
    private const int D = 5;

    /// <summary>Items 0 to 4 are the axes, 5 has no vector, 6 is the opposite of 0.</summary>
    private sealed class Axes : IItemSpace
    {
        private readonly float[][] _rows =
        [
            [1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1], [0, 0, 0, 0, 0], [-1, 0, 0, 0, 0],
        ];

        public Catalog Catalog { get; } = new(Enumerable.Range(0, 7).Select(i => new Item { Id = $"{i}" }));

        public int Dimensions => D;

        public ReadOnlySpan<float> VectorOf(int handle) => _rows[handle];
    }

    private static readonly DateTimeOffset Now = new(2026, 1, 31, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A user whose history is given oldest first, with days before now (negative: no time).</summary>
    private static UserProfile User(float[]? text = null, params (int Item, double DaysAgo)[] history)
    {
        var user = new UserProfile();
        user.Reset(new UserContext(), new Axes(), Now);
        foreach ((int item, double days) in history)
            user.Push(item, InteractionKind.View, float.NaN, days < 0 ? InteractionLog.NoTime : Now.AddDays(-days).ToUnixTimeMilliseconds());
        text?.CopyTo(user.SetText(D));
        return user;
    }

    private static UserProfile Of(params int[] items) => User(null, [.. items.Select(i => (i, -1.0))]);

    private static (float[] Vectors, float[] Weights) Encode(IUserEncoder encoder, params UserProfile[] users)
    {
        // What was in the destination before must not show.
        float[] vectors = [.. Enumerable.Repeat(7f, users.Length * encoder.VectorsPerUser * D)], weights = [.. Enumerable.Repeat(7f, users.Length * encoder.VectorsPerUser)];
        encoder.Encode(users, D, vectors, weights);
        return (vectors, weights);
    }

    private static float[] Unit(params float[] v)
    {
        float norm = TensorPrimitives.Norm<float>(v);
        return [.. v.Select(x => x / norm)];
    }

    [Test]
    public void Mean_WeighsByRecencyRank()
    {
        (float[] vector, float[] weight) = Encode(new MeanUserEncoder(new() { Rank = 0.5 }), Of(2, 1, 0));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(vector, Is.EqualTo(Unit(1, 0.5f, 0.25f, 0, 0)).Within(1e-6f));
            Assert.That(weight, Is.EqualTo(new[] { 1f }));
        }
    }

    [Test]
    public void Mean_HalvesByAge_CountedFromTheNewestEvent_AndTakesUntimedEventsAsOldAsTheirNewerNeighbour()
    {
        MeanUserEncoder encoder = new(new() { Rank = 1, HalfLife = TimeSpan.FromDays(10) });
        (float[] vector, _) = Encode(encoder, User(null, (3, 1025), (2, -1), (1, 1010), (0, 1000)));
        (float[] future, _) = Encode(encoder, User(null, (1, 0), (0, -20)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(vector, Is.EqualTo(Unit(1, 0.5f, 0.5f, 0.1767767f, 0)).Within(1e-6f));
            Assert.That(future, Is.EqualTo(Unit(1, 1, 0, 0, 0)).Within(1e-6f), "without a time the newest event leaves the age of the next one at zero");
        }
    }

    [Test]
    public void Mean_LooksAtTheNewestEventsOnly_AndSkipsItemsWithoutVector()
    {
        (float[] vector, float[] weight) = Encode(new MeanUserEncoder(new() { MaxEvents = 2 }), Of(3, 4, 5));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(vector, Is.EqualTo(new float[] { 0, 0, 0, 0, 1 }).Within(1e-6f));
            Assert.That(weight[0], Is.EqualTo(1));
        }
    }

    [Test]
    public void EveryEncoder_GivesZeroVectorsAndWeights_ToAUserOfWhomNothingIsKnown()
    {
        IUserEncoder[] encoders =
        [
            new MeanUserEncoder(), new LateInteractionUserEncoder(4, 2), new TextUserEncoder(),
            new BlendUserEncoder((new MeanUserEncoder(), 1), (new LateInteractionUserEncoder(3, 1), 1), (new TextUserEncoder(), 1)),
        ];
        foreach (IUserEncoder encoder in encoders)
        {
            (float[] vectors, float[] weights) = Encode(encoder, Of(), Of(5, 5));
            Assert.That(vectors.Concat(weights), Is.All.Zero, encoder.GetType().Name);
        }
    }

    [Test]
    public void Mean_OfOppositeItems_IsZeroNotNaN()
    {
        (float[] vector, float[] weight) = Encode(new MeanUserEncoder(new() { Rank = 1 }), Of(0, 6));
        Assert.That(vector.Concat(weight), Is.All.Zero);
    }

    [Test]
    public void LateInteraction_KeepsTheNewestDifferentItems_WithTheirWeights()
    {
        (float[] vectors, float[] weights) = Encode(new LateInteractionUserEncoder(3, 2, new() { Rank = 0.5 }), Of(4, 2, 1, 5, 1), Of(3));
        using (Assert.EnterMultipleScope())
        {
            // Newest first: 1 (weight 1), 5 (no vector), 1 again (left out), 2 (0.5³), 4 (0.5⁴); then the user with one item.
            Assert.That(vectors, Is.EqualTo(new float[] { 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }));
            Assert.That(weights, Is.EqualTo(new[] { 1, 0.125f, 0.0625f, 1, 0, 0 }).Within(1e-6f));
        }
    }

    [Test]
    public void Text_GivesTheVectorOfTheWords()
    {
        (float[] vectors, float[] weights) = Encode(new TextUserEncoder(), User([0, 0.6f, 0.8f, 0, 0]), Of(1));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(vectors, Is.EqualTo(new[] { 0, 0.6f, 0.8f, 0, 0, 0, 0, 0, 0, 0 }).Within(1e-6f));
            Assert.That(weights, Is.EqualTo(new[] { 1f, 0f }));
        }
    }

    [Test]
    public void Blend_AddsSingleVectorsUp_AndFallsBackToWhatIsThere()
    {
        BlendUserEncoder blend = new((new MeanUserEncoder(), 1), (new TextUserEncoder(), 3));
        float[] words = [0, 0, 1, 0, 0];
        (float[] vectors, float[] weights) = Encode(blend, User(words, (0, -1)), User(words), Of(0), Of());
        using (Assert.EnterMultipleScope())
        {
            Assert.That((blend.VectorsPerUser, blend.TopVectors), Is.EqualTo((1, 1)));
            Assert.That(vectors[..5], Is.EqualTo(Unit(1, 0, 3, 0, 0)).Within(1e-6f));
            Assert.That(vectors[5..10], Is.EqualTo(words).Within(1e-6f));
            Assert.That(vectors[10..15], Is.EqualTo(new float[] { 1, 0, 0, 0, 0 }).Within(1e-6f));
            Assert.That(vectors[15..], Is.All.Zero);
            Assert.That(weights, Is.EqualTo(new float[] { 1, 1, 1, 0 }));
        }
    }

    [Test]
    public void Blend_ScoresAsTheWeightedSumOfItsParts_WhenSingleAndSeveralVectorsMeet()
    {
        LateInteractionUserEncoder late = new(2, 2, new() { Rank = 1 });
        BlendUserEncoder blend = new((late, 4), (new TextUserEncoder(), 2));
        UserProfile user = User(Unit(1, 1, 0, 0, 0), (1, -1), (0, -1));
        (float[] vectors, float[] weights) = Encode(blend, user);
        float[] candidate = Unit(3, 2, 1, 0, 0);
        double score = 0, expected = 2 * TensorPrimitives.Dot<float>(candidate, Unit(1, 1, 0, 0, 0)) + 4 * (candidate[0] + candidate[1]) / 2;
        for (int k = 0; k < 3; k++) score += weights[k] * TensorPrimitives.Dot<float>(candidate, vectors.AsSpan(k * D, D));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((blend.VectorsPerUser, blend.TopVectors), Is.EqualTo((3, 3)));
            Assert.That(score, Is.EqualTo(expected).Within(1e-5));
        }
    }

    [Test]
    public void EveryEncoder_GivesABatchWhatItGivesEachUser_AndAllocatesNothing()
    {
        IUserEncoder[] encoders =
        [
            new MeanUserEncoder(new() { HalfLife = TimeSpan.FromDays(3) }), new LateInteractionUserEncoder(4, 2), new TextUserEncoder(),
            new BlendUserEncoder((new MeanUserEncoder(), 1), (new LateInteractionUserEncoder(3, 1), 1), (new TextUserEncoder(), 1)),
        ];
        UserProfile[] users = [User([0, 0, 0, 0, 1], (0, 9), (1, 5), (2, 4)), Of(3, 3, 4), Of(), User(Unit(1, 2, 3, 4, 5))];
        foreach (IUserEncoder encoder in encoders)
        {
            (float[] vectors, float[] weights) = Encode(encoder, users);
            (float[] Vectors, float[] Weights)[] alone = [.. users.Select(u => Encode(encoder, u))];
            for (int i = 0; i < 20; i++) encoder.Encode(users, D, vectors, weights);
            long allocated = Allocations.Of(() => encoder.Encode(users, D, vectors, weights));
            using (Assert.EnterMultipleScope())
            {
                Assert.That(vectors, Is.EqualTo(alone.SelectMany(a => a.Vectors)), encoder.GetType().Name);
                Assert.That(weights, Is.EqualTo(alone.SelectMany(a => a.Weights)), encoder.GetType().Name);
                Assert.That(allocated, Is.Zero, encoder.GetType().Name);
            }
        }
    }

    [Test]
    public void BadArguments_AreRefused_AndSayWhatIsNeeded()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new MeanUserEncoder().Encode([Of(1)], D, new float[4], new float[1]), Throws.ArgumentException.With.Message.Contains("need 5"));
            Assert.That(() => new MeanUserEncoder().Encode([Of(1)], D, new float[5], []), Throws.ArgumentException.With.Message.Contains("weights"));
            Assert.That(() => new MeanUserEncoder(new() { Rank = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new MeanUserEncoder(new() { HalfLife = TimeSpan.Zero }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new LateInteractionUserEncoder(2, 3), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new BlendUserEncoder(), Throws.ArgumentException);
            Assert.That(() => new BlendUserEncoder((new TextUserEncoder(), float.NaN)), Throws.ArgumentException);
        }
    }
}
