using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LlmRec.Transformers.Tests;

/// <summary>A small HTTP server on a port of its own that behaves like the hub: listing, HEAD with etags, redirects of large files to another origin, ranges, errors on order.</summary>
internal sealed class FakeHub : IDisposable
{
    private readonly TcpListener _hub = new(IPAddress.Loopback, 0), _content = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SortedDictionary<string, (byte[] Bytes, bool Large)>> _commits = [];
    private readonly Dictionary<string, string> _revisions = [];
    private readonly Dictionary<string, byte[]> _large = [];
    private readonly List<Seen> _seen = [];
    private readonly List<(Func<Seen, bool> When, Fault Fault)> _faults = [];

    /// <summary>A request.</summary>
    public sealed record Seen(string Method, string Path, string? Authorization, string? Range, bool AtContent);

    /// <summary>What goes wrong with an answer.</summary>
    public sealed record Fault
    {
        public int Status { get; init; }
        public Dictionary<string, string> Headers { get; init; } = [];
        public int? CutAfter { get; init; }
        public bool FlipFirstByte { get; init; }
        public bool IgnoreRange { get; init; }
        public byte[]? Body { get; init; }
        public bool Hang { get; init; }
    }

    public const string Repository = "owner/model";

    public FakeHub()
    {
        _hub.Start();
        _content.Start();
        _ = AcceptAsync(_hub, atContent: false);
        _ = AcceptAsync(_content, atContent: true);
    }

    public Uri Endpoint => new($"http://127.0.0.1:{((IPEndPoint)_hub.LocalEndpoint).Port}");

    /// <summary>When set, nobody else gets anything.</summary>
    public string? Token { get; set; }

    public bool Gated { get; set; }

    public IReadOnlyList<Seen> Requests
    {
        get
        {
            lock (_lock) return [.. _seen];
        }
    }

    /// <summary>Makes a commit the head of a revision.</summary>
    public string Commit(string revision, params (string Name, byte[] Bytes, bool Large)[] files)
    {
        string commit = Sha256(Encoding.UTF8.GetBytes($"{revision} {_commits.Count}"))[..40];
        lock (_lock)
        {
            var there = new SortedDictionary<string, (byte[], bool)>(StringComparer.Ordinal);
            foreach ((string name, byte[] bytes, bool large) in files)
            {
                there[name] = (bytes, large);
                if (large) _large[Sha256(bytes)] = bytes;
            }
            _commits[commit] = there;
            _revisions[revision] = commit;
        }
        return commit;
    }

    /// <summary>The next request of this kind goes wrong.</summary>
    public void Break(Func<Seen, bool> when, Fault fault, int times = 1)
    {
        lock (_lock)
            for (int i = 0; i < times; i++) _faults.Add((when, fault));
    }

    public void Forget()
    {
        lock (_lock) _seen.Clear();
    }

    public static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

#pragma warning disable CA5350 // git's own name of a blob
    public static string GitSha(byte[] bytes) => Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {bytes.Length}\0"), .. bytes]));
#pragma warning restore CA5350

