namespace LlmRec.Tests.Ranking;

[TestFixture]
public sealed class NeighbourRowsTests
{
    [Test]
    public void Add_SumsWeights_AsADictionaryDoes()
    {
        var rows = new NeighbourRows(5, 64);
        var expected = new Dictionary<(int, int), float>();
        var random = new Random(3);
        for (int i = 0; i < 2000; i++)
        {
            (int row, int id, float weight) = (random.Next(5), random.Next(60), 1f / (1 + random.Next(10)));
            rows.Add(row, id, weight);
            expected[(row, id)] = expected.GetValueOrDefault((row, id)) + weight;
        }
        using (Assert.EnterMultipleScope())
        {
            foreach (((int row, int id), float weight) in expected) Assert.That(rows.WeightOf(row, id), Is.EqualTo(weight));
            Assert.That(Enumerable.Range(0, 5).Sum(r => rows.Ids(r).Length), Is.EqualTo(expected.Count));
        }
    }

    [Test]
    public void Add_WhenFull_KeepsTheHeaviest()
    {
        var rows = new NeighbourRows(1, 4);
        for (int id = 0; id < 8; id++) rows.Add(0, id, id < 4 ? 10 + id : 1);
        rows.Add(0, 99, 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rows.Ids(0).ToArray(), Is.EquivalentTo(new[] { 0, 1, 2, 3, 99 }));
            Assert.That(rows.WeightOf(0, 2), Is.EqualTo(12f));
        }
    }

    [Test]
    public void Set_CutsToTheBound_TiesByLowerId()
    {
        var rows = new NeighbourRows(1, 3);
        rows.Set(0, [7, 5, 3, 1], [1f, 2f, 1f, 1f]);
        Assert.That(rows.Ids(0).ToArray(), Is.EqualTo(new[] { 1, 3, 5 }));
    }

    [Test]
    public void Remove_TakesAnItemOutOfEveryRow()
    {
        var rows = new NeighbourRows(3, 8);
        rows.Add(0, 1, 1);
        rows.Add(0, 2, 2);
        rows.Add(1, 0, 3);
        rows.Add(2, 1, 4);
        rows.Remove(1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rows.Ids(0).ToArray(), Is.EqualTo(new[] { 2 }));
            Assert.That(rows.WeightOf(0, 2), Is.EqualTo(2f));
            Assert.That(rows.Ids(1).Length, Is.Zero);
            Assert.That(rows.Ids(2).Length, Is.Zero);
        }
    }
}
