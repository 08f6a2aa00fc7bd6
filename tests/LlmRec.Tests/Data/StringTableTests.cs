namespace LlmRec.Tests.Data;

[TestFixture]
public sealed class StringTableTests
{
    [Test]
    public void Table_NumbersStringsInTheOrderOfArrival()
    {
        var table = new StringTable();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(new[] { table.Add("b".AsSpan()), table.Add("a"), table.Add("b"), table.Add("A".AsSpan()) }, Is.EqualTo(new[] { 0, 1, 0, 2 }));
            Assert.That((table.Count, table[2], table.Find("a"), table.Find("c")), Is.EqualTo((3, "A", 1, -1)));
            Assert.That(table.Strings, Is.EqualTo(new[] { "b", "a", "A" }));
        }
    }

    [Test]
    public void Add_AllocatesNothingForAStringItKnows()
    {
        var table = new StringTable();
        char[] text = [.. "known"];
        table.Add(text.AsSpan());
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) table.Add(text.AsSpan());
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1000));
    }
}
