using System.Numerics.Tensors;
using LlmRec.Kernels;

namespace LlmRec;

/// <summary>
/// From the vectors of words to the vector of a text: their mean, or smooth inverse frequency (Arora, Liang and Ma 2017, "A simple but
/// tough-to-beat baseline for sentence embeddings"), where frequent words count less and the direction all texts share is removed.
/// </summary>
/// <remarks>Immutable and thread-safe. Sums are in double precision.</remarks>
public sealed class WordPooling
{
    private readonly float[]? _weights;     // by word; null: all 1
    private readonly double[] _direction;   // unit length, or empty

    private WordPooling(WordVectors words, float[]? weights, double[] direction)
    {
        Words = words;
        _weights = weights;
        _direction = direction;
    }

    /// <summary>The words.</summary>
    public WordVectors Words { get; }

    /// <summary>The unit direction that is removed, its entry of largest magnitude positive; empty when none is.</summary>
    public ReadOnlySpan<double> FirstDirection => _direction;

    /// <summary>The mean of the known words.</summary>
    public static WordPooling Mean(WordVectors words)
    {
        ArgumentNullException.ThrowIfNull(words);
        return new WordPooling(words, null, []);
    }

    /// <summary>The sum of a / (a + p(w)) · v(w) over the known words, divided by their number.</summary>
    /// <param name="words">The words.</param>
    /// <param name="counts">How often each word occurs in a large text; p(w) is its share, 0 for a word that is not there.</param>
    /// <param name="smoothing">a, positive; 1e-3 to 1e-4 are usual.</param>
    /// <exception cref="ArgumentException">A count is negative, or the smoothing is not positive and finite.</exception>
    public static WordPooling Sif(WordVectors words, IReadOnlyDictionary<string, long> counts, double smoothing = 1e-3)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(counts);
        if (!(smoothing > 0 && double.IsFinite(smoothing))) throw new ArgumentOutOfRangeException(nameof(smoothing), smoothing, "use a positive number, such as 0.001");
        var perWord = new double[words.Count];
        double total = 0;
        foreach ((string word, long count) in counts)
        {
            if (count < 0) throw new ArgumentException($"the word '{word}' has the count {count}", nameof(counts));
            total += count;
            if (words.IndexOf(word) is >= 0 and var number) perWord[number] = count;
        }
        return Sif(words, perWord, total, smoothing);
    }

    internal static WordPooling Sif(WordVectors words, double[] counts, double total, double smoothing) =>
        new(words, [.. counts.Select(c => (float)(smoothing / (smoothing + (total > 0 ? c / total : 0))))], []);

    internal static WordPooling Of(WordVectors words, float[]? weights, double[] direction) => new(words, weights, direction);

    internal float[]? Weights => _weights;

    /// <summary>The same, less the first right singular vector of these texts (not centred), which stands for what all texts share.</summary>
    /// <param name="texts">Tokenised texts like those to be pooled; where none has a known word, nothing is removed.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public WordPooling WithoutFirstDirection(IEnumerable<IEnumerable<string>> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var plain = new WordPooling(Words, _weights, []);
        return WithoutFirstDirection(Rows(), cancellationToken);

        IEnumerable<double[]> Rows()
        {
            var sum = new WordSum(Words.Dimensions);
            foreach (IEnumerable<string> text in texts)
            {
                sum.Clear();
                plain.AddTokens(text, sum);
                plain.Finish(sum);
                yield return sum.Values;
            }
        }
    }

    /// <summary>The first direction of rows that were pooled without one.</summary>
    internal WordPooling WithoutFirstDirection(IEnumerable<double[]> rows, CancellationToken cancellationToken)
    {
        int d = Words.Dimensions;
        var moments = new double[d * d];
        bool any = false;
        foreach (double[] row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int i = 0; i < d; i++)
            {
                double x = row[i];
                if (x == 0) continue;
                any = true;
                Span<double> to = moments.AsSpan(i * d, i + 1);
                TensorPrimitives.MultiplyAdd(row.AsSpan(0, i + 1), x, to, to);
            }
        }
        if (!any) return new WordPooling(Words, _weights, []);
        for (int i = 0; i < d; i++)
            for (int j = 0; j < i; j++) moments[j * d + i] = moments[i * d + j];
        var values = new double[d];
        var vectors = new double[d * d];
        SymmetricEigen.Decompose(moments, d, values, vectors);
        return new WordPooling(Words, _weights, vectors[..d]);
    }

    /// <summary>The vector of a tokenised text.</summary>
    /// <param name="tokens">Its words, spelt as in the file; unknown ones are left out, a repeated one counts each time.</param>
    /// <param name="vector">Receives d values, not scaled to unit length; zeros when no word is known.</param>
    /// <returns>How many words are known.</returns>
    /// <exception cref="ArgumentException"><paramref name="vector"/> is shorter than d.</exception>
    public int Pool(IEnumerable<string> tokens, Span<float> vector)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (vector.Length < Words.Dimensions) throw new ArgumentException($"{Words.Dimensions} values are needed, got room for {vector.Length}", nameof(vector));
        var sum = new WordSum(Words.Dimensions);
        int known = AddTokens(tokens, sum);
        Finish(sum);
        for (int i = 0; i < sum.Values.Length; i++) vector[i] = (float)sum.Values[i];
        return known;
    }

    /// <summary>Adds a word to a sum, so many times.</summary>
    internal void Add(int word, double times, WordSum sum) => sum.Add(Words.VectorAt(word), times, times * (_weights?[word] ?? 1));

    /// <summary>Turns a sum into a mean and takes the first direction away.</summary>
    internal void Finish(WordSum sum)
    {
        if (sum.Count == 0) return;
        double[] values = sum.Values;
        for (int i = 0; i < values.Length; i++) values[i] /= sum.Count;
        if (_direction.Length == 0) return;
        double along = 0, before = 0, after = 0;
        for (int i = 0; i < values.Length; i++)
        {
            along += values[i] * _direction[i];
            before += values[i] * values[i];
        }
        for (int i = 0; i < values.Length; i++)
        {
            values[i] -= along * _direction[i];
            after += values[i] * values[i];
        }
        // A text that says nothing but what all texts share: what is left is rounding.
        if (after <= before * 1e-18) Array.Clear(values);
    }

    private int AddTokens(IEnumerable<string> tokens, WordSum sum)
    {
        int known = 0;
        foreach (string token in tokens)
        {
            if (token is null || Words.IndexOf(token) is not (>= 0 and var number)) continue;
            Add(number, 1, sum);
            known++;
        }
        return known;
    }
}
