using LlmRec.Kernels;

namespace LlmRec;

public sealed partial class WordVectors
{
    /// <summary>The words nearest to a word by cosine, itself left out.</summary>
    /// <param name="word">A word of the file.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <returns>Best first; equal cosines in the order of the file.</returns>
    /// <exception cref="KeyNotFoundException">There is no such word.</exception>
    public IReadOnlyList<WordNeighbour> Neighbours(string word, int count = 10) => Analogy([word], [], count);

    /// <summary>
    /// Words that stand to the positive ones as these do to the negative ones (Mikolov et al. 2013): nearest to the sum of the unit vectors,
    /// the negative ones subtracted. <c>Analogy(["king", "woman"], ["man"])</c> asks for <c>queen</c>.
    /// </summary>
    /// <param name="positive">Words that are added, at least one.</param>
    /// <param name="negative">Words that are subtracted.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <returns>Best first, the words asked about left out; equal cosines in the order of the file.</returns>
    /// <exception cref="KeyNotFoundException">A word is not in the file.</exception>
    public IReadOnlyList<WordNeighbour> Analogy(IReadOnlyList<string> positive, IReadOnlyList<string> negative, int count = 10)
    {
        ArgumentNullException.ThrowIfNull(positive);
        ArgumentNullException.ThrowIfNull(negative);
        if (positive.Count == 0) throw new ArgumentException("at least one word is needed to be near to", nameof(positive));
        var query = new double[Dimensions];
        var asked = new HashSet<int>();
        Add(positive, 1);
        Add(negative, -1);
        return Nearest([.. query.Select(x => (float)x)], count, i => !asked.Contains(i));

        void Add(IReadOnlyList<string> words, double sign)
        {
            foreach (string word in words)
            {
                ArgumentNullException.ThrowIfNull(word, nameof(words));
                int number = IndexOf(word);
                if (number < 0) throw new KeyNotFoundException($"there is no word '{word}' among the {Count}");
                asked.Add(number);
                ReadOnlySpan<float> row = _rows.Row(number);
                double norm = Math.Sqrt(SumOfSquares(row));
                for (int i = 0; norm > 0 && i < query.Length; i++) query[i] += sign * row[i] / norm;
            }
        }
    }

    /// <summary>The words nearest to a vector by cosine.</summary>
    /// <param name="query">d finite values; zeros have cosine 0 with every word.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <returns>Best first; equal cosines in the order of the file.</returns>
    /// <exception cref="ArgumentException">The query has another length, or holds NaN or infinity.</exception>
    public IReadOnlyList<WordNeighbour> Nearest(ReadOnlySpan<float> query, int count = 10) => Nearest(query, count, null);

    private WordNeighbour[] Nearest(ReadOnlySpan<float> query, int count, Func<int, bool>? passes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        if (query.Length != Dimensions) throw new ArgumentException($"the vectors have {Dimensions} dimensions, the query has {query.Length}", nameof(query));
        var hits = new Hit[Math.Min(count, Math.Max(1, Count))];
        VectorMetric metric = query.ContainsAnyExcept(0f) ? VectorMetric.Cosine : VectorMetric.InnerProduct;
        int found = ExactSearch.Search(query, _rows, hits, new RowFilter(passes), metric, Count, Environment.ProcessorCount);
        var words = new WordNeighbour[found];
        for (int i = 0; i < found; i++) words[i] = new(WordAt(hits[i].Index), hits[i].Score);
        return words;
    }

    internal static double SumOfSquares(ReadOnlySpan<float> row)
    {
        double sum = 0;
        foreach (float x in row) sum += (double)x * x;
        return sum;
    }
}
