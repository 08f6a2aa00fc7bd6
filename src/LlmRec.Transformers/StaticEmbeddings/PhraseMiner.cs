using System.Runtime.InteropServices;

namespace LlmRec.Transformers;

/// <summary>Finds the runs of tokens that deserve a row of their own: whole words of several pieces, and words that stand together often.</summary>
internal static class PhraseMiner
{
    /// <summary>The phrases of most occurrences times pieces saved; ties by their ids.</summary>
    /// <param name="tokenizer">Cuts the texts.</param>
    /// <param name="options">Texts and limits.</param>
    /// <param name="usable">By token id: it has a row.</param>
    /// <param name="cancellationToken">Asked between texts.</param>
    public static List<int[]> Find(Tokenizer tokenizer, StaticDistillationOptions options, bool[] usable, CancellationToken cancellationToken)
    {
        bool[] continues = PhraseTable.Continuing(tokenizer.Vocabulary);
        var counts = new Dictionary<int[], int>(new SameIds());
        var plain = new EncodeOptions { AddSpecialTokens = false, MaxTokenCount = options.MaxTokens };
        var starts = new List<int>();
        foreach (string text in options.Texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int[] ids = tokenizer.EncodeToIds(text, plain);
            starts.Clear();
            for (int i = 0; i < ids.Length; i++)
                if (i == 0 || !continues[ids[i]]) starts.Add(i);
            starts.Add(ids.Length);
            for (int w = 0; w + 1 < starts.Count; w++)
                for (int words = 1; words <= options.MaxPhraseWords && w + words < starts.Count; words++)
                {
                    int[] run = ids[starts[w]..starts[w + words]];
                    if (run.Length is < 2 or > 16) continue;
                    if (Array.Exists(run, id => !usable[id])) break;
                    CollectionsMarshal.GetValueRefOrAddDefault(counts, run, out _)++;
                }
        }
        return [.. counts.Where(c => c.Value >= options.MinPhraseCount)
            .OrderByDescending(c => (long)c.Value * (c.Key.Length - 1))
            .ThenBy(c => c.Key, Comparer<int[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b)))
            .Take(options.Phrases).Select(c => c.Key)];
    }

    private sealed class SameIds : IEqualityComparer<int[]>
    {
        public bool Equals(int[]? a, int[]? b) => a.AsSpan().SequenceEqual(b);

        public int GetHashCode(int[] ids)
        {
            var hash = new HashCode();
            hash.AddBytes(MemoryMarshal.AsBytes(ids.AsSpan()));
            return hash.ToHashCode();
        }
    }
}
