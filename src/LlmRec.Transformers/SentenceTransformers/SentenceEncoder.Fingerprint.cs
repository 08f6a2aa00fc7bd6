using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LlmRec.Transformers;

public sealed partial class SentenceEncoder
{
    private static readonly string[] ModelFiles = [".json", ".safetensors", ".txt", ".model"];

    private readonly Lock _hashing = new();
    private string? _fingerprint;

    /// <summary>
    /// A text that changes whenever a vector could by more than rounding, which differs between kinds of processors: SHA-256 over the model's files and the options that matter. The first call reads the files
    /// once more; the same files in another place have the same fingerprint.
    /// </summary>
    /// <exception cref="IOException">A file is no longer there.</exception>
    public string Fingerprint
    {
        get
        {
            lock (_hashing) return _fingerprint ??= Hash();
        }
    }

    /// <summary>The options the encoder was loaded with.</summary>
    public SentenceEncoderOptions Options => _options;

    private string Hash()
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // what a module's folder holds counts, other exports of the same model (onnx and the like) do not
        string[] folders = [.. new[] { Folder, _folder.Transformer, _folder.Pooling }.OfType<string>().Concat(_folder.Dense).Select(Path.GetFullPath).Distinct(StringComparer.Ordinal)];
        foreach (string path in folders.SelectMany(f => Directory.Exists(f) ? Directory.EnumerateFiles(f) : []).Where(f => ModelFiles.Contains(Path.GetExtension(f))).Distinct(StringComparer.Ordinal)
            .OrderBy(f => Path.GetRelativePath(Folder, f).Replace('\\', '/'), StringComparer.Ordinal))
        {
            using FileStream stream = File.OpenRead(path);
            all.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(Folder, path).Replace('\\', '/') + "\n"));
            all.AppendData(SHA256.HashData(stream));
        }

        all.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{_options.Weights} {Dimensions} {MaxTokens} {_options.Normalize} {_options.AllowSpecialTokens}")));
        return Convert.ToHexStringLower(all.GetHashAndReset());
    }
}
