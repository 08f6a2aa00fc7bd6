namespace LlmRec.Transformers;

/// <summary>Every word is a token or unknown.</summary>
internal sealed class WordLevelModel(Vocabulary vocabulary, int unknown) : TokenModel
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids = vocabulary.Lookup;

    public override string Type => "WordLevel";

    public override int? UnknownId => unknown >= 0 ? unknown : null;

    public override void Encode(ReadOnlySpan<char> word, EncodeScratch scratch)
    {
        if (!_ids.TryGetValue(word, out int id)) id = unknown;
        if (id < 0) throw new InvalidOperationException("the text has a word that is not in the vocabulary, and the tokenizer has no unknown token");
        scratch.Sink.Add(id, 0, word.Length);
    }
}
