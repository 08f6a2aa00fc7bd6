using System.Net;
using System.Text.Json;

namespace LlmRec.Transformers;

/// <summary>One download of a snapshot.</summary>
internal sealed class HubDownload(HubSettings settings, string repository, string revision, IProgress<HubProgress>? progress)
{
    private const int BlockBytes = 1 << 16;
    private const long ReportBytes = 1 << 20;
    private const int MostListingBytes = 64 << 20;

    private readonly HubCache _cache = new(settings.Cache, repository, settings.Options.Symlinks);
    private readonly Lock _lock = new();
    private int _files, _filesDone;
    private long _bytes, _bytesDone;

    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        if (settings.Offline) return FromCache();
        using var client = new HubClient(settings, repository);
        string commit;
        string[] names;
        try
        {
            (commit, names) = await ListAsync(client, cancellationToken).ConfigureAwait(false);
        }
        catch (HuggingFaceHubException e) when (e.Failure == HubFailure.Unavailable && _cache.CommitOf(revision) is { } known)
        {
            // as Hugging Face's own tools do, but only what is whole
            string[] missing = Missing(known);
            return missing.Length == 0 ? _cache.Snapshot(known)
                : throw new HuggingFaceHubException(HubFailure.Unavailable, $"{e.Message}. The cache '{settings.Cache}' has only a part of it: {Say(missing)}", e);
        }
        string[] wanted = Wanted(names);
        // First, so that offline mode knows what a download that broke off still lacks.
        _cache.SetListing(commit, names);
        _files = wanted.Length;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = settings.Options.MaxParallelFiles, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(wanted, parallel, async (file, token) => await GetAsync(client, commit, file, token).ConfigureAwait(false)).ConfigureAwait(false);
        // Last, so that offline mode never finds a branch whose files are not all here.
        _cache.SetCommit(revision, commit);
        return _cache.Snapshot(commit);
    }

    private string FromCache()
    {
        string commit = _cache.CommitOf(revision)
            ?? throw new HuggingFaceHubException(HubFailure.NotInCache, $"'{repository}' at '{revision}' is not in the cache '{settings.Cache}', and offline mode is on: download it once, or turn off HF_HUB_OFFLINE");
        string[] missing = Missing(commit);
        return missing.Length == 0 ? _cache.Snapshot(commit)
            : throw new HuggingFaceHubException(HubFailure.NotInCache, $"'{repository}' at '{revision}' is only in part in the cache '{settings.Cache}', and offline mode is on: {Say(missing)}. A download broke off, or asked for other files: call once more with HF_HUB_OFFLINE turned off, it goes on where that ended");
    }

    /// <summary>Which of the wanted files a snapshot lacks.</summary>
    private string[] Missing(string commit)
    {
        if (_cache.ListingOf(commit) is { } names) return [.. Wanted(names).Where(n => _cache.SizeOf(commit, n) < 0)];
        // Made by other tools, which note no listing: links that lead nowhere, and what is asked for by name or what no encoder is without.
        string[] here = [.. _cache.FilesOf(commit).Where(IsWanted)];
        string[] expected = settings.DefaultPatterns ? ["*.json", "*.safetensors"] : here.Length == 0 ? [.. settings.Allow] : [.. settings.Allow.Where(p => !p.AsSpan().ContainsAny('*', '?'))];
        return [.. here.Where(n => _cache.SizeOf(commit, n) < 0), .. expected.Where(p => !here.Any(n => HubNames.Matches(n, p)))];
    }

    private static string Say(string[] missing) => missing.Length == 1 ? $"'{missing[0]}' is missing" : $"{missing.Length} files are missing, among them {string.Join(", ", missing.Take(4).Select(n => $"'{n}'"))}";

    private string[] Wanted(string[] names)
    {
        string[] wanted = [.. names.Where(IsWanted)];
        if (settings.DefaultPatterns && !wanted.Any(n => n.EndsWith(".safetensors", StringComparison.Ordinal))
            && names.FirstOrDefault(n => n.EndsWith(".bin", StringComparison.Ordinal) || n.EndsWith(".pt", StringComparison.Ordinal) || n.EndsWith(".pth", StringComparison.Ordinal)) is { } pickle)
            throw new HuggingFaceHubException(HubFailure.PickledWeights, $"'{repository}' at '{revision}' has its weights as '{pickle}' only, a pickle, which can run code when it is opened: take a revision with safetensors (often refs/pr/1), convert it, or say by {nameof(HubDownloadOptions.AllowPatterns)} which files you want");
        return wanted.Length > 0 ? wanted
            : throw new HuggingFaceHubException(HubFailure.FileNotFound, $"'{repository}' at '{revision}' has none of the files {string.Join(' ', settings.Allow)}; it has {names.Length}: {string.Join(", ", names.Take(8))}");
    }

    private bool IsWanted(string name) => settings.Allow.Any(p => HubNames.Matches(name, p)) && !settings.Ignore.Any(p => HubNames.Matches(name, p));

    private async Task<(string Commit, string[] Names)> ListAsync(HubClient client, CancellationToken cancellationToken)
    {
        Uri address = client.Address($"api/models/{repository}/revision/{Uri.EscapeDataString(revision)}");
        byte[] json = await client.RetryAsync(async _ =>
        {
            using HttpResponseMessage response = await client.SendAsync(HttpMethod.Get, address, 0, $"revision '{revision}'", elsewhere: true, cancellationToken).ConfigureAwait(false);
            using var content = new MemoryStream();
            await CopyAsync(response, content, _ => { }, MostListingBytes, cancellationToken).ConfigureAwait(false);
            return content.ToArray();
        }, $"revision '{revision}'", cancellationToken).ConfigureAwait(false);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            string commit = document.RootElement.GetProperty("sha").GetString() ?? "";
            if (!HubNames.IsCommit(commit)) throw new FormatException($"the commit is '{commit}'");
            string[] names = [.. document.RootElement.GetProperty("siblings").EnumerateArray().Select(s => s.GetProperty("rfilename").GetString() ?? "")];
            return names.FirstOrDefault(n => !HubNames.IsSafe(n)) is { } odd
                ? throw new HuggingFaceHubException(HubFailure.BadAnswer, $"'{repository}' at '{revision}' names the file '{odd}', which could lie outside of its folder: nothing was downloaded")
                : (commit, names);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new HuggingFaceHubException(HubFailure.BadAnswer, $"{address}: the answer cannot be understood ({e.Message}): check the endpoint", e);
        }
    }

    private async Task GetAsync(HubClient client, string commit, string file, CancellationToken cancellationToken)
    {
        if (_cache.SizeOf(commit, file) is >= 0 and var size)
        {
            Report(file, size, size, done: true);
            return;
        }
        HubFile about = await AboutAsync(client, commit, file, cancellationToken).ConfigureAwait(false);
        Report(file, 0, Math.Max(0, about.Size), done: false);
        using (await _cache.LockAsync(about.Etag, cancellationToken).ConfigureAwait(false))
        {
            if (File.Exists(_cache.Blob(about.Etag))) Report(file, Math.Max(0, about.Size), 0, done: false);
            else await LoadAsync(client, file, about, cancellationToken).ConfigureAwait(false);
            _cache.Link(about.Etag, commit, file);
        }
        Report(file, 0, 0, done: true);
    }

    private async Task<HubFile> AboutAsync(HubClient client, string commit, string file, CancellationToken cancellationToken)
    {
        Uri address = client.Address($"{repository}/resolve/{commit}/{string.Join('/', file.Split('/').Select(Uri.EscapeDataString))}");
        return await client.RetryAsync(async _ =>
        {
            using HttpResponseMessage response = await client.SendAsync(HttpMethod.Head, address, 0, $"file '{file}'", elsewhere: false, cancellationToken).ConfigureAwait(false);
            string? raw = HubClient.Header(response, "X-Linked-Etag") ?? HubClient.Header(response, "ETag");
            string etag = HubNames.Etag(raw) ?? throw new HuggingFaceHubException(HubFailure.BadAnswer, $"'{repository}', file '{file}': the hub gives {(raw is null ? "no etag" : $"the etag '{raw}'")}, so it cannot be cached");
            string? size = HubClient.Header(response, "X-Linked-Size") ?? (response.IsSuccessStatusCode ? HubClient.Header(response, "Content-Length") : null);
            return new HubFile(etag, long.TryParse(size, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long bytes) ? bytes : -1, address);
        }, $"file '{file}'", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Loads a blob: goes on where an earlier try ended, checks size and hash, and puts it in place whole.</summary>
    private async Task LoadAsync(HubClient client, string file, HubFile about, CancellationToken cancellationToken)
    {
        string part = _cache.Blob(about.Etag) + ".incomplete";
        for (int round = 0; ; round++)
        {
            await client.RetryAsync(movedOn => AppendAsync(client, file, about, part, movedOn, cancellationToken), $"file '{file}'", cancellationToken).ConfigureAwait(false);
            long size = new FileInfo(part).Length;
            string? hash = await BlobHash.OfAsync(part, about.Etag, cancellationToken).ConfigureAwait(false);
            bool right = (about.Size < 0 || size == about.Size) && (hash is null || hash == about.Etag);
            if (right) break;
            File.Delete(part);
            Report(file, -size, 0, done: false);
            // Once more from the start: what went wrong may have been an old remainder.
            if (round == 1)
                throw new HuggingFaceHubException(HubFailure.WrongContent, $"'{repository}', file '{file}': {size} bytes with the hash {hash ?? "(none)"} arrived, where {about.Size} with {about.Etag} were announced; nothing was kept. Try again, or another endpoint");
        }
        File.Move(part, _cache.Blob(about.Etag), overwrite: true);
    }

    private async Task<bool> AppendAsync(HubClient client, string file, HubFile about, string part, Action movedOn, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, 1, FileOptions.Asynchronous);
        if (about.Size >= 0 && stream.Length > about.Size) stream.SetLength(0);
        long have = stream.Length;
        Report(file, have - Counted(file), 0, done: false);
        if (about.Size >= 0 && have == about.Size) return true;
        using HttpResponseMessage response = await client.SendAsync(HttpMethod.Get, about.Address, have, $"file '{file}'", elsewhere: true, cancellationToken).ConfigureAwait(false);
        bool goesOn = have > 0 && response.StatusCode == HttpStatusCode.PartialContent && (response.Content.Headers.ContentRange?.From ?? have) == have;
        if (have > 0 && !goesOn)
        {
            // The server does not know ranges, or has less than we have: from the start.
            stream.SetLength(0);
            Report(file, -have, 0, done: false);
            if (response.StatusCode is HttpStatusCode.RequestedRangeNotSatisfiable or HttpStatusCode.PartialContent) throw new HubBusyException("the rest of the file was refused", TimeSpan.Zero, null);
        }
        stream.Seek(0, SeekOrigin.End);
        await CopyAsync(response, stream, n =>
        {
            movedOn();
            Report(file, n, 0, done: false);
        }, about.Size < 0 ? long.MaxValue : about.Size - stream.Length, cancellationToken).ConfigureAwait(false);
        stream.Flush(flushToDisk: true);
        if (about.Size >= 0 && stream.Length < about.Size) throw new HubBusyException($"the connection ended after {stream.Length} of {about.Size} bytes", null, null);
        return true;
    }

    /// <summary>Copies a body; a connection that breaks or stands still may be tried again.</summary>
    private async Task CopyAsync(HttpResponseMessage response, Stream to, Action<int> copied, long most, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        byte[] block = new byte[BlockBytes];
        try
        {
            await using Stream from = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
            while (true)
            {
                patience.CancelAfter(settings.Options.IdleTimeout);
                int read = await from.ReadAsync(block, patience.Token).ConfigureAwait(false);
                if (read == 0) return;
                if (read > most) throw new HuggingFaceHubException(HubFailure.WrongContent, $"'{repository}': {response.RequestMessage?.RequestUri} sends more than was announced: try again, or another endpoint");
                most -= read;
                await to.WriteAsync(block.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                copied(read);
            }
        }
        catch (Exception e) when (HubClient.IsBroken(e, cancellationToken))
        {
            throw new HubBusyException($"the connection broke: {e.Message}", null, e);
        }
    }

    private readonly Dictionary<string, long> _counted = [];
    private long _reported;

    private long Counted(string file)
    {
        lock (_lock) return _counted.GetValueOrDefault(file);
    }

    private void Report(string file, long bytes, long announced, bool done)
    {
        lock (_lock)
        {
            _counted[file] = _counted.GetValueOrDefault(file) + bytes;
            _bytesDone += bytes;
            _bytes += announced;
            if (done) _filesDone++;
            if (progress is null || (!done && announced == 0 && Math.Abs(_bytesDone - _reported) < ReportBytes)) return;
            _reported = _bytesDone;
            // Within the lock, so that the caller never sees the numbers go back.
            progress.Report(new HubProgress(file, _filesDone, _files, _bytesDone, Math.Max(_bytes, _bytesDone)));
        }
    }
}
