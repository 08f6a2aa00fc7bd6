namespace LlmRec.Transformers;

public sealed partial class Tokenizer
{
    /// <summary>
    /// Reads a tokenizer from a folder as published (<c>tokenizer.json</c>, else <c>vocab.txt</c>; <c>tokenizer_config.json</c>
    /// beside it names the special tokens) or from one of these files.
    /// </summary>
    /// <param name="folderOrFile">The folder or the file.</param>
    /// <exception cref="ArgumentException"><paramref name="folderOrFile"/> is empty.</exception>
    /// <exception cref="FileNotFoundException">Nothing is there, or no tokenizer in the folder.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or uses what is not supported; says where.</exception>
    public static Tokenizer Load(string folderOrFile)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folderOrFile);
        if (!Directory.Exists(folderOrFile)) return LoadFile(folderOrFile);
        foreach (string name in (ReadOnlySpan<string>)["tokenizer.json", "vocab.txt"])
        {
            string path = Path.Combine(folderOrFile, name);
            if (File.Exists(path)) return LoadFile(path);
        }
        throw new FileNotFoundException($"the folder {folderOrFile} holds no tokenizer: none of tokenizer.json and vocab.txt is there", folderOrFile);
    }

    /// <summary>Reads the text of a <c>tokenizer.json</c>.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is <c>null</c>.</exception>
    /// <exception cref="InvalidDataException">The text is damaged or uses what is not supported; says where.</exception>
    public static Tokenizer FromJson(ReadOnlyMemory<byte> json, string name = "tokenizer.json")
    {
        ArgumentNullException.ThrowIfNull(name);
        return TokenizerJson.Read(json, name, null);
    }

    /// <summary>Reads the text of a <c>vocab.txt</c>, WordPiece's list of pieces, one a line, in the id's order; lower case, as BERT's uncased models have it.</summary>
    /// <param name="vocabulary">UTF-8.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is <c>null</c>.</exception>
    /// <exception cref="InvalidDataException">The text is not UTF-8, or one of the special tokens is missing.</exception>
    public static Tokenizer FromWordPieces(ReadOnlyMemory<byte> vocabulary, string name = "vocab.txt")
    {
        ArgumentNullException.ThrowIfNull(name);
        return TokenizerJson.Read(WordPieceFiles.ToTokenizerJson(vocabulary.ToArray(), name, new TokenizerConfig()), name, null);
    }

    private static Tokenizer LoadFile(string path)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"the tokenizer {path} does not exist", path);
        string file = Path.GetFileName(path);
        TokenizerConfig config = TokenizerConfig.Read(Path.GetDirectoryName(Path.GetFullPath(path))!);
        byte[] bytes = File.ReadAllBytes(path);
        return Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".TXT" => TokenizerJson.Read(WordPieceFiles.ToTokenizerJson(bytes, file, config), file, config),
            _ => TokenizerJson.Read(bytes, file, config),
        };
    }
}
