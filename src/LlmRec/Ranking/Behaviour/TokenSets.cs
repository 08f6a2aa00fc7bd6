using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>Small sets of strings, one an item, compared by the cosine of their rarity-weighted indicator vectors.</summary>
/// <remarks>Reading from several threads is safe while nobody writes.</remarks>
internal sealed class TokenSets
{
    private readonly StringTable _tokens = new();
    private readonly List<int> _frequency = [];
    private readonly List<int[]> _sets = [];
    private int _described;

    /// <summary>Number of distinct tokens ever seen.</summary>
    public int TokenCount => _tokens.Count;

    /// <summary>True when no item has any token.</summary>
    public bool IsEmpty => _described == 0;

    public ReadOnlySpan<int> Of(int item) => item < _sets.Count ? _sets[item] : [];

    /// <summary>The number of a token, or −1.</summary>
    public int Find(ReadOnlySpan<char> token) => _tokens.Find(token);

    /// <summary>Changes with every change of the sets.</summary>
    public int Version { get; private set; }

    /// <summary>ln(1 + n/df) of every token: what all items share weighs little.</summary>
    /// <param name="rarities">Receives <see cref="TokenCount"/> values.</param>
    public void Rarities(Span<float> rarities)
    {
        for (int token = 0; token < TokenCount; token++) rarities[token] = _described / (float)Math.Max(1, _frequency[token]);
        TensorPrimitives.LogP1(rarities[..TokenCount], rarities);
    }

    /// <summary>Replaces the set of an item; repeated tokens count once.</summary>
    public void Set(int item, IEnumerable<string> tokens)
    {
        while (_sets.Count <= item) _sets.Add([]);
        Version++;
        Count(_sets[item], -1);
        var numbers = new List<int>();
        foreach (string token in tokens)
        {
            int number = _tokens.Add(token);
            if (number == _frequency.Count) _frequency.Add(0);
            if (!numbers.Contains(number)) numbers.Add(number);
        }
        _sets[item] = [.. numbers];
        Count(_sets[item], 1);
    }

    private void Count(int[] set, int sign)
    {
        if (set.Length > 0) _described += sign;
        foreach (int token in set) _frequency[token] += sign;
    }
}
