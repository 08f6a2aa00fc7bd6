using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LlmRec.Transformers;

/// <summary>Checks a file against the hash that its etag is: SHA-256 of large files, git's SHA-1 of <c>blob SIZE\0</c> and the content of small ones.</summary>
internal static class BlobHash
{
    /// <summary>The hash that should equal the etag, or null when the etag is no hash that we know.</summary>
    public static async Task<string?> OfAsync(string path, string etag, CancellationToken cancellationToken)
    {
        bool hex = etag.All(char.IsAsciiHexDigitLower);
        if (!hex || etag.Length is not (40 or 64)) return null;
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous);
        using var hash = IncrementalHash.CreateHash(etag.Length == 64 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        if (etag.Length == 40) hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {stream.Length}\0")));
        byte[] block = new byte[1 << 16];
        for (int read; (read = await stream.ReadAsync(block, cancellationToken).ConfigureAwait(false)) > 0;) hash.AppendData(block, 0, read);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
