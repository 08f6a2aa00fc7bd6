namespace LlmRec.Transformers;

public sealed partial class Tokenizer
{
    private static readonly string[] FileNames = ["tokenizer.json", "vocab.json", "vocab.txt", "spiece.model", "sentencepiece.bpe.model", "tokenizer.model"];

    /// <summary>
    /// Reads a tokenizer from a folder as published (<c>tokenizer.json</c>, else <c>vocab.json</c> with <c>merges.txt</c>,
    /// <c>vocab.txt</c>, <c>spiece.model</c>, <c>sentencepiece.bpe.model</c> or <c>tokenizer.model</c>) or from one of these files.
    /// <c>tokenizer_config.json</c> beside it names the special tokens and, without <c>tokenizer.json</c>, the kind.
    /// </summary>
    /// <param name="folderOrFile">The folder or the file.</param>
    /// <exception cref="ArgumentException"><paramref name="folderOrFile"/> is empty.</exception>
    /// <exception cref="FileNotFoundException">Nothing is there, or no tokenizer in the folder.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or uses what is not supported; says where.</exception>
    public static Tokenizer Load(string folderOrFile)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folderOrFile);
        if (!Directory.Exists(folderOrFile)) return LoadFile(folderOrFile);
        foreach (string name in FileNames)
        {
            string path = Path.Combine(folderOrFile, name);
            if (File.Exists(path)) return LoadFile(path);
        }
        throw new FileNotFoundException($"the folder {folderOrFile} holds no tokenizer: none of {string.Join(", ", FileNames)} is there", folderOrFile);
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
        string merges = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "merges.txt");
        byte[] json = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".TXT" => WordPieceFiles.ToTokenizerJson(bytes, file, config),
            ".MODEL" => SentencePieceFiles.ToTokenizerJson(bytes, file, config),
            _ when file.Equals("vocab.json", StringComparison.OrdinalIgnoreCase) => File.Exists(merges)
                ? BpeFiles.ToTokenizerJson(bytes, File.ReadAllBytes(merges), file, config)
                : throw new FileNotFoundException($"the merges of {path} are not beside it: {merges} does not exist", merges),
            _ => bytes,
        };
        return TokenizerJson.Read(json, file, config);
    }
}
