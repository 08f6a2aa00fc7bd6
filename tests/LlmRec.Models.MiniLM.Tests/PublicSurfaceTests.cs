using System.Reflection;

namespace LlmRec.Tests;

[TestFixture]
public sealed class PublicSurfaceTests
{
    [Test]
    public void PublicSurface_IsTheCommittedOne() => PublicSurface.Verify(Assembly.Load("LlmRec.Models.MiniLM"));
}
