using System.Net;
using System.Net.Http.Headers;

namespace LlmRec.Transformers;

/// <summary>Requests to a hub: token, redirects, and patience with a hub that is busy. Thread-safe.</summary>
internal sealed class HubClient : IDisposable
{
    private const int MostRedirects = 10;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly HttpMessageInvoker _http;
    private readonly HubSettings _settings;
    private readonly string _repository;

    public HubClient(HubSettings settings, string repository)
    {
        _settings = settings;
        _repository = repository;
        HubDownloadOptions options = settings.Options;
        _http = options.Handler is { } given
            ? new HttpMessageInvoker(given, disposeHandler: false)
            : new HttpMessageInvoker(new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.None,
                ConnectTimeout = options.IdleTimeout,
                Proxy = options.Proxy,
            });
    }

    public Uri Address(string path) => new(_settings.Endpoint, path);

    /// <summary>Sends a request until it has an answer that stands; redirects are followed.</summary>
    /// <param name="method">The method.</param>
    /// <param name="address">Where.</param>
    /// <param name="from">First byte wanted, or 0.</param>
    /// <param name="what">For messages: the file, or nothing.</param>
    /// <param name="elsewhere">Whether redirects to other hosts are followed; of the answer that redirects there the headers are wanted otherwise.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="HuggingFaceHubException">The hub refuses.</exception>
    /// <exception cref="HubBusyException">It may be tried again.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri address, long from, string what, bool elsewhere, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_settings.Options.IdleTimeout);
        for (int hop = 0; ; hop++)
        {
            using var request = new HttpRequestMessage(method, address);
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
            request.Headers.TryAddWithoutValidation("User-Agent", "LlmRec (.NET)");
            if (from > 0) request.Headers.Range = new RangeHeaderValue(from, null);
            if (_settings.Token is { } token && SameOrigin(address, _settings.Endpoint)) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            HttpResponseMessage response;
            try
            {
                response = await _http.SendAsync(request, patience.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (IsBroken(e, cancellationToken))
            {
                throw new HubBusyException($"{address.GetLeftPart(UriPartial.Authority)} cannot be reached: {e.Message}", null, e);
            }
            if ((int)response.StatusCode is >= 301 and <= 308 and not 304 and not 305 and not 306 && response.Headers.Location is { } location)
            {
                var next = new Uri(address, location);
                if (!elsewhere && !SameOrigin(next, address)) return response;
                response.Dispose();
                if (hop == MostRedirects) throw new HuggingFaceHubException(HubFailure.BadAnswer, $"{_repository}: more than {MostRedirects} redirects, the last to '{next}'");
                if (next.Scheme is not ("http" or "https") || (address.Scheme == "https" && next.Scheme == "http"))
                    throw new HuggingFaceHubException(HubFailure.BadAnswer, $"{_repository}: '{address}' redirects to '{next}', which is not safe to follow");
                address = next;
                continue;
            }
            if (response.IsSuccessStatusCode || (from > 0 && response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)) return response;
            using (response) throw Refused(response, what);
        }
    }

    /// <summary>Does something again after a pause, as long as the hub is busy or the connection breaks.</summary>
    /// <param name="action">Gives the result, and says by its argument when it moved on, which makes the count begin anew.</param>
    /// <param name="what">For messages: the file, or nothing.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<T> RetryAsync<T>(Func<Action, Task<T>> action, string what, CancellationToken cancellationToken)
    {
        for (int failures = 0; ;)
        {
            try
            {
                return await action(() => failures = 0).ConfigureAwait(false);
            }
            catch (HubBusyException e)
            {
                if (failures++ == _settings.Options.MaxRetries)
                    throw new HuggingFaceHubException(HubFailure.Unavailable, $"{Named(what)}: {e.Message} (tried {failures} times); try later, or work with what is in the cache ({nameof(HubDownloadOptions.Offline)}, HF_HUB_OFFLINE=1)", e);
                TimeSpan pause = e.After ?? TimeSpan.FromSeconds(Math.Min(30, Math.Pow(2, failures - 1)));
                if (pause > LongestPause)
                    throw new HuggingFaceHubException(HubFailure.Unavailable, $"{Named(what)}: {e.Message}, and asks to be left alone for {pause}", e);
                await Task.Delay(pause, _settings.Options.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>True for what a connection does when it breaks or stands still, and not when the caller stopped it.</summary>
    public static bool IsBroken(Exception e, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && e is HttpRequestException or HttpIOException or System.Net.Sockets.SocketException or EndOfStreamException or OperationCanceledException or TimeoutException;

    private Exception Refused(HttpResponseMessage response, string what)
    {
        int status = (int)response.StatusCode;
        string code = Header(response, "X-Error-Code") ?? "", says = Header(response, "X-Error-Message") is { } message ? $" ({message})" : "";
        if (status is 408 or 429 or >= 500)
        {
            TimeSpan? after = response.Headers.RetryAfter switch
            {
                { Delta: { } delta } => delta,
                { Date: { } date } => date - _settings.Options.TimeProvider.GetUtcNow() is var wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
                _ => null,
            };
            return new HubBusyException($"the hub answers {status}{says}", after, null);
        }
        string token = _settings.Token is null ? "no token was given: set HF_TOKEN" : "check the token and what it may read";
        return (code, status) switch
        {
            ("GatedRepo", _) => new HuggingFaceHubException(HubFailure.AccessDenied, $"{Named(what)} is gated{says}: accept its terms at {Address(_repository)}, and {token}"),
            ("RevisionNotFound", _) => new HuggingFaceHubException(HubFailure.RevisionNotFound, $"{Named(what)}: there is no such revision{says}"),
            ("EntryNotFound", _) => new HuggingFaceHubException(HubFailure.FileNotFound, $"{Named(what)}: there is no such file{says}"),
            ("RepoNotFound", _) or (_, 404) => new HuggingFaceHubException(HubFailure.RepositoryNotFound, $"{Named(what)} was not found at {_settings.Endpoint}{says}: check the name; if it is private, {token}"),
            (_, 401 or 403) => new HuggingFaceHubException(HubFailure.AccessDenied, $"{Named(what)}: access is denied ({status}){says}: {token}"),
            _ => new HuggingFaceHubException(HubFailure.BadAnswer, $"{Named(what)}: the hub answers {status}{says}"),
        };
    }

    private string Named(string what) => what.Length == 0 ? $"'{_repository}'" : $"'{_repository}', {what}";

    public static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out HeaderStringValues values) || response.Content.Headers.NonValidated.TryGetValues(name, out values) ? values.FirstOrDefault() : null;

    private static bool SameOrigin(Uri a, Uri b) => Uri.Compare(a, b, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
