using System.Text;

namespace LlmRec.Tests.Data.Reading;

[TestFixture]
public sealed class SequenceFileTests
{
    [Test]
    public async Task Read_KeepsTheOrderOfTheFile()
    {
        InteractionLog log = await Read("1 5 3 5\n\n2\t9  4 \r\n1 8");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(log.Select(e => e.User + ":" + e.Item), Is.EqualTo(new[] { "1:5", "1:3", "1:5", "2:9", "2:4", "1:8" }));
            Assert.That(log.HistoryOf("1").Select(e => e.Item), Is.EqualTo(new[] { "5", "3", "5", "8" }));
            Assert.That(log.All(e => e.Time is null && e.Value is null && e.Kind == InteractionKind.View));
        }
    }

    [Test]
    public async Task Read_RefusesAUserWithoutItems() =>
        Assert.That(await Given.Failure(Read("1 2\nuser,item\n")), Does.Contain("line 2: the user 'user,item' has no items"));

    [Test]
    public async Task Read_RefusesAnEmptyFile() => Assert.That(await Given.Failure(Read(" \n")), Does.Contain("is empty"));

    [Test]
    public async Task Read_RefusesBytesThatAreNotUtf8() =>
        Assert.That(await Given.Failure(Read("1 2\n", 0xE9, (byte)' ', (byte)'3')), Does.Contain("line 2, column 1").And.Contain("not UTF-8"));

    [Test]
    public async Task Read_TakesALineOfAMegabyte()
    {
        InteractionLog log = await Read("u " + string.Join(' ', Enumerable.Range(0, 200_000)) + "\nv 1\n");
        Assert.That((log.Count, log[199_999].Item, log[200_000].User), Is.EqualTo((200_001, "199999", "v")));
    }

    private static async Task<InteractionLog> Read(string text, params byte[] more)
    {
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, [.. Encoding.UTF8.GetBytes(text), .. more]);
            return await SequenceFile.ReadAsync(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
