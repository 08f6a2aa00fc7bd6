namespace LlmRec.Transformers;

public sealed partial class Tokenizer
{
    /// <summary>Ids with the special tokens around them that a text of these ids would have.</summary>
    internal int[] Wrap(ReadOnlySpan<int> ids)
    {
        var wrapped = new List<int>(ids.Length + _postProcessor.Added(false));
        foreach (ref readonly TemplatePiece piece in _postProcessor.Pieces(false)) wrapped.AddRange(piece.Sequence < 0 ? piece.Ids : ids);
        return [.. wrapped];
    }
}
