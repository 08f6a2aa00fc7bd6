namespace LlmRec.Transformers;

/// <summary>Working memory of byte-pair merging: symbols in a linked list, and a heap of the pairs that may merge.</summary>
internal sealed class MergeBuffers
{
    /// <summary>Id, length in bytes or UTF-16 units (0: merged into an earlier one), and neighbours of each symbol.</summary>
    public int[] Ids = [], Lengths = [], Previous = [], Next = [];

    /// <summary>Where each symbol of a short word can merge with the next: the rank, and the token that comes of it.</summary>
    public int[] Ranks = [], Results = [];

    /// <summary>A heap of rank and position, the lowest first, with the token that comes of the merge.</summary>
    public (long Key, int Result)[] Heap = [];

    /// <summary>The word in UTF-8.</summary>
    public byte[] Bytes = [];

    /// <summary>The UTF-16 unit that each byte of the word belongs to.</summary>
    public int[] Units = [];

    public int Capacity => Ids.Length;

    public void Reserve(int symbols)
    {
        if (Ids.Length >= symbols) return;
        int size = Math.Max(symbols, Math.Max(64, Ids.Length * 2));
        (Ids, Lengths, Previous, Next, Ranks, Results) = (new int[size], new int[size], new int[size], new int[size], new int[size], new int[size]);
        Bytes = new byte[size];
    }

    public void ReserveUnits(int bytes)
    {
        if (Units.Length < bytes) Units = new int[Math.Max(bytes, Units.Length * 2)];
    }
}
