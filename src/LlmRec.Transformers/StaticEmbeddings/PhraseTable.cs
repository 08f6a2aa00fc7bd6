using System.Runtime.InteropServices;

namespace LlmRec.Transformers;

/// <summary>Runs of token ids that have a row of their own: a tree of ids, asked for the longest run from a place on. Immutable and thread-safe.</summary>
internal sealed class PhraseTable
{
    private readonly Dictionary<long, int> _edges = [];
    private readonly List<int> _phraseAt = [-1];   // node to phrase, -1 where none ends
    private readonly bool[] _continues;            // by token id: it continues a word

    /// <param name="phrases">Token ids of each phrase, at least two.</param>
    /// <param name="vocabulary">Tells which tokens continue a word.</param>
    public PhraseTable(IReadOnlyList<int[]> phrases, Vocabulary vocabulary)
    {
        Phrases = phrases;
        _continues = Continuing(vocabulary);
        for (int p = 0; p < phrases.Count; p++)
        {
            int node = 0;
            foreach (int id in phrases[p])
            {
                ref int next = ref CollectionsMarshal.GetValueRefOrAddDefault(_edges, Key(node, id), out bool known);
                if (!known)
                {
                    next = _phraseAt.Count;
                    _phraseAt.Add(-1);
                }
                node = next;
            }
            _phraseAt[node] = p;
        }
    }

    public IReadOnlyList<int[]> Phrases { get; }

    /// <summary>The longest phrase that begins at a place and ends with a word; returns its number of ids, 0 for none.</summary>
    public int Longest(ReadOnlySpan<int> ids, int from, out int phrase)
    {
        phrase = -1;
        int length = 0, node = 0;
        if (from > 0 && Continues(ids[from])) return 0;
        for (int i = from; i < ids.Length && _edges.TryGetValue(Key(node, ids[i]), out node); i++)
        {
            int at = _phraseAt[node];
            if (at < 0 || (i + 1 < ids.Length && Continues(ids[i + 1]))) continue;
            (phrase, length) = (at, i + 1 - from);
        }
        return length;
    }

    /// <summary>Which tokens continue the word before them: pieces with "##", or, where words begin with "▁" or "Ġ", those without.</summary>
    public static bool[] Continuing(Vocabulary vocabulary)
    {
        int n = vocabulary.Size, marked = 0;
        var continues = new bool[n];
        for (int id = 0; id < n; id++)
            if (vocabulary[id] is { Length: > 0 } token && token[0] is '▁' or 'Ġ') marked++;
        for (int id = 0; id < n; id++)
        {
            string token = vocabulary[id] ?? "";
            continues[id] = marked * 10 > n ? token.Length > 0 && token[0] is not ('▁' or 'Ġ') && !vocabulary.IsSpecial(id) : token.Length > 2 && token.StartsWith("##", StringComparison.Ordinal);
        }
        return continues;
    }

    private bool Continues(int id) => (uint)id < (uint)_continues.Length && _continues[id];

    private static long Key(int node, int id) => (long)node << 32 | (uint)id;
}
