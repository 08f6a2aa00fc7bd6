using System.Text.Json;

namespace LlmRec.Transformers;

/// <summary>Opens JSON so that whatever is wrong with it comes out as one exception that names the file.</summary>
internal static class JsonFile
{
    public static void Read(string path, Action<JsonView> read)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"the file {path} does not exist", path);
        Parse(File.ReadAllBytes(path), Path.GetFileName(path), view =>
        {
            read(view);
            return true;
        });
    }

    /// <exception cref="InvalidDataException">The text is not JSON, or not what <paramref name="read"/> expects.</exception>
    public static T Parse<T>(ReadOnlyMemory<byte> json, string file, Func<JsonView, T> read)
    {
        try
        {
            if (json.Span.StartsWith("\uFEFF"u8)) json = json[3..];
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 64 });
            return read(new JsonView(document.RootElement, "$", file));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file}: {e.Path ?? "$"}: this is not valid JSON: {e.Message}", e);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"{file}: $: the file cannot be understood: {e.Message}", e);
        }
    }
}
