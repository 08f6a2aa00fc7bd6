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
            case "Sequence":
                return new SequencePreTokenizer([.. view["pretokenizers"].Items().Select(p => Read(p) ?? throw p.Error("a pre-tokenizer is expected, found null"))]);
            default:
                throw view["type"].Error($"the pre-tokenizer '{TokenizerJson.Short(view.Type)}' is unknown");
        }
    }
}
