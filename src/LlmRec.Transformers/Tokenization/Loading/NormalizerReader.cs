namespace LlmRec.Transformers;

/// <summary>Reads the section <c>normalizer</c>.</summary>
internal static class NormalizerReader
{
    public static TextNormalizer? Read(JsonView view)
    {
        if (view.IsNull) return null;
        switch (view.Type)
        {
            case "BertNormalizer":
                bool lowercase = view.Flag("lowercase", true);
                return new BertNormalizer(view.Flag("clean_text", true), view.Flag("handle_chinese_chars", true), view.FlagOrNull("strip_accents") ?? lowercase, lowercase);
            case "Lowercase":
                return new LowercaseNormalizer();
            case "StripAccents":
                return new MarkStripper();
            case "NFC":
                return new UnicodeNormalizer(compatibility: false, compose: true);
            case "NFD":
                return new UnicodeNormalizer(compatibility: false, compose: false);
            case "NFKC":
                return new UnicodeNormalizer(compatibility: true, compose: true);
            case "NFKD":
                return new UnicodeNormalizer(compatibility: true, compose: false);
            case "Replace":
                return new ReplaceNormalizer(PatternReader.Read(view["pattern"]), view.Text("content"));
            case "Prepend":
                return new PrependNormalizer(view.Text("prepend"));
            case "Strip":
                return new StripNormalizer(view.Flag("strip_left", true), view.Flag("strip_right", true));
            case "Nmt":
                return new NmtNormalizer();
            case "ByteLevel":
                return new ByteLevelNormalizer();
            case "Precompiled":
                JsonView map = view["precompiled_charsmap"];
                if (map.IsNull) return null;
                if (map.Value.ValueKind != System.Text.Json.JsonValueKind.String || !map.Value.TryGetBytesFromBase64(out byte[]? bytes)) throw map.Error("base64 text is expected");
                return bytes.Length == 0 ? null : new PrecompiledNormalizer(bytes, map);
            case "Sequence":
                return new SequenceNormalizer([.. view["normalizers"].Items().Select(Read).OfType<TextNormalizer>()]);
            default:
                throw view["type"].Error($"the normalizer '{TokenizerJson.Short(view.Type)}' is unknown");
        }
    }
}