    public void Dispose()
    {
        _stop.Cancel();
        _hub.Dispose();
        _content.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener, bool atContent)
    {
        try
        {
            while (true)
            {
                TcpClient client = await listener.AcceptTcpClientAsync(_stop.Token);
                _ = ServeAsync(client, atContent);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // closed
        }
    }

    private async Task ServeAsync(TcpClient client, bool atContent)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                var text = new StringBuilder();
                byte[] one = new byte[1];
                while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
                {
                    if (await stream.ReadAsync(one, _stop.Token) == 0) return;
                    text.Append((char)one[0]);
                }
                string[] lines = text.ToString().Split("\r\n");
                string? Header(string name) => lines.Skip(1).FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
                string[] first = lines[0].Split(' ');
                var seen = new Seen(first[0], Uri.UnescapeDataString(first[1]), Header("Authorization"), Header("Range"), atContent);
                Fault? fault = null;
                lock (_lock)
                {
                    _seen.Add(seen);
                    int at = _faults.FindIndex(f => f.When(seen));
                    if (at >= 0)
                    {
                        fault = _faults[at].Fault;
                        _faults.RemoveAt(at);
                    }
                }
                if (fault is { Hang: true })
                {
                    await Task.Delay(Timeout.Infinite, _stop.Token);
                    return;
                }
                await AnswerAsync(stream, seen, fault);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
            {
                // the other side went away
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream, Seen seen, Fault? fault)
    {
        if (fault is { Status: > 0 })
        {
            await WriteAsync(stream, seen, fault.Status, fault.Headers, fault.Body ?? []);
            return;
        }
        if (seen.AtContent)
        {
            byte[]? bytes;
            lock (_lock) bytes = _large.GetValueOrDefault(seen.Path.TrimStart('/'));
            if (bytes is null) await WriteAsync(stream, seen, 404, [], []);
            else await FileAsync(stream, seen, bytes, [], fault);
            return;
        }
        if (Token is not null && seen.Authorization != $"Bearer {Token}")
        {
            await (Gated ? WriteAsync(stream, seen, 403, new() { ["X-Error-Code"] = "GatedRepo", ["X-Error-Message"] = "Access to model is restricted" }, [])
                : WriteAsync(stream, seen, 401, new() { ["X-Error-Code"] = "RepoNotFound" }, []));
            return;
        }
        const string list = $"/api/models/{Repository}/revision/", resolve = $"/{Repository}/resolve/";
        string? commit = null;
        if (seen.Path.StartsWith(list, StringComparison.Ordinal))
        {
            lock (_lock) commit = CommitOf(seen.Path[list.Length..]);
            if (commit is null) await WriteAsync(stream, seen, 404, new() { ["X-Error-Code"] = "RevisionNotFound" }, []);
            else await WriteAsync(stream, seen, 200, [], fault?.Body ?? Listing(commit));
        }
        else if (seen.Path.StartsWith(resolve, StringComparison.Ordinal))
        {
            string[] parts = seen.Path[resolve.Length..].Split('/', 2);
            (byte[] Bytes, bool Large) file;
            lock (_lock)
            {
                commit = CommitOf(parts[0]);
                file = commit is null ? default : _commits[commit].GetValueOrDefault(parts[1]);
            }
            if (file.Bytes is null)
            {
                await WriteAsync(stream, seen, 404, new() { ["X-Error-Code"] = commit is null ? "RevisionNotFound" : "EntryNotFound" }, []);
            }
            else if (file.Large)
            {
                string sha = Sha256(file.Bytes);
                await WriteAsync(stream, seen, 302, new()
                {
                    ["Location"] = $"http://127.0.0.1:{((IPEndPoint)_content.LocalEndpoint).Port}/{sha}",
                    ["X-Linked-Etag"] = $"\"{sha}\"",
                    ["X-Linked-Size"] = $"{file.Bytes.Length}",
                    ["X-Repo-Commit"] = commit!,
                }, []);
            }
            else
            {
                await FileAsync(stream, seen, file.Bytes, new() { ["ETag"] = $"W/\"{GitSha(file.Bytes)}\"", ["X-Repo-Commit"] = commit! }, fault);
            }
        }
        else
        {
            await WriteAsync(stream, seen, 404, new() { ["X-Error-Code"] = "RepoNotFound" }, []);
        }
    }

    private string? CommitOf(string revision) => _commits.ContainsKey(revision) ? revision : _revisions.GetValueOrDefault(revision);

    private byte[] Listing(string commit)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("sha", commit);
            json.WriteStartArray("siblings");
            lock (_lock)
                foreach (string name in _commits[commit].Keys)
                {
                    json.WriteStartObject();
                    json.WriteString("rfilename", name);
                    json.WriteEndObject();
                }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    private static async Task FileAsync(NetworkStream stream, Seen seen, byte[] bytes, Dictionary<string, string> headers, Fault? fault)
    {
        int from = 0, status = 200;
        if (seen.Range is { } range && fault is not { IgnoreRange: true })
        {
            from = int.Parse(range.Split('=', '-')[1], System.Globalization.CultureInfo.InvariantCulture);
            status = from < bytes.Length ? 206 : 416;
            headers["Content-Range"] = status == 206 ? $"bytes {from}-{bytes.Length - 1}/{bytes.Length}" : $"bytes */{bytes.Length}";
        }
        byte[] body = status == 416 ? [] : bytes[from..];
        if (fault is { FlipFirstByte: true }) body = [(byte)~body[0], .. body[1..]];
        await WriteAsync(stream, seen, status, headers, body, fault?.CutAfter);
    }

    private static async Task WriteAsync(NetworkStream stream, Seen seen, int status, Dictionary<string, string> headers, byte[] body, int? cutAfter = null)
    {
        var head = new StringBuilder($"HTTP/1.1 {status} Status\r\nContent-Length: {body.Length}\r\nConnection: close\r\n");
        foreach ((string name, string value) in headers) head.Append($"{name}: {value}\r\n");
        head.Append("\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.ToString()));
        if (seen.Method != "HEAD") await stream.WriteAsync(cutAfter is { } n ? body.AsMemory(0, Math.Min(n, body.Length)) : body);
        await stream.FlushAsync();
    }
}
