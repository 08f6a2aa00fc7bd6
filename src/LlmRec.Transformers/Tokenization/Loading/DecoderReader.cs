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
            case "Sequence":
                return new SequenceDecoder([.. view["decoders"].Items().Select(d => Read(d) ?? throw d.Error("a decoder is expected, found null"))]);
            default:
                throw view["type"].Error($"the decoder '{TokenizerJson.Short(view.Type)}' is unknown");
        }
    }
}
