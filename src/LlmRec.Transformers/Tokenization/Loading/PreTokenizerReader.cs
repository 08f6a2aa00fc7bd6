namespace LlmRec.Transformers;

/// <summary>Reads the section <c>pre_tokenizer</c>.</summary>
internal static class PreTokenizerReader
{
    public static PreTokenizer? Read(JsonView view)
    {
        if (view.IsNull) return null;
        switch (view.Type)
        {
            case "BertPreTokenizer":
                return new BertPreTokenizer();
            case "ByteLevel":
                return new ByteLevelPreTokenizer(view.Flag("add_prefix_space", true), view.Flag("use_regex", true));
            case "Metaspace":
                return new MetaspacePreTokenizer(view.Character("replacement"), Scheme(view), view.Flag("split", true));
            case "Split":
                return new SplitPreTokenizer(PatternReader.Read(view["pattern"]), Behavior(view["behavior"]), view.Flag("invert", false));
            case "Digits":
                return new SplitPreTokenizer(new ClassPattern(CodePointClass.Numeric), view.Flag("individual_digits", false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous, invert: false);
            case "Punctuation":
                return new SplitPreTokenizer(new ClassPattern(CodePointClass.Punctuation), view["behavior"].IsNull ? SplitBehavior.Isolated : Behavior(view["behavior"]), invert: false);
            case "WhitespaceSplit":
                return new SplitPreTokenizer(new ClassPattern(CodePointClass.White), SplitBehavior.Removed, invert: false);
            case "Whitespace":
                return new SplitPreTokenizer(new WordOrSymbolsPattern(), SplitBehavior.Removed, invert: true);
            case "CharDelimiterSplit":
                return new SplitPreTokenizer(new LiteralPattern(view.Character("delimiter").ToString()), SplitBehavior.Removed, invert: false);
            case "FixedLength":
                int length = view.CountOrNull("length") ?? 5;
                return length > 0 ? new FixedLengthPreTokenizer(length) : throw view["length"].Error("a length above 0 is expected");
            case "Sequence":
                return new SequencePreTokenizer([.. view["pretokenizers"].Items().Select(Read).OfType<PreTokenizer>()]);
            default:
                throw view["type"].Error($"the pre-tokenizer '{TokenizerJson.Short(view.Type)}' is unknown");
        }
    }

    /// <summary>The older flag add_prefix_space may say "never".</summary>
    public static PrependScheme Scheme(JsonView view)
    {
        string? scheme = view.TextOrNull("prepend_scheme");
        bool never = view.FlagOrNull("add_prefix_space") == false;
        return scheme switch
        {
            null => never ? PrependScheme.Never : PrependScheme.Always,
            "never" => PrependScheme.Never,
            "always" or "first" when never => throw view["add_prefix_space"].Error($"add_prefix_space is false, but prepend_scheme is '{scheme}'"),
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            _ => throw view["prepend_scheme"].Error($"the scheme '{TokenizerJson.Short(scheme)}' is unknown"),
        };
    }

    private static SplitBehavior Behavior(JsonView view) => view.AsText() switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        string other => throw view.Error($"the behaviour '{TokenizerJson.Short(other)}' is unknown"),
    };
}
