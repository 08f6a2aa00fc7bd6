using System.Collections.Concurrent;
using System.Text;
using LlmRec.Tests;

namespace LlmRec.Transformers.Tests;

internal sealed class HuggingFaceHubTests
{
    private static readonly byte[] Config = Encoding.UTF8.GetBytes("{\"hidden_size\": 4}"), Vocabulary = Encoding.UTF8.GetBytes("a\nb\nc\n"), Pooling = Encoding.UTF8.GetBytes("{\"pooling\": true}");

    private static byte[] Weights(int seed = 1, int n = 300_000)
    {
        byte[] bytes = new byte[n];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Pauses pass at once, and are written down.</summary>
    private sealed class QuickTime : TimeProvider
    {
        public ConcurrentQueue<TimeSpan> Pauses { get; } = [];

        public override DateTimeOffset GetUtcNow() => new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != Timeout.InfiniteTimeSpan) Pauses.Enqueue(dueTime);
            return System.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, period);
        }
    }

    private sealed class World : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public FakeHub Hub { get; } = new();

        public QuickTime Time { get; } = new();

        public Dictionary<string, string> Environment { get; } = [];

        public byte[] Weights { get; } = HuggingFaceHubTests.Weights();

        public World()
        {
            Environment["HOME"] = _folder.Path;
            Commit = Hub.Commit("main", ("config.json", Config, false), ("vocab.txt", Vocabulary, false), ("1_Pooling/config.json", Pooling, false), ("model.safetensors", Weights, true),
                ("pytorch_model.bin", [1, 2, 3], true), ("onnx/config.json", [1], false), ("README.md", [1], false));
        }

        public string Commit { get; }

        public string Cache => Path.Combine(_folder.Path, ".cache", "huggingface", "hub");

        public string Repository => Path.Combine(Cache, "models--owner--model");

        public string Blob => Path.Combine(Repository, "blobs", FakeHub.Sha256(Weights));

        public HubDownloadOptions Options => new() { Endpoint = Hub.Endpoint, TimeProvider = Time, Environment = Environment.GetValueOrDefault };

        public Task<string> Download(string revision = "main", HubDownloadOptions? options = null, IProgress<HubProgress>? progress = null, CancellationToken token = default) =>
            HuggingFaceHub.DownloadAsync(FakeHub.Repository, revision, options ?? Options, progress, token);

        public void Dispose()
        {
            Hub.Dispose();
            _folder.Dispose();
        }
    }

    private static HubFailure FailureOf(Func<Task> action)
    {
        HubFailure failure = default;
        Assert.That(action, Throws.TypeOf<HuggingFaceHubException>().With.Matches<HuggingFaceHubException>(e =>
        {
            failure = e!.Failure;
            return e.Message.Contains(FakeHub.Repository, StringComparison.Ordinal) || e.Message.Contains("owner/none", StringComparison.Ordinal);
        }));
        return failure;
    }

    [Test]
    public async Task Download_MakesTheHubsOwnLayout_OfWhatAnEncoderNeeds([Values] bool symlinks)
    {
        using var world = new World();
        string folder = await world.Download(options: world.Options with { Symlinks = symlinks });
        string[] files = [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(folder, Is.EqualTo(Path.Combine(world.Repository, "snapshots", world.Commit)));
            Assert.That(files, Is.EqualTo(new[] { "1_Pooling/config.json", "config.json", "model.safetensors", "vocab.txt" }));
            Assert.That(File.ReadAllBytes(Path.Combine(folder, "model.safetensors")), Is.EqualTo(world.Weights));
            Assert.That(File.ReadAllBytes(Path.Combine(folder, "1_Pooling", "config.json")), Is.EqualTo(Pooling));
            Assert.That(File.ReadAllText(Path.Combine(world.Repository, "refs", "main")), Is.EqualTo(world.Commit));
            Assert.That(Directory.GetFiles(Path.Combine(world.Repository, "blobs")).Select(Path.GetFileName),
                Is.EquivalentTo(new[] { FakeHub.Sha256(world.Weights), FakeHub.GitSha(Config), FakeHub.GitSha(Vocabulary), FakeHub.GitSha(Pooling) }));
            FileInfo pooling = new(Path.Combine(folder, "1_Pooling", "config.json"));
            if (symlinks && !OperatingSystem.IsWindows()) Assert.That(pooling.LinkTarget, Is.EqualTo("../../../blobs/" + FakeHub.GitSha(Pooling)));
            if (!symlinks) Assert.That(pooling.LinkTarget, Is.Null);
        }
    }

    [Test]
    public async Task Download_Again_AsksOnlyForTheListing_AndAfterAChangeOnlyForWhatChanged()
    {
        using var world = new World();
        string first = await world.Download();
        world.Hub.Forget();
        Assert.That(await world.Download(), Is.EqualTo(first));
        Assert.That(world.Hub.Requests.Select(r => r.Path), Is.EqualTo(new[] { "/api/models/owner/model/revision/main" }));

        byte[] changed = Encoding.UTF8.GetBytes("{\"hidden_size\": 8}");
        string next = world.Hub.Commit("main", ("config.json", changed, false), ("model.safetensors", world.Weights, true));
        world.Hub.Forget();
        string second = await world.Download();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(second, Does.EndWith(next));
            Assert.That(File.ReadAllBytes(Path.Combine(second, "config.json")), Is.EqualTo(changed));
            Assert.That(File.ReadAllBytes(Path.Combine(first, "config.json")), Is.EqualTo(Config));
            Assert.That(world.Hub.Requests.Where(r => r.Method == "GET" && r.Path.Contains("/resolve/", StringComparison.Ordinal)).Select(r => r.Path), Is.EqualTo(new[] { $"/owner/model/resolve/{next}/config.json" }));
            Assert.That(world.Hub.Requests.Where(r => r.AtContent), Is.Empty);
        }
    }

    [Test]
    public async Task Download_AfterABlobWasDeleted_LoadsItAgain()
    {
        using var world = new World();
        string folder = await world.Download();
        File.Delete(world.Blob);
        Assert.That(await world.Download(), Is.EqualTo(folder));
        Assert.That(await File.ReadAllBytesAsync(Path.Combine(folder, "model.safetensors")), Is.EqualTo(world.Weights));
    }

    [Test]
    public async Task Download_CutConnections_GoOnWhereTheyEnded()
    {
        using var world = new World();
        foreach (int cut in new[] { 100_000, 70_000, 0, 50_000 }) world.Hub.Break(r => r.AtContent, new() { CutAfter = cut });
        string folder = await world.Download();
        string?[] ranges = [.. world.Hub.Requests.Where(r => r.AtContent).Select(r => r.Range)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(File.ReadAllBytes(Path.Combine(folder, "model.safetensors")), Is.EqualTo(world.Weights));
            Assert.That(ranges, Is.EqualTo(new[] { null, "bytes=100000-", "bytes=170000-", "bytes=170000-", "bytes=220000-" }));
            Assert.That(File.Exists(world.Blob + ".incomplete"), Is.False);
        }
    }

    [Test]
    public async Task Download_AfterAnAbortedRun_GoesOnWhereItEnded()
    {
        using var world = new World();
        world.Hub.Break(r => r.AtContent, new() { CutAfter = 123_456 });
        world.Hub.Break(r => r.AtContent, new() { Status = 503 }, times: 9);
        Assert.That(FailureOf(async () => await world.Download(options: world.Options with { MaxRetries = 2 })), Is.EqualTo(HubFailure.Unavailable));
        Assert.That(new FileInfo(world.Blob + ".incomplete").Length, Is.EqualTo(123_456));
        Assert.That(Directory.Exists(Path.Combine(world.Repository, "refs")), Is.False, "an unfinished branch is not noted");

        for (int i = 0; i < 7; i++) world.Hub.Break(r => false, new());
        world.Hub.Break(r => r.AtContent && r.Range is null, new() { Status = 500 });
        string folder = await world.Download(options: world.Options with { MaxRetries = 20 });
        Assert.That(File.ReadAllBytes(Path.Combine(folder, "model.safetensors")), Is.EqualTo(world.Weights));
        Assert.That(world.Hub.Requests.Last(r => r.AtContent).Range, Is.EqualTo("bytes=123456-"));
    }

    [Test]
    public async Task Download_WhereRangesAreUnknown_OrTheRemainderIsTooLongOrForeign_BeginsAnew()
    {
        using var world = new World();
        Directory.CreateDirectory(Path.GetDirectoryName(world.Blob)!);
        await File.WriteAllBytesAsync(world.Blob + ".incomplete", world.Weights[..1000]);
        world.Hub.Break(r => r.AtContent, new() { IgnoreRange = true });
        string folder = await world.Download();
        Assert.That(await File.ReadAllBytesAsync(Path.Combine(folder, "model.safetensors")), Is.EqualTo(world.Weights));

        foreach (byte[] remainder in new[] { new byte[400_000], new byte[1000], new byte[300_000] })
        {
            Directory.Delete(world.Repository, recursive: true);
            Directory.CreateDirectory(Path.GetDirectoryName(world.Blob)!);
            await File.WriteAllBytesAsync(world.Blob + ".incomplete", remainder);
            folder = await world.Download();
            Assert.That(await File.ReadAllBytesAsync(Path.Combine(folder, "model.safetensors")), Is.EqualTo(world.Weights), $"{remainder.Length}");
        }
    }

    [TestCase("model.safetensors", true)]
    [TestCase("config.json", false)]
    public async Task Download_WrongHash_IsTriedOnceMore_AndThenRefused(string file, bool large)
    {
        using var world = new World();
        bool Wrong(FakeHub.Seen r) => large ? r.AtContent : r.Method == "GET" && r.Path.EndsWith("/" + file, StringComparison.Ordinal) && !r.Path.Contains("Pooling", StringComparison.Ordinal);
        world.Hub.Break(Wrong, new() { FlipFirstByte = true }, times: 2);
        // One after another: a neighbour cut short would rightly leave its own remainder, to be resumed.
        Assert.That(FailureOf(async () => await world.Download(options: world.Options with { MaxParallelFiles = 1 })), Is.EqualTo(HubFailure.WrongContent));
        Assert.That(Directory.GetFiles(world.Cache, "*.incomplete", SearchOption.AllDirectories), Is.Empty);

        world.Hub.Break(Wrong, new() { FlipFirstByte = true });
        string folder = await world.Download();
        Assert.That(File.ReadAllBytes(Path.Combine(folder, file)), Is.EqualTo(large ? world.Weights : Config));
    }

    [Test]
    public async Task Download_BusyHub_IsAskedAgain_AfterThePauseItAsksFor()
    {
        using var world = new World();
        world.Hub.Break(r => r.Path.StartsWith("/api", StringComparison.Ordinal), new() { Status = 503 }, times: 3);
        world.Hub.Break(r => r.Path.StartsWith("/api", StringComparison.Ordinal), new() { Status = 429, Headers = new() { ["Retry-After"] = "17" } });
        world.Hub.Break(r => r.Path.StartsWith("/api", StringComparison.Ordinal), new() { Status = 429, Headers = new() { ["Retry-After"] = "Thu, 01 Jan 2026 00:00:42 GMT" } });
        await world.Download();
        Assert.That(world.Time.Pauses.Select(p => p.TotalSeconds), Is.EqualTo(new double[] { 1, 2, 4, 17, 42 }));
    }

    [Test]
    public void Download_BusyForEver_SaysSo_AndAskedToWaitADayToo()
    {
        using var world = new World();
        world.Hub.Break(r => true, new() { Status = 503, Headers = new() { ["X-Error-Message"] = "upgrade in progress" } }, times: 6);
        Assert.That(async () => await world.Download(), Throws.TypeOf<HuggingFaceHubException>().With.Message.Contains("upgrade in progress").And.Message.Contains("6 times"));
        world.Hub.Break(r => true, new() { Status = 429, Headers = new() { ["Retry-After"] = "86400" } });
        Assert.That(async () => await world.Download(), Throws.TypeOf<HuggingFaceHubException>().With.Message.Contains("left alone"));
    }

    [Test]
    public async Task Download_WhenTheHubIsGone_GivesWhatTheCacheKnows()
    {
        using var world = new World();
        string folder = await world.Download();
        HubDownloadOptions nowhere = world.Options with { Endpoint = new Uri("http://127.0.0.1:9"), MaxRetries = 1 };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await world.Download(options: nowhere), Is.EqualTo(folder));
            Assert.That(async () => await world.Download("other", nowhere), Throws.TypeOf<HuggingFaceHubException>().With.Property("Failure").EqualTo(HubFailure.Unavailable));
        }
    }

    [Test]
    public async Task Download_Offline_AsksNobody()
    {
        using var world = new World();
        Assert.That(FailureOf(async () => await world.Download(options: world.Options with { Offline = true })), Is.EqualTo(HubFailure.NotInCache));
        string folder = await world.Download();
        world.Hub.Forget();
        world.Environment["HF_HUB_OFFLINE"] = "1";
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await world.Download(), Is.EqualTo(folder));
            Assert.That(await world.Download(world.Commit), Is.EqualTo(folder));
            Assert.That(FailureOf(async () => await world.Download("v2")), Is.EqualTo(HubFailure.NotInCache));
            Assert.That(world.Hub.Requests, Is.Empty);
        }
    }

    [Test]
    public async Task Download_Offline_AfterADownloadThatBrokeOff_NamesWhatIsMissing()
    {
        using var world = new World();
        HubDownloadOptions patient = world.Options with { MaxRetries = 0, MaxParallelFiles = 1 }, offline = world.Options with { Offline = true };
        world.Hub.Break(r => r.AtContent, new() { CutAfter = 100_000 });
        Assert.That(FailureOf(async () => await world.Download(world.Commit, patient)), Is.EqualTo(HubFailure.Unavailable));
        Assert.That(Directory.Exists(Path.Combine(world.Repository, "snapshots", world.Commit)), "small files are there already");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(async () => await world.Download(world.Commit, offline), Throws.TypeOf<HuggingFaceHubException>()
                .With.Property("Failure").EqualTo(HubFailure.NotInCache).And.Message.Contains("model.safetensors").And.Message.Contains("HF_HUB_OFFLINE"));
            Assert.That(async () => await world.Download(options: offline), Throws.TypeOf<HuggingFaceHubException>().With.Property("Failure").EqualTo(HubFailure.NotInCache), "the branch was never noted");
            Assert.That(async () => await world.Download(world.Commit, patient with { Endpoint = new Uri("http://127.0.0.1:9") }), Throws.TypeOf<HuggingFaceHubException>()
                .With.Property("Failure").EqualTo(HubFailure.Unavailable).And.Message.Contains("model.safetensors"));
            Assert.That(await world.Download(world.Commit, offline with { AllowPatterns = ["config.json"] }), Does.EndWith(world.Commit), "what is asked for is there");
        }
        string folder = await world.Download(world.Commit, patient);
        Assert.That(await world.Download(world.Commit, offline), Is.EqualTo(folder));
    }

    [Test]
    public async Task Download_Offline_OfOtherFilesThanWereLoaded_NamesThem()
    {
        using var world = new World();
        HubDownloadOptions some = world.Options with { AllowPatterns = ["*.json"] }, offline = world.Options with { Offline = true };
        string folder = await world.Download(options: some);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await world.Download(options: some with { Offline = true }), Is.EqualTo(folder));
            Assert.That(async () => await world.Download(options: offline), Throws.TypeOf<HuggingFaceHubException>().With.Message.Contains("2 files").And.Message.Contains("vocab.txt").And.Message.Contains("model.safetensors"));
            Assert.That(FailureOf(async () => await world.Download(options: offline with { AllowPatterns = ["*.gguf"] })), Is.EqualTo(HubFailure.FileNotFound), "the listing says that there is none");
        }
        await world.Download();
        if (OperatingSystem.IsWindows()) return;   // no links, perhaps
        File.Delete(world.Blob);
        Assert.That(async () => await world.Download(options: offline), Throws.TypeOf<HuggingFaceHubException>().With.Message.Contains("'model.safetensors' is missing"), "a link whose blob is gone");
    }

    /// <summary>Python's tools note no listing.</summary>
    [Test]
    public async Task Download_Offline_FromACacheOfOtherTools_ExpectsWhatEveryEncoderHas()
    {
        using var world = new World();
        HubDownloadOptions offline = world.Options with { Offline = true };
        string folder = await world.Download();
        Directory.Delete(Path.Combine(world.Repository, "listings"), recursive: true);
        Assert.That(await world.Download(options: offline), Is.EqualTo(folder));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await world.Download(options: offline with { AllowPatterns = ["vocab.txt", "*.py"] }), Is.EqualTo(folder));
            Assert.That(async () => await world.Download(options: offline with { AllowPatterns = ["vocab.txt", "merges.txt"] }), Throws.TypeOf<HuggingFaceHubException>().With.Message.Contains("'merges.txt' is missing"));
            Assert.That(FailureOf(async () => await world.Download(options: offline with { AllowPatterns = ["*.gguf"] })), Is.EqualTo(HubFailure.NotInCache));
        }
        File.Delete(Path.Combine(folder, "model.safetensors"));
        Assert.That(async () => await world.Download(options: offline), Throws.TypeOf<HuggingFaceHubException>().With.Message.Contains("'*.safetensors' is missing"));
    }

    [Test]
    public async Task Download_SendsTheTokenToTheHub_AndNeverToWhereItRedirects()
    {
        using var world = new World();
        world.Hub.Token = "hf_secret";
        Assert.That(FailureOf(async () => await world.Download()), Is.EqualTo(HubFailure.RepositoryNotFound));
        Assert.That(FailureOf(async () => await world.Download(options: world.Options with { Token = "wrong" })), Is.EqualTo(HubFailure.RepositoryNotFound));
        world.Hub.Gated = true;
        Assert.That(async () => await world.Download(), Throws.TypeOf<HuggingFaceHubException>().With.Message.Contains("accept its terms").And.Message.Contains("HF_TOKEN").And.Property("Failure").EqualTo(HubFailure.AccessDenied));

        world.Environment["HF_TOKEN"] = " hf_secret\n";
        world.Hub.Forget();
        await world.Download();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(world.Hub.Requests.Where(r => !r.AtContent).Select(r => r.Authorization), Is.All.EqualTo("Bearer hf_secret"));
            Assert.That(world.Hub.Requests.Where(r => r.AtContent).Select(r => r.Authorization), Is.Not.Empty.And.All.Null);
            Assert.That(async () => await world.Download(options: world.Options with { Token = "" }), Throws.TypeOf<HuggingFaceHubException>());
        }
    }

    [Test]
    public async Task Download_TakesTokenCacheAndEndpointFromTheEnvironment()
    {
        using var world = new World();
        using var home = new TemporaryFolder();
        await File.WriteAllTextAsync(home.File("token"), "hf_file\n");
        world.Hub.Token = "hf_file";
        world.Environment["HF_HOME"] = home.Path;
        world.Environment["HF_ENDPOINT"] = world.Hub.Endpoint.ToString();
        HubDownloadOptions options = world.Options with { Endpoint = null };
        Assert.That(await world.Download(options: options), Does.StartWith(Path.Combine(home.Path, "hub", "models--owner--model")));
        world.Environment["HF_HUB_CACHE"] = home.File("elsewhere");
        Assert.That(await world.Download(options: options), Does.StartWith(home.File("elsewhere")));
        world.Environment["HF_ENDPOINT"] = "not an address";
        Assert.That(async () => await world.Download(options: options), Throws.ArgumentException.With.Message.Contains("HF_ENDPOINT"));
    }

    [Test]
    public void Download_OfWhatIsNotThere_SaysWhich()
    {
        using var world = new World();
        string gone = world.Hub.Commit("gone", ("config.json", Config, false), ("model.safetensors", world.Weights, true));
        world.Hub.Break(r => r.Method == "HEAD" && r.Path.Contains(gone, StringComparison.Ordinal), new() { Status = 404, Headers = new() { ["X-Error-Code"] = "EntryNotFound" } }, times: 2);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(FailureOf(async () => await HuggingFaceHub.DownloadAsync("owner/none", "main", world.Options)), Is.EqualTo(HubFailure.RepositoryNotFound));
            Assert.That(FailureOf(async () => await world.Download("v9")), Is.EqualTo(HubFailure.RevisionNotFound));
            Assert.That(FailureOf(async () => await world.Download("gone")), Is.EqualTo(HubFailure.FileNotFound));
            Assert.That(FailureOf(async () => await world.Download(options: world.Options with { AllowPatterns = ["*.gguf"] })), Is.EqualTo(HubFailure.FileNotFound));
        }
    }

    [Test]
    public async Task Download_OfPickledWeights_IsRefused_UnlessAskedForByName()
    {
        using var world = new World();
        world.Hub.Commit("old", ("config.json", Config, false), ("pytorch_model.bin", [1, 2, 3], true));
        Assert.That(FailureOf(async () => await world.Download("old")), Is.EqualTo(HubFailure.PickledWeights));
        string folder = await world.Download("old", world.Options with { AllowPatterns = ["*.bin", "config.json"] });
        Assert.That(Directory.GetFiles(folder), Has.Length.EqualTo(2));
    }

    [TestCase("../evil.json")]
    [TestCase("a/../../evil.json")]
    [TestCase("/etc/evil.json")]
    [TestCase("..\\evil.json")]
    [TestCase("C:/evil.json")]
    [TestCase("a//evil.json")]
    [TestCase("./evil.json")]
    [TestCase("a\0b.json")]
    [TestCase(".. /evil.json")]
    public void Download_OfNamesOutsideOfTheFolder_IsRefused(string name)
    {
        using var world = new World();
        world.Hub.Commit("evil", (name, Config, false), ("config.json", Config, false), ("model.safetensors", world.Weights, true));
        Assert.That(FailureOf(async () => await world.Download("evil")), Is.EqualTo(HubFailure.BadAnswer));
        Assert.That(Directory.Exists(world.Cache), Is.False);
    }

    [TestCase("{}")]
    [TestCase("<html>")]
    [TestCase("{\"sha\": \"../..\", \"siblings\": []}")]
    [TestCase("{\"sha\": \"0123456789012345678901234567890123456789\", \"siblings\": [{}]}")]
    [TestCase("{\"sha\": \"0123456789012345678901234567890123456789\", \"siblings\": [7]}")]
    public void Download_OfAnswersThatCannotBeUnderstood_SaysSo(string body)
    {
        using var world = new World();
        world.Hub.Break(r => true, new() { Body = Encoding.UTF8.GetBytes(body) });
        Assert.That(FailureOf(async () => await world.Download()), Is.EqualTo(HubFailure.BadAnswer));
    }

    [TestCase("\"../../evil\"")]
    [TestCase("\"\"")]
    [TestCase("\"a/b\"")]
    public void Download_OfAnEtagThatIsNoName_IsRefused(string etag)
    {
        using var world = new World();
        world.Hub.Break(r => r.Method == "HEAD" && r.Path.EndsWith("vocab.txt", StringComparison.Ordinal), new() { Status = 200, Headers = new() { ["ETag"] = etag } });
        Assert.That(FailureOf(async () => await world.Download()), Is.EqualTo(HubFailure.BadAnswer));
    }

    [Test]
    public async Task Download_RenamedRepository_IsFollowed_ButNotInCircles()
    {
        using var world = new World();
        world.Hub.Token = "hf_secret";
        HubDownloadOptions options = world.Options with { Token = "hf_secret" };
        world.Hub.Break(r => r.Path.StartsWith("/api", StringComparison.Ordinal), new() { Status = 307, Headers = new() { ["Location"] = "/api/models/owner/model/revision/main" } });
        await world.Download(options: options);
        world.Hub.Break(r => r.Path.StartsWith("/api", StringComparison.Ordinal), new() { Status = 307, Headers = new() { ["Location"] = "/api/models/owner/model/revision/main" } }, times: 20);
        Assert.That(FailureOf(async () => await world.Download(options: options)), Is.EqualTo(HubFailure.BadAnswer));
    }

    [Test]
    public async Task Download_ReportsFilesAndBytes_WithoutGoingBack()
    {
        using var world = new World();
        var reports = new List<HubProgress>();
        world.Hub.Break(r => r.AtContent, new() { CutAfter = 100_000 });
        await world.Download(progress: new Here(reports));
        long total = world.Weights.Length + Config.Length + Vocabulary.Length + Pooling.Length;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(reports[^1], Is.EqualTo(new HubProgress(reports[^1].File, 4, 4, total, total)));
            Assert.That(reports.Select(r => r.FilesDone), Is.Ordered);
            Assert.That(reports.Select(r => r.BytesDone), Is.Ordered);
        }
        reports.Clear();
        await world.Download(progress: new Here(reports));
        Assert.That(reports[^1], Is.EqualTo(new HubProgress(reports[^1].File, 4, 4, total, total)));
    }

    private sealed class Here(List<HubProgress> reports) : IProgress<HubProgress>
    {
        public void Report(HubProgress value) => reports.Add(value);
    }

    [Test]
    public async Task Download_Cancelled_Stops_AndKeepsWhatArrived()
    {
        using var world = new World();
        using var cancel = new CancellationTokenSource();
        world.Hub.Break(r => r.AtContent, new() { CutAfter = 100_000 });
        world.Hub.Break(r => r.AtContent, new() { Hang = true });
        Task<string> download = world.Download(token: cancel.Token);
        while (world.Hub.Requests.Count(r => r.AtContent) < 2) await Task.Delay(5);
        await cancel.CancelAsync();
        Assert.That(async () => await download, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(new FileInfo(world.Blob + ".incomplete").Length, Is.EqualTo(100_000));
    }

    [Test]
    public async Task Download_AConnectionThatStandsStill_IsGivenUpAndTriedAgain()
    {
        using var world = new World();
        world.Hub.Break(r => r.AtContent, new() { Hang = true });
        string folder = await world.Download(options: world.Options with { IdleTimeout = TimeSpan.FromMilliseconds(200) });
        Assert.That(File.ReadAllBytes(Path.Combine(folder, "model.safetensors")), Is.EqualTo(world.Weights));
    }

    [Test]
    public async Task Download_ManyAtOnce_LoadEachBlobOnce()
    {
        using var world = new World();
        string[] folders = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => world.Download()));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(folders.Distinct(), Has.Exactly(1).Items);
            Assert.That(world.Hub.Requests.Count(r => r.AtContent), Is.EqualTo(1));
        }
    }

    [Test]
    public async Task Download_ThroughAHandlerOfTheCallers_AndThroughAProxy()
    {
        using var world = new World();
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        await world.Download(options: world.Options with { Handler = handler });
        using var follows = new SocketsHttpHandler();
        Assert.That(async () => await world.Download(options: world.Options with { Handler = follows }), Throws.ArgumentException.With.Message.Contains("AllowAutoRedirect"));

        // The hub's own listener as the proxy of an address that does not exist: the request arrives there with its full address.
        var proxy = new System.Net.WebProxy(world.Hub.Endpoint);
        world.Hub.Forget();
        world.Hub.Break(r => r.Path.StartsWith("http://hub.invalid/api", StringComparison.Ordinal), new() { Status = 404, Headers = new() { ["X-Error-Code"] = "RevisionNotFound" } });
        Assert.That(FailureOf(async () => await world.Download(options: world.Options with { Endpoint = new Uri("http://hub.invalid"), Proxy = proxy })), Is.EqualTo(HubFailure.RevisionNotFound));
        Assert.That(world.Hub.Requests[0].Path, Is.EqualTo("http://hub.invalid/api/models/owner/model/revision/main"));
    }

    [TestCase("")]
    [TestCase("a/b/c")]
    [TestCase("../x")]
    [TestCase("a--b")]
    [TestCase("a b/c")]
    [TestCase("owner/.model")]
    public void Download_OfANameThatIsNone_IsRefused(string repository) =>
        Assert.That(() => HuggingFaceHub.DownloadAsync(repository), Throws.ArgumentException);

    [TestCase("")]
    [TestCase("../main")]
    [TestCase("refs/../../x")]
    public void Download_OfARevisionThatIsNone_IsRefused(string revision) =>
        Assert.That(() => HuggingFaceHub.DownloadAsync("owner/model", revision), Throws.ArgumentException);

    [Test]
    public async Task Download_OfAPullRequest_KeepsItsRefInFolders()
    {
        using var world = new World();
        string commit = world.Hub.Commit("refs/pr/1", ("config.json", Config, false), ("model.safetensors", world.Weights, true));
        await world.Download("refs/pr/1");
        Assert.That(File.ReadAllText(Path.Combine(world.Repository, "refs", "refs", "pr", "1")), Is.EqualTo(commit));
    }

    [TestCase("config.json", "*.json", true)]
    [TestCase("1_Pooling/config.json", "*.json", true)]
    [TestCase("onnx/model.json", "onnx/*", true)]
    [TestCase("a.JSON", "*.json", false)]
    [TestCase("abc", "a?c", true)]
    [TestCase("abc", "a*b*c*", true)]
    [TestCase("ab", "a*b?", false)]
    [TestCase("aXbXc", "*X*X*X*", false)]
    public void Patterns_MatchAsPythonsDo(string path, string pattern, bool expected) =>
        Assert.That(HubNames.Matches(path, pattern), Is.EqualTo(expected));
}
