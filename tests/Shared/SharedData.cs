namespace LlmRec.Tests;

/// <summary>Finds the data, models and golden vectors that may lie in <c>shared</c> beside the repository; a test that needs one is skipped with a reason when it is absent.</summary>
internal static class SharedData
{
    /// <summary>The repository's root: the folder that holds the solution.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>The full path of a file or folder below <c>../shared</c>; ignores the running test when it is not there.</summary>
    public static string PathOrSkip(string relative)
    {
        string path = Path.GetFullPath(Path.Combine(RepositoryRoot, "..", "shared", relative));
        if (!File.Exists(path) && !Directory.Exists(path))
            Assert.Ignore($"needs ../shared/{relative} beside the repository, which is not there");
        return path;
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
            if (File.Exists(Path.Combine(d.FullName, "LlmRec.sln")))
                return d.FullName;
        throw new InvalidOperationException($"LlmRec.sln was not found above {AppContext.BaseDirectory}");
    }
}
