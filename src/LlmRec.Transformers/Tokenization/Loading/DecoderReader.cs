namespace LlmRec.Transformers;

/// <summary>Reads the section <c>decoder</c>.</summary>
internal static class DecoderReader
{
    public static TokenDecoder? Read(JsonView view)
    {
        if (view.IsNull) return null;
        switch (view.Type)
        {
            case "WordPiece":
                return new WordPieceDecoder(view.TextOrNull("prefix") ?? "##", view.Flag("cleanup", true));
            case "ByteLevel":
                return new ByteLevelDecoder();
            case "ByteFallback":
                return new ByteFallbackDecoder();
            case "Metaspace":
                return new MetaspaceDecoder(view.Character("replacement"), PreTokenizerReader.Scheme(view));
            case "Fuse":
                return new FuseDecoder();
            case "Strip":
                return new StripDecoder(view.Character("content"), view.CountOrNull("start") ?? 0, view.CountOrNull("stop") ?? 0);
            case "Replace":
                return new ReplaceDecoder(PatternReader.Read(view["pattern"]), view.Text("content"));
            case "BPEDecoder":
                return new SuffixDecoder(view.TextOrNull("suffix") ?? "</w>");
            case "CTC":
                return new CtcDecoder(view.Text("pad_token"), view.Text("word_delimiter_token"), view.Flag("cleanup", true));
            case "Sequence":
                return new SequenceDecoder([.. view["decoders"].Items().Select(Read).OfType<TokenDecoder>()]);
            default:
                throw view["type"].Error($"the decoder '{TokenizerJson.Short(view.Type)}' is unknown");
        }
    }
}
