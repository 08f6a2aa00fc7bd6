namespace LlmRec.Transformers;

/// <summary>
/// Downloads models from the Hugging Face hub, or a mirror of it, into the hub's own cache, which Python's tools share: what is there already is
/// not loaded again, a broken download goes on where it ended, and every file is checked against its hash.
/// </summary>
/// <remarks>
/// Thread-safe, and safe beside other processes on the same cache. Nothing that is downloaded is run. SHA-256 is checked for large files, git's
/// SHA-1 for small ones; a mirror whose etags are neither is checked for size only. Offline, a snapshot counts only when every wanted file of its
/// listing is there, which each download notes; in caches that other tools made, when the files asked for by name, or some JSON and safetensors, are.
/// </remarks>
public static class HuggingFaceHub
{
    /// <summary>Makes a snapshot of a repository available and returns its folder, from which an encoder can be loaded.</summary>
    /// <param name="repository"><c>owner/name</c>, such as <c>sentence-transformers/all-MiniLM-L6-v2</c>.</param>
    /// <param name="revision">A branch, a tag, or a commit; a full commit hash gives the same files for ever.</param>
    /// <param name="options">Where, what and how; <see langword="null"/> for the environment's settings and the files an encoder needs.</param>
    /// <param name="progress">Receives files and bytes; called from several threads, one at a time.</param>
    /// <param name="cancellationToken">Stops the work; what has arrived is kept for the next time.</param>
    /// <returns>The full path of <c>snapshots/COMMIT</c>.</returns>
    /// <exception cref="HuggingFaceHubException">It cannot be had; <see cref="HuggingFaceHubException.Failure"/> says why. When the hub cannot be reached at all, what the cache last knew of the revision is returned instead, if every wanted file of it is there.</exception>
    /// <exception cref="ArgumentException">The name, the revision or an option is out of range.</exception>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public static Task<string> DownloadAsync(string repository, string revision = "main", HubDownloadOptions? options = null, IProgress<HubProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(revision);
        HubNames.CheckRepository(repository);
        HubNames.CheckRevision(revision);
        return new HubDownload(HubSettings.Of(options ?? new()), repository, revision, progress).RunAsync(cancellationToken);
    }
}
