using System.Collections.Concurrent;
using LlmRec.Kernels;

namespace LlmRec;

/// <summary>
/// Turns texts into sparse rows of term weights: (1 + ln tf) · (ln((1 + N) / (1 + df)) + 1), the part of each analyzer scaled to its
/// weight and the row to unit length (Salton and Buckley 1988; the formulas of scikit-learn's TfidfVectorizer with sublinear tf,
/// smooth idf and L2). Combines words and characters, and reads Chinese, Japanese, Korean and other scripts without spaces.
/// </summary>
/// <remarks>Immutable and thread-safe once fitted. The same text gives the same row in any company. A count below 1 (a part of small weight) stays linear.</remarks>
public sealed partial class TfIdfVectorizer
{
    private readonly TextAnalyzer[] _analyzers;
    private readonly bool _apart;              // CJK letters are left to their own analyzer
    private readonly int _hashBits;
    private readonly TermTable[] _tables;      // one an analyzer; empty when hashed
    private readonly int[] _firstColumns;      // by analyzer, and the number of columns at the end
    private readonly double[] _idf;            // by column
    private readonly ConcurrentBag<TermCounter> _counters = [];

    private TfIdfVectorizer(TextAnalyzer[] analyzers, int hashBits, TermTable[] tables, double[] idf)
    {
        _analyzers = analyzers;
        _apart = analyzers.Any(a => a.Kind == TextAnalyzerKind.Cjk);
        _hashBits = hashBits;
        _tables = tables;
        _idf = idf;
        _firstColumns = new int[analyzers.Length + 1];
        for (int b = 0; b < analyzers.Length; b++)
            _firstColumns[b + 1] = _firstColumns[b] + (hashBits == 0 ? tables[b].Count : 1 << hashBits);
    }

    /// <summary>Number of columns: known terms of all analyzers together, or of hash values.</summary>
    public int Columns => _firstColumns[^1];

    /// <summary>Learns the terms and their inverse document frequencies.</summary>
    /// <param name="documents">N texts; read once.</param>
    /// <param name="options">What to count; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidOperationException">The terms are beyond two billion characters or entries.</exception>
    public static TfIdfVectorizer Fit(IEnumerable<string> documents, TfIdfOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        return Fit(AsParts(documents), options ?? new(), out _, cancellationToken);
    }

    /// <summary>The rows of texts: n × <see cref="Columns"/>, columns ascending; a text without any known term has an empty row.</summary>
    /// <param name="documents">n texts; read once.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public SparseMatrix Transform(IEnumerable<string> documents, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        var rows = new RowCollector();
        TermCounter counter = Rent();
        foreach (IReadOnlyList<TextPart> parts in AsParts(documents))
        {
            cancellationToken.ThrowIfCancellationRequested();
            counter.Count(this, parts);
            rows.Add(counter.Columns, counter.Values);
        }
        Return(counter);
        return new SparseMatrix(Columns, rows.Starts, rows.Columns, rows.Values);
    }

    /// <summary>The column of a term (folded as the analyzer folds it), or −1 when the term is unknown or the vocabulary is hashed.</summary>
    /// <param name="term">A term, such as <c>"red nail"</c> or <c>" na"</c>.</param>
    /// <param name="analyzer">Place of the analyzer in <see cref="TfIdfOptions.Analyzers"/>.</param>
    public int ColumnOf(string term, int analyzer = 0)
    {
        ArgumentNullException.ThrowIfNull(term);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)analyzer, (uint)_analyzers.Length, nameof(analyzer));
        int number = _hashBits > 0 ? -1 : _tables[analyzer].Find(term);
        return number < 0 ? -1 : _firstColumns[analyzer] + number;
    }

    /// <summary>The inverse document frequency of a column, at least 1.</summary>
    public double IdfOf(int column) => _idf[column];

    internal TermCounter Rent() => _counters.TryTake(out TermCounter? counter) ? counter : new TermCounter();

    internal void Return(TermCounter counter) => _counters.Add(counter);

    private static IEnumerable<IReadOnlyList<TextPart>> AsParts(IEnumerable<string> documents)
    {
        var parts = new TextPart[1];
        foreach (string document in documents)
        {
            parts[0] = new(document ?? "", 1);
            yield return parts;
        }
    }
}
