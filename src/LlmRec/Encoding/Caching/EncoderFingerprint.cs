using System.Security.Cryptography;
using LlmRec.Transformers;

namespace LlmRec;

/// <summary>Finds out which encoder one is.</summary>
internal static class EncoderFingerprint
{
    /// <summary>The encoder's own fingerprint, or a hash of the state it would save; <see langword="null"/> when nobody knows.</summary>
    public static string? Of(IItemEncoder encoder)
    {
        if (encoder is IFingerprintedEncoder known) return known.Fingerprint.Length > 0 ? known.Fingerprint : null;
        if (encoder is CachedItemEncoder cached) return cached.Fingerprint;
        if (encoder is not ISavedEncoder { Kind: { } kind } saved) return null;
        string inner = "";
        if (encoder is GeometryItemEncoder geometry)
        {
            if (Of(geometry.Inner) is not { } known2) return null;
            inner = known2;
        }
        var writer = new SafeTensorsWriter();
        saved.Save(writer, "");
        using var hash = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
            writer.WriteAsync(stream).GetAwaiter().GetResult();
        return $"{kind}:{Convert.ToHexStringLower(hash.Hash!)}:{inner}";
    }
}
