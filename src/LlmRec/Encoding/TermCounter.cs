using System.Runtime.CompilerServices;

namespace LlmRec;

/// <summary>Counts the terms of one document; its buffers are reused from document to document. Not thread-safe.</summary>
internal sealed class TermCounter
{
    private readonly TermReader _reader = new();
    private long[] _seen = new long[512];      // column << 32 | bits of the weight, one an occurrence; sorting brings a column's together
    private int _seenCount;
    private int[] _columns = new int[512];
    private float[] _values = new float[512];
    private int _length;

    /// <summary>Room for the parts of the document at hand.</summary>
    public List<TextPart> Parts { get; } = [];

    /// <summary>Columns of the document's terms, ascending.</summary>
    public ReadOnlySpan<int> Columns => _columns.AsSpan(0, _length);

    /// <summary>By term: its weighted count after <see cref="Learn"/>, its final weight after <see cref="Count"/>.</summary>
    public Span<float> Values => _values.AsSpan(0, _length);

    /// <summary>Counts terms under the provisional columns of a vocabulary that is being learned; new terms are added to the tables.</summary>
    public void Learn(TextAnalyzer[] analyzers, bool apart, TermTable[] tables, int hashBits, IReadOnlyList<TextPart> parts)
    {
        _seenCount = 0;
        for (int p = 0; p < parts.Count; p++)
        {
            _reader.Start(parts[p].Text);
            for (int b = 0; b < analyzers.Length; b++)
            {
                if (hashBits > 0)
                {
                    var sink = new HashedTerms(this, b << hashBits, hashBits, parts[p].Weight);
                    _reader.Read(analyzers[b], apart, ref sink);
                }
                else
                {
                    var sink = new NewTerms(this, tables[b], TfIdfVectorizer.Provisional(b, 0), parts[p].Weight);
                    _reader.Read(analyzers[b], apart, ref sink);
                }
            }
        }
        Merge();
    }

    /// <summary>The document's row under a fitted vocabulary.</summary>
    public void Count(TfIdfVectorizer vectorizer, IReadOnlyList<TextPart> parts)
    {
        _seenCount = 0;
        for (int p = 0; p < parts.Count; p++)
        {
            _reader.Start(parts[p].Text);
            for (int b = 0; b < vectorizer.Analyzers.Length; b++)
            {
                if (vectorizer.HashBits > 0)
                {
                    var sink = new HashedTerms(this, b << vectorizer.HashBits, vectorizer.HashBits, parts[p].Weight);
                    _reader.Read(vectorizer.Analyzers[b], vectorizer.Apart, ref sink);
                }
                else
                {
                    var sink = new KnownTerms(this, vectorizer.Tables[b], vectorizer.FirstColumns[b], parts[p].Weight);
                    _reader.Read(vectorizer.Analyzers[b], vectorizer.Apart, ref sink);
                }
            }
        }
        Merge();
        vectorizer.Weigh(Columns, Values);
    }

    private void Push(int column, float weight)
    {
        if (_seenCount == _seen.Length) Array.Resize(ref _seen, _seen.Length * 2);
        _seen[_seenCount++] = (long)column << 32 | BitConverter.SingleToUInt32Bits(weight);
    }

    private void Merge()
    {
        Span<long> seen = _seen.AsSpan(0, _seenCount);
        seen.Sort();
        if (_columns.Length < seen.Length)
        {
            _columns = new int[_seen.Length];
            _values = new float[_seen.Length];
        }
        _length = 0;
        for (int i = 0; i < seen.Length;)
        {
            int column = (int)(seen[i] >> 32);
            double count = 0;
            for (; i < seen.Length && (int)(seen[i] >> 32) == column; i++)
                count += BitConverter.UInt32BitsToSingle((uint)seen[i]);
            _columns[_length] = column;
            _values[_length++] = (float)Math.Min(count, float.MaxValue);
        }
    }

    private readonly struct NewTerms(TermCounter counter, TermTable table, int first, float weight) : ITermSink
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(ReadOnlySpan<char> term) => counter.Push(first + table.Add(term), weight);
    }

    private readonly struct KnownTerms(TermCounter counter, TermTable table, int first, float weight) : ITermSink
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(ReadOnlySpan<char> term)
        {
            int number = table.Find(term);
            if (number >= 0) counter.Push(first + number, weight);
        }
    }

    private readonly struct HashedTerms(TermCounter counter, int first, int bits, float weight) : ITermSink
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(ReadOnlySpan<char> term) => counter.Push(first + (int)(TermTable.Hash(term) >> (64 - bits)), weight);
    }
}
