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
            case "Sequence":
                return new SequenceNormalizer([.. view["normalizers"].Items().Select(n => Read(n) ?? throw n.Error("a normalizer is expected, found null"))]);
            default:
                throw view["type"].Error($"the normalizer '{TokenizerJson.Short(view.Type)}' is unknown");
        }
    }
}
