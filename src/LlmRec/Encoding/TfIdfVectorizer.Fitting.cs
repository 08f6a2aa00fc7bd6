using LlmRec.Kernels;

namespace LlmRec;

public sealed partial class TfIdfVectorizer
{
    // While terms are learned no analyzer's number of columns is known: 4 bits of a column name the analyzer, 27 the term.
    private const int TermBits = 27;

    internal TextAnalyzer[] Analyzers => _analyzers;

    internal bool Apart => _apart;

    internal int HashBits => _hashBits;

    internal TermTable[] Tables => _tables;

    internal int[] FirstColumns => _firstColumns;

    internal double[] InverseFrequencyOfColumns => _idf;

    /// <summary>A vectorizer that was fitted before; the parts must fit each other.</summary>
    internal static TfIdfVectorizer Of(TextAnalyzer[] analyzers, int hashBits, TermTable[] tables, double[] idf) => new(analyzers, hashBits, tables, idf);

    internal static int Provisional(int analyzer, int term) => analyzer << TermBits | term;

    /// <summary>Fits on documents in parts, and gives their rows, which are at hand anyway.</summary>
    internal static TfIdfVectorizer Fit(
        IEnumerable<IReadOnlyList<TextPart>> documents, TfIdfOptions options, out SparseMatrix rows, CancellationToken cancellationToken)
    {
        options.Check();
        TextAnalyzer[] analyzers = [.. options.Analyzers];
        bool apart = analyzers.Any(a => a.Kind == TextAnalyzerKind.Cjk);
        TermTable[] tables = [.. analyzers.Select(_ => new TermTable())];
        var collected = new RowCollector();
        var counter = new TermCounter();
        foreach (IReadOnlyList<TextPart> parts in documents)
        {
            cancellationToken.ThrowIfCancellationRequested();
            counter.Learn(analyzers, apart, tables, options.HashBits, parts);
            if (options.HashBits == 0 && tables.Any(t => t.Count >= 1 << TermBits))
                throw new InvalidOperationException($"more than {1 << TermBits} different terms: hash them (HashBits), or fit on fewer documents");
            collected.Add(counter.Columns, counter.Values);
        }

        int[] starts = collected.Starts;
        int documentCount = starts.Length - 1;
        return options.HashBits > 0
            ? FinishHashed(analyzers, tables, options.HashBits, collected, documentCount, out rows)
            : FinishLearned(analyzers, tables, options, collected, documentCount, out rows);
    }

    private static TfIdfVectorizer FinishHashed(
        TextAnalyzer[] analyzers, TermTable[] tables, int hashBits, RowCollector collected, int documents, out SparseMatrix rows)
    {
        int[] starts = collected.Starts;
        var frequencies = new int[analyzers.Length << hashBits];
        for (int e = 0; e < starts[^1]; e++) frequencies[collected.Columns[e]]++;
        var vectorizer = new TfIdfVectorizer(analyzers, hashBits, tables, InverseFrequencies(frequencies, documents));
        rows = vectorizer.WeighAll(starts, collected.Columns, collected.Values);
        return vectorizer;
    }

    private static TfIdfVectorizer FinishLearned(
        TextAnalyzer[] analyzers, TermTable[] tables, TfIdfOptions options, RowCollector collected, int documents, out SparseMatrix rows)
    {
        int[] starts = collected.Starts, columns = collected.Columns;
        int[][] frequencies = [.. tables.Select(t => new int[t.Count])];
        for (int e = 0; e < starts[^1]; e++)
            frequencies[columns[e] >> TermBits][columns[e] & ((1 << TermBits) - 1)]++;

        // Kept terms keep their order, so that the entries of a row stay sorted.
        var kept = new TermTable[tables.Length];
        var finals = new int[tables.Length][];
        List<int> keptFrequencies = [];
        for (int b = 0; b < tables.Length; b++)
        {
            int least = LeastFrequency(frequencies[b], options.MinDocuments, options.MaxTerms, out int atLeast);
            kept[b] = new TermTable();
            finals[b] = new int[frequencies[b].Length];
            for (int term = 0; term < frequencies[b].Length; term++)
            {
                int f = frequencies[b][term];
                if (f < least || (f == least && atLeast-- <= 0))
                {
                    finals[b][term] = -1;
                    continue;
                }
                finals[b][term] = keptFrequencies.Count;
                keptFrequencies.Add(f);
                kept[b].Add(tables[b][term]);
            }
        }

        int entries = 0, from = 0;
        for (int i = 0; i < documents; i++)
        {
            int to = starts[i + 1];
            for (int e = from; e < to; e++)
            {
                int column = finals[columns[e] >> TermBits][columns[e] & ((1 << TermBits) - 1)];
                if (column < 0) continue;
                columns[entries] = column;
                collected.Values[entries++] = collected.Values[e];
            }
            from = to;
            starts[i + 1] = entries;
        }
        var vectorizer = new TfIdfVectorizer(analyzers, 0, kept, InverseFrequencies([.. keptFrequencies], documents));
        rows = vectorizer.WeighAll(starts, columns, collected.Values);
        return vectorizer;
    }

    // The frequency from which terms are kept, and how many of exactly that frequency there is room for.
    private static int LeastFrequency(int[] frequencies, int minDocuments, int maxTerms, out int atLeast)
    {
        atLeast = int.MaxValue;
        if (frequencies.Count(f => f >= minDocuments) <= maxTerms) return minDocuments;
        int[] sorted = [.. frequencies.OrderDescending().Take(maxTerms)];
        atLeast = sorted.Count(f => f == sorted[^1]);
        return sorted[^1];
    }

    private static double[] InverseFrequencies(int[] frequencies, int documents) =>
        [.. frequencies.Select(f => Math.Log((1.0 + documents) / (1.0 + f)) + 1)];

    private SparseMatrix WeighAll(int[] starts, int[] columns, float[] values)
    {
        for (int i = 0; i + 1 < starts.Length; i++)
        {
            int length = starts[i + 1] - starts[i];
            Weigh(columns.AsSpan(starts[i], length), values.AsSpan(starts[i], length));
        }
        return new SparseMatrix(Columns, starts, columns, values);
    }

    /// <summary>Turns the weighted counts of one row, columns ascending, into its final weights.</summary>
    internal void Weigh(ReadOnlySpan<int> columns, Span<float> values)
    {
        double total = 0;
        Span<double> scales = stackalloc double[_analyzers.Length];
        for (int b = 0, e = 0; b < _analyzers.Length; b++)
        {
            double squares = 0;
            for (; e < columns.Length && columns[e] < _firstColumns[b + 1]; e++)
            {
                double w = Damp(values[e]) * _idf[columns[e]];
                squares += w * w;
            }
            if (squares == 0) continue;
            double weight = _analyzers[b].Weight;
            scales[b] = weight / Math.Sqrt(squares);
            total += weight * weight;
        }
        if (total == 0) return;
        total = Math.Sqrt(total);
        for (int b = 0, e = 0; b < _analyzers.Length; b++)
            for (; e < columns.Length && columns[e] < _firstColumns[b + 1]; e++)
                values[e] = (float)(Damp(values[e]) * _idf[columns[e]] * (scales[b] / total));
    }

    // 1 + ln tf, continued as a straight line below a count of 1, where it would fall below zero.
    private static double Damp(float count) => count > 1 ? 1 + Math.Log(count) : count;
}
