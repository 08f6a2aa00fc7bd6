namespace LlmRec.Transformers;

/// <summary>The tokens of a <see cref="Tokenizer"/>: id to text and back. Immutable and thread-safe.</summary>
public sealed class Vocabulary
{
    private readonly string?[] _tokens;
    private readonly Dictionary<string, int> _model;
    private readonly Dictionary<string, int> _added;
    private readonly HashSet<int> _addedIds = [], _specialIds = [];

    internal Vocabulary(Dictionary<string, int> model, IReadOnlyList<AddedToken> added)
    {
        _model = model;
        _added = new Dictionary<string, int>(StringComparer.Ordinal);
        int size = 0;
        foreach (int id in model.Values) size = Math.Max(size, id + 1);
        foreach (AddedToken token in added) size = Math.Max(size, token.Id + 1);
        _tokens = new string?[size];
        foreach ((string token, int id) in model)
        {
            _tokens[id] = token;
            TotalUnits += token.Length;
        }
        foreach (AddedToken token in added)
        {
            _tokens[token.Id] = token.Content;
            _added[token.Content] = token.Id;
            _addedIds.Add(token.Id);
            if (token.IsSpecial) _specialIds.Add(token.Id);
        }
        AddedTokens = added;
    }

    /// <summary>One more than the largest id: the rows an embedding table needs. Some ids may have no token.</summary>
    public int Size => _tokens.Length;

    /// <summary>The tokens that are recognised in a text before the model sees it, special ones among them.</summary>
    public IReadOnlyList<AddedToken> AddedTokens { get; }

    /// <summary>The entries of the model alone, without tokens that were only added.</summary>
    internal IReadOnlyDictionary<string, int> ModelEntries => _model;

    /// <summary>The model's entries by span.</summary>
    internal Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> Lookup => _model.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Units of all the model's tokens together.</summary>
    internal long TotalUnits { get; }

    /// <summary>The text of a token, as the vocabulary spells it (<c>##ing</c>, <c>Ġthe</c>), or <c>null</c> when the id has none.</summary>
    /// <param name="id">An id; one out of range has no token.</param>
    public string? this[int id] => (uint)id < (uint)_tokens.Length ? _tokens[id] : null;

    /// <summary>Finds the id of a token.</summary>
    /// <param name="token">The token as the vocabulary spells it.</param>
    /// <param name="id">Its id.</param>
    /// <exception cref="ArgumentNullException"><paramref name="token"/> is <c>null</c>.</exception>
    public bool TryGetId(string token, out int id)
    {
        ArgumentNullException.ThrowIfNull(token);
        return _added.TryGetValue(token, out id) || _model.TryGetValue(token, out id);
    }

    /// <summary>The id of a token, or <c>null</c>.</summary>
    /// <param name="token">The token as the vocabulary spells it.</param>
    /// <exception cref="ArgumentNullException"><paramref name="token"/> is <c>null</c>.</exception>
    public int? IdOf(string token) => TryGetId(token, out int id) ? id : null;

    /// <summary>Whether an id is that of a special token, such as <c>[CLS]</c>.</summary>
    /// <param name="id">An id.</param>
    public bool IsSpecial(int id) => _specialIds.Contains(id);

    internal bool IsAdded(int id) => _addedIds.Contains(id);
}
