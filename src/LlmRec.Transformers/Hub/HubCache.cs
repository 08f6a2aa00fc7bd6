namespace LlmRec.Transformers;

/// <summary>
/// One repository in the hub's own cache: <c>blobs/ETAG</c>, <c>snapshots/COMMIT/path</c> linking there, <c>refs/REVISION</c> holding a commit.
/// Python's tools read and write the same folders; <c>listings/COMMIT</c>, the names of all files of a commit, is ours, and they pass over it.
/// </summary>
internal sealed class HubCache(string cache, string repository, bool symlinks)
{
    private readonly string _root = Path.Combine(cache, "models--" + repository.Replace("/", "--", StringComparison.Ordinal));
    private readonly string _locks = Path.Combine(cache, ".locks", "models--" + repository.Replace("/", "--", StringComparison.Ordinal));

    public string Snapshot(string commit) => Path.Combine(_root, "snapshots", commit);

    public string SnapshotFile(string commit, string file) => Path.Combine([Snapshot(commit), .. file.Split('/')]);

    public string Blob(string etag) => Path.Combine(_root, "blobs", etag);

    /// <summary>The bytes of a file of a snapshot, or −1 when it is not there; a link whose blob is gone does not count.</summary>
    public long SizeOf(string commit, string file)
    {
        string path = SnapshotFile(commit, file);
        var there = new FileInfo(path);
        if (!there.Exists) return -1;
        if (there.LinkTarget is null) return there.Length;
        return there.ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true, LinkTarget: null } target ? target.Length : -1;
    }

    /// <summary>The commit of a revision as it was last seen, or null.</summary>
    public string? CommitOf(string revision)
    {
        if (HubNames.IsCommit(revision)) return Directory.Exists(Snapshot(revision)) ? revision : null;
        string path = Path.Combine([_root, "refs", .. revision.Split('/')]);
        string? commit = File.Exists(path) ? File.ReadAllText(path).Trim() : null;
        return commit is not null && HubNames.IsCommit(commit) && Directory.Exists(Snapshot(commit)) ? commit : null;
    }

    /// <summary>Notes the commit of a branch or tag.</summary>
    public void SetCommit(string revision, string commit)
    {
        if (revision == commit) return;
        WriteWhole(Path.Combine([_root, "refs", .. revision.Split('/')]), commit);
    }

    /// <summary>Notes which files a commit has, wanted or not.</summary>
    public void SetListing(string commit, string[] names) => WriteWhole(Listing(commit), string.Join('\n', names));

    /// <summary>The files a commit has, or null where nobody noted them.</summary>
    public string[]? ListingOf(string commit)
    {
        if (!File.Exists(Listing(commit))) return null;
        string[] names = File.ReadAllText(Listing(commit)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return names.Length > 0 && names.All(HubNames.IsSafe) ? names : null;
    }

    /// <summary>The files a snapshot has here, with forward slashes; links whose blobs are gone among them.</summary>
    public string[] FilesOf(string commit)
    {
        string folder = Snapshot(commit);
        return [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f).Replace(Path.DirectorySeparatorChar, '/')).Order(StringComparer.Ordinal)];
    }

    private string Listing(string commit) => Path.Combine(_root, "listings", commit);

    private static void WriteWhole(string path, string text)
    {
        if (File.Exists(path) && File.ReadAllText(path) == text) return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string beside = $"{path}.{Guid.NewGuid():N}.part";
        File.WriteAllText(beside, text);
        File.Move(beside, path, overwrite: true);
    }

    /// <summary>Puts a blob into a snapshot: a relative link, or a copy where links are not to be had.</summary>
    public void Link(string etag, string commit, string file)
    {
        string target = Blob(etag), link = SnapshotFile(commit, file);
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        if (SizeOf(commit, file) >= 0) return;
        File.Delete(link);   // a link whose blob is gone
        if (symlinks)
        {
            try
            {
                File.CreateSymbolicLink(link, Path.GetRelativePath(Path.GetDirectoryName(link)!, target));
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
            {
                if (SizeOf(commit, file) >= 0) return;   // another process was quicker
            }
        }
        string beside = $"{link}.{Guid.NewGuid():N}.part";
        File.Copy(target, beside);
        File.Move(beside, link, overwrite: true);
    }

    /// <summary>Waits until nobody else, in this process or another, is loading a blob; Python's tools lock the same file.</summary>
    public async Task<IDisposable> LockAsync(string etag, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_locks);
        Directory.CreateDirectory(Path.Combine(_root, "blobs"));
        string path = Path.Combine(_locks, etag + ".lock");
        while (true)
        {
            try
            {
                return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException))
            {
                await Task.Delay(100, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
