using LlmRec.Transformers;

namespace LlmRec.Tests.Ranking;

[TestFixture]
public sealed class RankingStorageTests
{
    private static async Task<byte[]> Saved(params Action<SafeTensorsWriter>[] parts)
    {
        var writer = new SafeTensorsWriter();
        foreach (Action<SafeTensorsWriter> part in parts) part(writer);
        var stream = new MemoryStream();
        await writer.WriteAsync(stream);
        return stream.ToArray();
    }

    [Test]
    public async Task Load_RanksAndCountsOn_AsTheSavedOneDoes()
    {
        SmallWorld world = new SmallWorld(50, 12, 900, 1).Counted();
        BehaviourModel model = world.Behaviour!;
        model.Observe(world.User(4, 2), 9, InteractionKind.Click, 1_800_000_000_000);
        var head = new LinearScoringHead();
        head.Learn(world.User(3), world.Only(1, 2, 3), [1, 0, 0]);
        byte[] bytes = await Saved(w => model.Save(w, "behaviour."), w => head.Save(w, "ranker."));

        using var file = SafeTensorsFile.Parse(bytes);
        BehaviourModel loaded = BehaviourModel.Load(file, "behaviour.", world.Catalog);
        var again = new LinearScoringHead();
        again.Load(file, "ranker.");
        float[] expected = new float[50], actual = new float[50];
        for (int step = 0; step < 2; step++)
        {
            world.Behaviour = model;
            head.Rank(world.User(5, 6, 7), world.All(), expected);
            world.Behaviour = loaded;
            again.Rank(world.User(5, 6, 7), world.All(), actual);
            Assert.That(actual, Is.EqualTo(expected));
            model.Observe(world.User(5, 6, 7), 8, InteractionKind.Click, 1_800_000_100_000);
            loaded.Observe(world.User(5, 6, 7), 8, InteractionKind.Click, 1_800_000_100_000);
            head.Learn(world.User(5, 6, 7), world.Only(8, 9), [1, 0]);
            again.Learn(world.User(5, 6, 7), world.Only(8, 9), [1, 0]);
        }
    }

    [Test]
    public async Task Save_GivesTheSameBytes_WithOneAndTwoThreads()
    {
        var world = new SmallWorld(90, 12, 900, 2);
        byte[] one = await Saved(w => BehaviourModel.Build(world.Catalog, world.Log, threads: 1).Save(w, ""));
        byte[] two = await Saved(w => BehaviourModel.Build(world.Catalog, world.Log, threads: 2).Save(w, ""));
        Assert.That(two, Is.EqualTo(one));
    }

    [Test]
    public async Task Load_OfAnotherHead_SaysSo()
    {
        byte[] bytes = await Saved(w => new LinearScoringHead([Features.Text()]).Save(w, ""));
        using var file = SafeTensorsFile.Parse(bytes);
        Assert.That(() => new LinearScoringHead([Features.Cosine()]).Load(file, ""), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("text"));
    }

    [Test]
    public async Task Load_OfImpossibleCounts_SaysSo([Values("popularity", "followers.ids", "companions.weights", "options")] string damaged)
    {
        SmallWorld world = new SmallWorld(20, 5, 200, 3).Counted();
        byte[] bytes = await Saved(w => world.Behaviour!.Save(w, ""));
        using var whole = SafeTensorsFile.Parse(bytes);
        var writer = new SafeTensorsWriter();
        foreach ((string name, TensorInfo info) in whole.Tensors)
        {
            if (name == "options") writer.Add(name, Spoilt(whole.Get<double>(name).ToArray(), name == damaged, double.NaN));
            else if (info.Type == TensorType.I64) writer.Add(name, whole.Get<long>(name).ToArray());
            else if (info.Type == TensorType.I32) writer.Add(name, Spoilt(whole.Get<int>(name).ToArray(), name == damaged, 20));
            else writer.Add(name, Spoilt(whole.Get<float>(name).ToArray(), name == damaged, float.NaN));
        }
        var stream = new MemoryStream();
        await writer.WriteAsync(stream);
        using var file = SafeTensorsFile.Parse(stream.ToArray());
        Assert.That(() => BehaviourModel.Load(file, "", world.Catalog), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(damaged));
    }

    private static T[] Spoilt<T>(T[] values, bool spoil, T with)
    {
        if (spoil) values[values.Length / 2] = with;
        return values;
    }
}
