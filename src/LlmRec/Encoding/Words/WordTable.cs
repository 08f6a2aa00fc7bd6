using LlmRec.Kernels;

namespace LlmRec;

/// <summary>Words and their rows while they are read.</summary>
internal sealed class WordTable(int dimensions, int expected)
{
    public TermTable Words { get; } = new();

    public RowMatrix Rows { get; private set; } = new(expected, dimensions);

    public int Count => Words.Count;

    /// <summary>Words that were there already; the first of each stands.</summary>
    public int Duplicates { get; private set; }

    /// <summary>Room for one row.</summary>
    public float[] Scratch { get; } = new float[dimensions];

    /// <summary>Rows asked for before anything shows that there are so many: 4 MB of them, padding included.</summary>
    public static int RowsToBeginWith(int dimensions) => 1 + (1 << 20) / (dimensions + 15);

    public bool TryAdd(ReadOnlySpan<char> word, out Span<float> row)
    {
        int before = Words.Count, number = Words.Add(word);
        if (number < before)
        {
            Duplicates++;
            row = default;
            return false;
        }
        if (number == Rows.Rows)
        {
            var larger = new RowMatrix((int)Math.Min(int.MaxValue, number * 3L / 2 + RowsToBeginWith(dimensions)), dimensions);
            Rows.Padded.CopyTo(larger.Padded);
            Rows = larger;
        }
        row = Rows.Row(number);
        return true;
    }
}
