namespace LlmRec.Transformers;

/// <summary>Names that come from outside and become paths: what may, and what must not.</summary>
internal static class HubNames
{
    /// <summary>Checks <c>name</c> or <c>owner/name</c>.</summary>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public static void CheckRepository(string repository)
    {
        string[] parts = repository.Split('/');
        bool fine = parts.Length is 1 or 2 && parts.All(p => p.Length is > 0 and <= 96 && p.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            && p[0] is not ('.' or '-') && p[^1] is not ('.' or '-')) && !repository.Contains("--", StringComparison.Ordinal) && !repository.Contains("..", StringComparison.Ordinal);
        if (!fine) throw new ArgumentException($"'{repository}' is not a repository: 'owner/name', such as 'sentence-transformers/all-MiniLM-L6-v2', is expected", nameof(repository));
    }

    /// <summary>Checks a branch, tag, <c>refs/pr/1</c> or commit.</summary>
    /// <exception cref="ArgumentException">It could not be one.</exception>
    public static void CheckRevision(string revision)
    {
        if (!IsSafe(revision)) throw new ArgumentException($"'{revision}' is not a revision: a branch, a tag or a commit is expected", nameof(revision));
    }

    /// <summary>True for a relative path with forward slashes that stays below its folder on any system.</summary>
    public static bool IsSafe(string path) => path.Length is > 0 and <= 1024 && path.Split('/').All(IsSafeSegment);

    /// <summary>True for the full hash of a commit.</summary>
    public static bool IsCommit(string text) => text.Length == 40 && text.All(char.IsAsciiHexDigitLower);

    /// <summary>An etag as the cache names blobs by it, or null when it is not fit for that.</summary>
    public static string? Etag(string? header)
    {
        string? etag = header?.Trim();
        if (etag is null) return null;
        if (etag.StartsWith("W/", StringComparison.Ordinal)) etag = etag[2..];
        etag = etag.Trim('"');
        return etag.Length is > 0 and <= 128 && etag.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? etag : null;
    }

    /// <summary>Matches as Python's <c>fnmatchcase</c> does, classes in brackets left out: <c>*</c> any characters, <c>?</c> one.</summary>
    public static bool Matches(string path, string pattern)
    {
        int p = 0, s = 0, star = -1, from = 0;
        while (s < path.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                from = s;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == path[s]))
            {
                p++;
                s++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                s = ++from;
            }
            else
            {
                return false;
            }
        }
        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }

    private static bool IsSafeSegment(string segment) =>
        segment.Length > 0 && segment is not ("." or "..") && segment[^1] is not (' ' or '.') && !segment.Any(c => c is '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|' || char.IsControl(c));
}
