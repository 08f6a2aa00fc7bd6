using System.Globalization;
using System.Text;

namespace LlmRec.Tests;

internal sealed class Utf8DecimalTests
{
    [Test]
    public void TryParse_EqualsTheRuntime_OnNumbersOfEveryLengthAndExponent()
    {
        var random = new Random(1);
        for (int i = 0; i < 300_000; i++)
        {
            float x = BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
            if (!float.IsFinite(x)) continue;
            string text = (i % 6) switch
            {
                0 => x.ToString("R", CultureInfo.InvariantCulture),
                1 => ((random.NextDouble() - 0.5) * 8).ToString("R", CultureInfo.InvariantCulture),
                2 => ((random.NextDouble() - 0.5) * 8).ToString("F6", CultureInfo.InvariantCulture),
                3 => x.ToString("E" + random.Next(12), CultureInfo.InvariantCulture),
                // Halfway between two floats, or a hair beside it.
                4 => (0.5 + random.Next(1 << 24) / (double)(1 << 24) / 2 + (i % 5 - 2) * Math.Pow(2, -60)).ToString("F30", CultureInfo.InvariantCulture),
                _ => ((1 << 24) + random.Next(1 << 24)).ToString(CultureInfo.InvariantCulture),
            };
            byte[] bytes = Encoding.UTF8.GetBytes(text + " 7");
            bool parsed = Utf8Decimal.TryParse(bytes, out float value, out int length);
            float expected = float.Parse(text, CultureInfo.InvariantCulture);
            if (parsed != float.IsFinite(expected) || (parsed && (BitConverter.SingleToInt32Bits(value) != BitConverter.SingleToInt32Bits(expected) || length != text.Length)))
                Assert.Fail($"'{text}' was read as {value}, {length} bytes, and is {expected}");
        }
    }

    [TestCase("")]
    [TestCase("-")]
    [TestCase(".")]
    [TestCase("1e")]
    [TestCase("1e+")]
    [TestCase("1.2.3")]
    [TestCase("abc")]
    [TestCase("1,5")]
    [TestCase("nan")]
    [TestCase("inf")]
    [TestCase("1e39")]
    [TestCase("0x10")]
    [TestCase("1\t2")]
    public void TryParse_RefusesWhatIsNoFiniteNumber(string text) =>
        Assert.That(Utf8Decimal.TryParse(Encoding.UTF8.GetBytes(text), out _, out _), Is.False);

    [TestCase("1.", 1f)]
    [TestCase(".5", 0.5f)]
    [TestCase("+2", 2f)]
    [TestCase("-0", -0f)]
    [TestCase("1E-2", 0.01f)]
    [TestCase("00012.50", 12.5f)]
    [TestCase("0.00000000000000000000000000000000000000000000001", 0f)]
    [TestCase("123456789012345678901234567890", 1.2345679e29f)]
    public void TryParse_ReadsOddSpellings(string text, float expected)
    {
        Assert.That(Utf8Decimal.TryParse(Encoding.UTF8.GetBytes(text), out float value, out _));
        Assert.That(value, Is.EqualTo(expected));
    }
}
