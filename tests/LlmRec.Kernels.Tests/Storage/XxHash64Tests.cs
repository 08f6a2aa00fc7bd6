using System.Text;

namespace LlmRec.Kernels.Tests;

[TestFixture]
public sealed class XxHash64Tests
{
    // From the specification's own test vectors and widely published ones.
    [TestCase("", 0xEF46DB3751D8E999)]
    [TestCase("a", 0xD24EC4F1A98C6E5B)]
    [TestCase("abc", 0x44BC2CF5AD770999UL)]
    [TestCase("Nobody inspects the spammish repetition", 0xFBCEA83C8A378BF1)]
    public void Hash_GivesThePublishedValues(string text, ulong expected) =>
        Assert.That(XxHash64.Hash(Encoding.ASCII.GetBytes(text)), Is.EqualTo(expected));

    [Test]
    public void Hash_SeesEveryBit()
    {
        byte[] data = [.. Enumerable.Range(0, 77).Select(i => (byte)(i * 37))];
        var seen = new HashSet<ulong> { XxHash64.Hash(data) };
        for (int bit = 0; bit < 8 * data.Length; bit++)
        {
            data[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.That(seen.Add(XxHash64.Hash(data)), Is.True, $"bit {bit}");
            data[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }
}
