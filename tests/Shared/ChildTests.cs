using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace LlmRec.Tests;

/// <summary>Runs tests of an assembly again in a process of their own, with other settings of the runtime.</summary>
internal static partial class ChildTests
{
    /// <summary>Runs the tests of a category with environment variables set, and fails with the child's output unless at least one ran and all passed.</summary>
    public static void RunCategory(Assembly assembly, string category, params (string Name, string Value)[] environment)
    {
        string host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        var start = new ProcessStartInfo(host, ["test", assembly.Location, "--filter", $"TestCategory={category}"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        // the parent's own test session must not leak into the child's
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("VSTEST_", StringComparison.Ordinal) || k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);

        using Process child = Process.Start(start)!;
        Task<string> error = child.StandardError.ReadToEndAsync();
        string output = child.StandardOutput.ReadToEnd() + error.Result;
        child.WaitForExit();
        Match passed = Passed().Match(output);
        if (child.ExitCode != 0 || !passed.Success || int.Parse(passed.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) == 0)
            Assert.Fail($"with {string.Join(", ", environment.Select(e => $"{e.Name}={e.Value}"))} the child ended with {child.ExitCode}:\n{output}");
    }

    [GeneratedRegex(@"Passed:\s+(\d+)")]
    private static partial Regex Passed();
}
