using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace LlmRec;

/// <summary>What a vector was made of, as 128 bits of SHA-256 over an encoder's fingerprint and the content it reads.</summary>
/// <param name="Hash">The bits.</param>
public readonly record struct EmbeddingKey(UInt128 Hash)
{
    /// <summary>The key of a text.</summary>
    /// <param name="fingerprint">Which encoder.</param>
    /// <param name="text">What it reads.</param>
    public static EmbeddingKey Of(string fingerprint, string text)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        ArgumentNullException.ThrowIfNull(text);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, fingerprint);
        Append(hash, text);
        return Finish(hash);
    }

    /// <summary>The key of an item: all that an encoder could read of it (title, text, categories, attributes and vectors), but neither id nor time.</summary>
    /// <param name="fingerprint">Which encoder.</param>
    /// <param name="item">The item.</param>
    public static EmbeddingKey Of(string fingerprint, Item item)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        ArgumentNullException.ThrowIfNull(item);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, fingerprint);
        Append(hash, item.Title);
        Append(hash, item.Text);
        Append(hash, item.Categories.Count);
        foreach (string category in item.Categories) Append(hash, category);
        Append(hash, item.Attributes.Count);
        foreach ((string name, string value) in item.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            Append(hash, name);
            Append(hash, value);
        }
        Append(hash, item.Vectors.Count);
        foreach ((string name, ReadOnlyMemory<float> vector) in item.Vectors.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            Append(hash, name);
            Append(hash, vector.Length);
            foreach (float x in vector.Span) Append(hash, BitConverter.SingleToInt32Bits(x));
        }
        return Finish(hash);
    }

    // Each piece goes in with its length, so that no two ways of cutting give the same bytes.
    private static void Append(IncrementalHash hash, string? text)
    {
        Append(hash, text?.Length ?? 0);
        ReadOnlySpan<char> rest = text;
        if (BitConverter.IsLittleEndian)
        {
            hash.AppendData(MemoryMarshal.AsBytes(rest));
            return;
        }
        Span<byte> two = stackalloc byte[2];
        foreach (char c in rest)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(two, c);
            hash.AppendData(two);
        }
    }

    private static void Append(IncrementalHash hash, int number)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(four, number);
        hash.AppendData(four);
    }

    private static EmbeddingKey Finish(IncrementalHash hash)
    {
        Span<byte> bytes = stackalloc byte[32];
        hash.GetHashAndReset(bytes);
        return new(BinaryPrimitives.ReadUInt128LittleEndian(bytes));
    }
}
