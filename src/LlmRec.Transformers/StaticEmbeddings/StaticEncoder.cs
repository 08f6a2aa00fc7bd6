using System.Buffers;
using System.Numerics.Tensors;

namespace LlmRec.Transformers;

/// <summary>
/// Texts to vectors by looking up a row for each piece and adding them: no transformer runs. The rows are a sentence encoder's own vectors of
/// its pieces, cut to their principal directions and weighed by frequency (<see cref="Distill"/>; the idea is Model2Vec's: S. Tulkens and
/// T. van Dongen, "Model2Vec: Fast State-of-the-Art Static Embeddings", 2024). Hundreds of times faster than the encoder, blind to the order of words.
/// </summary>
/// <remarks>
/// Immutable and thread-safe; the span forms allocate nothing once warm. Vectors have length 1; a text without any known piece has the zero
/// vector. Special tokens spelt out in a text are ordinary text.
/// </remarks>
public sealed partial class StaticEncoder
{
    private readonly StaticTable _table;
    private readonly int[] _rowOf;           // by token id, -1 for none
    private readonly PhraseTable? _phrases;
    private readonly int _firstPhrase;       // row of the first phrase
    private readonly EncodeOptions _encoding;

    private StaticEncoder(Tokenizer tokenizer, StaticTable table, int[] rowOf, PhraseTable? phrases, int maxTokens)
    {
        (Tokenizer, _table, _rowOf, _phrases, MaxTokens) = (tokenizer, table, rowOf, phrases, maxTokens);
        _firstPhrase = table.Rows - (phrases?.Phrases.Count ?? 0);
        _encoding = new() { AddSpecialTokens = false, MaxTokenCount = maxTokens };
    }

    /// <summary>Dimensions of a vector.</summary>
    public int Dimensions => _table.Dimensions;

    /// <summary>Rows of the table: pieces and phrases.</summary>
    public int Rows => _table.Rows;

    /// <summary>Rows that are phrases of several pieces.</summary>
    public int PhraseCount => _table.Rows - _firstPhrase;

    /// <summary>Most tokens of a text; the rest is left out.</summary>
    public int MaxTokens { get; }

    /// <summary>How rows are kept.</summary>
    public StaticFormat Format => _table.IsInt8 ? StaticFormat.Int8 : StaticFormat.Float32;

    /// <summary>Bytes of the table.</summary>
    public long TableBytes => _table.Bytes;

    /// <summary>The tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>The vector of one text.</summary>
    public float[] Encode(ReadOnlySpan<char> text)
    {
        var vector = new float[Dimensions];
        Encode(text, vector);
        return vector;
    }

    /// <summary>Writes the vector of one text.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="vector">Receives <see cref="Dimensions"/> values.</param>
    /// <exception cref="ArgumentException"><paramref name="vector"/> is too short.</exception>
    public void Encode(ReadOnlySpan<char> text, Span<float> vector)
    {
        if (vector.Length < Dimensions) throw new ArgumentException($"a vector has {Dimensions} values, the destination {vector.Length}", nameof(vector));
        vector = vector[..Dimensions];
        vector.Clear();
        Accumulate(text, 1, vector);
        Normalize(vector);
    }

    /// <summary>Writes the vectors of texts, the same as of each alone.</summary>
    /// <param name="texts">n texts, none null.</param>
    /// <param name="vectors">Receives n × <see cref="Dimensions"/> values, row after row.</param>
    /// <exception cref="ArgumentException">A text is null, or <paramref name="vectors"/> is too short.</exception>
    public void Encode(IReadOnlyList<string> texts, Span<float> vectors)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (vectors.Length < (long)texts.Count * Dimensions)
            throw new ArgumentException($"{texts.Count} vectors of {Dimensions} need {(long)texts.Count * Dimensions} values, there are {vectors.Length}", nameof(vectors));
        for (int i = 0; i < texts.Count; i++)
            Encode(texts[i] ?? throw new ArgumentException($"text {i} is null", nameof(texts)), vectors.Slice(i * Dimensions, Dimensions));
    }

    /// <summary>Adds the rows of a text to a sum: for texts of several parts, whose sum <see cref="Normalize"/> then makes a vector.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="weight">How much it counts.</param>
    /// <param name="sum">Receives <see cref="Dimensions"/> values on top of what is there.</param>
    /// <returns>Rows added; 0 when nothing of the text is known.</returns>
    /// <exception cref="ArgumentException"><paramref name="sum"/> is too short.</exception>
    public int Accumulate(ReadOnlySpan<char> text, float weight, Span<float> sum)
    {
        if (sum.Length < Dimensions) throw new ArgumentException($"a sum has {Dimensions} values, the destination {sum.Length}", nameof(sum));
        if (text.IsEmpty) return 0;
        // a token stands for at least one char but for those of byte-level tokenizers, of which one char can have three, and a space put in front
        int most = (int)Math.Min(MaxTokens, 3L * text.Length + 8);
        int[]? rented = most > 512 ? ArrayPool<int>.Shared.Rent(most) : null;
        Span<int> ids = rented is null ? stackalloc int[512] : rented;
        int count = Rowed(ids[..Tokenizer.Encode(text, ids[..most], _encoding)]);
        _table.Add(ids[..count], weight, sum[..Dimensions]);
        if (rented is not null) ArrayPool<int>.Shared.Return(rented);
        return count;
    }

    /// <summary>Brings a sum to length 1; one without a direction becomes zero.</summary>
    public static void Normalize(Span<float> sum)
    {
        float norm = TensorPrimitives.Norm<float>(sum);
        if (norm > 1e-12f && float.IsFinite(norm)) TensorPrimitives.Divide(sum, norm, sum);
        else sum.Clear();
    }

    /// <summary>The same encoder with the first dimensions only: they carry most, being principal directions in order.</summary>
    /// <param name="dimensions">1 to <see cref="Dimensions"/>.</param>
    public StaticEncoder Truncate(int dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, Dimensions);
        int[] all = [.. Enumerable.Range(0, Rows)];
        return new(Tokenizer, _table.Select(all, dimensions), _rowOf, _phrases, MaxTokens);
    }

    /// <summary>The row of a piece, unscaled as it is added up, or zeros for a token without one.</summary>
    /// <param name="tokenId">An id of the <see cref="Tokenizer"/>.</param>
    public float[] RowOf(int tokenId)
    {
        var row = new float[Dimensions];
        if ((uint)tokenId < (uint)_rowOf.Length && _rowOf[tokenId] >= 0) _table.Add([_rowOf[tokenId]], 1, row);
        return row;
    }

    /// <summary>Turns ids into rows in place, phrases first, unknown tokens left out; returns how many there are.</summary>
    private int Rowed(Span<int> ids)
    {
        int count = 0, unknown = Tokenizer.SpecialTokens.Unk ?? -1;
        for (int i = 0; i < ids.Length;)
        {
            int length = _phrases is null ? 0 : _phrases.Longest(ids, i, out int phrase) is > 0 and var n ? Put(ids, ref count, phrase, n) : 0;
            if (length > 0)
            {
                i += length;
                continue;
            }
            int id = ids[i++];
            if (id != unknown && _rowOf[id] >= 0) ids[count++] = _rowOf[id];
        }
        return count;
    }

    private int Put(Span<int> ids, ref int count, int phrase, int length)
    {
        ids[count++] = _firstPhrase + phrase;
        return length;
    }
}
