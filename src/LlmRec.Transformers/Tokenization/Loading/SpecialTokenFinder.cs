namespace LlmRec.Transformers;

/// <summary>Finds which token has which office: as the configuration says, else by the names that are in use.</summary>
internal static class SpecialTokenFinder
{
    public static SpecialTokens Find(TokenizerConfig config, Vocabulary vocabulary, TokenModel model, PaddingOptions? padding)
    {
        int? Id(string key, params ReadOnlySpan<string> names)
        {
            if (config.Token(key) is { } given && vocabulary.TryGetId(given, out int id)) return id;
            foreach (string name in names)
                if (vocabulary.TryGetId(name, out id)) return id;
            return null;
        }

        return new SpecialTokens
        {
            Cls = Id("cls_token", "[CLS]", "<s>"),
            Sep = Id("sep_token", "[SEP]", "</s>"),
            Pad = Id("pad_token", "[PAD]", "<pad>", "<|pad|>") ?? padding?.PadId,
            Unk = Id("unk_token") ?? model.UnknownId ?? Id("unk_token", "[UNK]", "<unk>"),
            Mask = Id("mask_token", "[MASK]", "<mask>"),
            Bos = Id("bos_token", "<s>", "<bos>", "<|begin_of_text|>"),
            Eos = Id("eos_token", "</s>", "<eos>", "<|end_of_text|>", "<|endoftext|>"),
        };
    }
}
