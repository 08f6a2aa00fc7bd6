namespace LlmRec.Kernels.Tests;

/// <summary>
/// The tests of the category <see cref="Category"/> once more, in processes where the wider vectors are switched off: what the tests in
/// this process reach by asking for a width, they must also reach when the processor has no more.
/// </summary>
[TestFixture]
public sealed class NarrowWidthsTests
{
    public const string Category = "Widths";

    private const string Expected = "LLMREC_EXPECTED_WIDTH";

    [TestCase("DOTNET_EnableAVX512", LaneWidth.V256)]
    [TestCase("DOTNET_EnableAVX2", LaneWidth.V128)]
    [TestCase("DOTNET_EnableHWIntrinsic", LaneWidth.Scalar)]
    public void Kernels_HoldWithWiderVectorsSwitchedOff(string knob, object width)
    {
        if (System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture != System.Runtime.InteropServices.Architecture.X64)
            Assert.Ignore("the switches are those of x64");
        LlmRec.Tests.ChildTests.RunCategory(typeof(NarrowWidthsTests).Assembly, Category, (knob, "0"), (Expected, $"{width}"));
    }

    [Test, Category(Category)]
    public void Width_IsNoWiderThanAllowed()
    {
        if (Environment.GetEnvironmentVariable(Expected) is { } expected)
            Assert.That(LaneWidths.Best, Is.LessThanOrEqualTo(Enum.Parse<LaneWidth>(expected)));
        else
            Assert.That(Widths.Available().Last(), Is.EqualTo(LaneWidths.Best));
    }
}
