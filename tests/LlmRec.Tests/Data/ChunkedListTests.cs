namespace LlmRec.Tests.Data;

[TestFixture]
public sealed class ChunkedListTests
{
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(256)]
    [TestCase(257)]
    [TestCase(65_536)]
    [TestCase(65_537)]
    [TestCase(400_000)]
    public void List_GivesBackWhatWasAdded(int count)
    {
        var list = new ChunkedList<int>();
        for (int i = 0; i < count; i++) list.Add(i * 3);
        if (count > 0) list[count - 1] = -1;
        Assert.That(list.Count, Is.EqualTo(count));
        Assert.That(Enumerable.Range(0, count).All(i => list[i] == (i == count - 1 ? -1 : i * 3)));
    }

    [Test]
    public void AddMany_EqualsAddingOneByOne([Values(0, 1, 300, 70_000)] int before, [Values(0, 1, 65_536, 70_000)] int count)
    {
        var list = new ChunkedList<byte>();
        list.AddMany(1, before);
        list.AddMany(2, count);
        list.Add(3);
        Assert.That(Enumerable.Range(0, list.Count).Select(i => list[i]), Is.EqualTo(Enumerable.Repeat((byte)1, before).Concat(Enumerable.Repeat((byte)2, count)).Append((byte)3)));
    }

    [Test]
    public void List_StaysSmallWhileItIsShort()
    {
        var lists = new List<ChunkedList<long>>();
        Fill(lists, 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Fill(lists, 100);
        Assert.That((GC.GetAllocatedBytesForCurrentThread() - before) / 100, Is.LessThan(4096));
        GC.KeepAlive(lists);
    }

    private static void Fill(List<ChunkedList<long>> lists, int count)
    {
        for (int i = 0; i < count; i++)
        {
            lists.Add(new());
            lists[^1].Add(i);
        }
    }
}
