using System.IO.Compression;
using System.Text;

namespace LlmRec.Tests.Data.Reading;

/// <summary>Reads what a test writes down.</summary>
internal static class Given
{
    public static Task<InteractionLog> Log(string text, InteractionReadOptions? options = null) => Log(Encoding.UTF8.GetBytes(text), options);

    public static Task<InteractionLog> Log(byte[] bytes, InteractionReadOptions? options = null) =>
        InteractionLog.ReadAsync(new MemoryStream(bytes), "events", options);

    public static Task<Catalog> Catalog(string text, CatalogReadOptions? options = null) => Catalog(Encoding.UTF8.GetBytes(text), options);

    public static Task<Catalog> Catalog(byte[] bytes, CatalogReadOptions? options = null) =>
        LlmRec.Catalog.ReadAsync(new MemoryStream(bytes), "items", options);

    public static byte[] Gzip(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(bytes);
        return packed.ToArray();
    }

    /// <summary>The message of the <see cref="InvalidDataException"/> that reading fails with.</summary>
    public static async Task<string> Failure(Task reading)
    {
        InvalidDataException? e = await Assert.ThrowsAsync<InvalidDataException>(() => reading);
        return e!.Message;
    }
}
