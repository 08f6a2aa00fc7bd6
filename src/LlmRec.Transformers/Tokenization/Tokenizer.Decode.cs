namespace LlmRec.Transformers;

public sealed partial class Tokenizer
{
    /// <summary>The text that ids stand for.</summary>
    /// <param name="ids">Ids; those without a token are left out.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = false)
    {
        var tokens = new List<string>(ids.Length);
        foreach (int id in ids)
        {
            string? token = _normalizedAdded.TryGetValue(id, out string? normalized) ? normalized : Vocabulary[id];
            if (token is not null && !(skipSpecialTokens && _specialContents.Contains(token))) tokens.Add(token);
        }
        if (_decoder is null) return string.Join(' ', tokens);
        _decoder.Apply(tokens);
        return string.Concat(tokens);
    }

    /// <summary>The text that ids stand for.</summary>
    /// <param name="ids">Ids; those without a token are left out.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    /// <exception cref="ArgumentNullException"><paramref name="ids"/> is <c>null</c>.</exception>
    public string Decode(IEnumerable<int> ids, bool skipSpecialTokens = false)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return Decode([.. ids], skipSpecialTokens);
    }
}
