namespace LlmRec.Transformers;

/// <summary>Several texts as words' ids, one after the other without padding.</summary>
public readonly ref struct PackedTokens
{
    /// <summary>Texts of which text i has the ids <paramref name="starts"/>[i] to <paramref name="starts"/>[i + 1].</summary>
    /// <param name="ids">Ids of all texts.</param>
    /// <param name="starts">n + 1 ascending positions in <paramref name="ids"/>, the first 0, the last its length.</param>
    /// <param name="types">Token types (0, or 1 for the second part of a pair), as many as ids; empty for zeros.</param>
    /// <exception cref="ArgumentException">The positions do not cut the ids into texts of at least one id, or the types are not as many.</exception>
    public PackedTokens(ReadOnlySpan<int> ids, ReadOnlySpan<int> starts, ReadOnlySpan<int> types = default)
    {
        if (starts.IsEmpty || starts[0] != 0 || starts[^1] != ids.Length)
            throw new ArgumentException($"the positions must begin with 0 and end with {ids.Length}, the number of ids", nameof(starts));
        for (int i = 1; i < starts.Length; i++)
            if (starts[i] <= starts[i - 1]) throw new ArgumentException($"text {i - 1} has no ids; even an empty text has special tokens, and a model needs at least one", nameof(starts));
        if (!types.IsEmpty && types.Length != ids.Length) throw new ArgumentException($"there are {types.Length} token types for {ids.Length} ids", nameof(types));
        Ids = ids;
        Starts = starts;
        Types = types;
    }

    /// <summary>Ids of all texts.</summary>
    public ReadOnlySpan<int> Ids { get; }

    /// <summary>Where texts begin, and after them the number of ids.</summary>
    public ReadOnlySpan<int> Starts { get; }

    /// <summary>Token types, or empty.</summary>
    public ReadOnlySpan<int> Types { get; }

    /// <summary>Number of texts.</summary>
    public int Count => Starts.Length - 1;
}
