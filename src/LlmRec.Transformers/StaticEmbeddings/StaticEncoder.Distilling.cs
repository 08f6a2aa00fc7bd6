using LlmRec.Kernels;

namespace LlmRec.Transformers;

public sealed partial class StaticEncoder
{
    private const int PiecesAtATime = 2048;

    /// <summary>
    /// Makes a static encoder of a sentence encoder: each piece of its vocabulary, and frequent phrases of the caller's texts if wanted, is
    /// encoded as a text of its own; the vectors are centred, turned into their principal directions, cut, and weighed by frequency.
    /// </summary>
    /// <param name="encoder">The sentence encoder. It runs once over its vocabulary: seconds for a small one.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Told how many pieces are encoded.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">An option is out of range, or needs texts that are not given.</exception>
    /// <exception cref="ArithmeticException">The encoder's weights hold NaN or infinity.</exception>
    public static StaticEncoder Distill(SentenceEncoder encoder, StaticDistillationOptions? options = null, IProgress<EncodeProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        options ??= new();
        options.Check();
        Tokenizer tokenizer = encoder.Tokenizer;
        int[] pieces = Pieces(tokenizer);
        List<int[]> phrases = options.Phrases == 0 ? [] : PhraseMiner.Find(tokenizer, options, Usable(tokenizer, pieces), cancellationToken);
        int n = pieces.Length + phrases.Count, d = encoder.Dimensions;
        var vectors = new float[checked(n * d)];
        var batch = new TokenBatch();
        for (int from = 0; from < n; from += PiecesAtATime)
        {
            int count = Math.Min(PiecesAtATime, n - from);
            batch.Clear();
            for (int i = from; i < from + count; i++) batch.Add(tokenizer.Wrap(i < pieces.Length ? [pieces[i]] : phrases[i - pieces.Length]));
            encoder.EncodeUnscaled(new(batch.Ids, batch.RowStarts), vectors.AsMemory(from * d), cancellationToken);
            progress?.Report(new(from + count, n));
        }
        return FromVectors(tokenizer, pieces, phrases, vectors, options, cancellationToken);
    }

    /// <summary>Makes a static encoder of vectors of pieces that were computed elsewhere.</summary>
    /// <param name="tokenizer">The tokenizer, whose ids <paramref name="pieces"/> are.</param>
    /// <param name="pieces">Token ids that have a vector, each once, most frequent first where <see cref="TokenWeighting.Rank"/> is used.</param>
    /// <param name="vectors">(pieces, d), finite.</param>
    /// <param name="options">How; null for the defaults. Phrases cannot be made here.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">Ids and vectors do not fit together or to the tokenizer, or an option is out of range.</exception>
    public static StaticEncoder FromVectors(Tokenizer tokenizer, IReadOnlyList<int> pieces, ReadOnlyMatrixSpan vectors, StaticDistillationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(pieces);
        options ??= new();
        options.Check();
        if (options.Phrases > 0) throw new ArgumentException("phrases need the sentence encoder", nameof(options));
        if (pieces.Count == 0 || pieces.Count != vectors.Rows || vectors.Columns == 0) throw new ArgumentException($"{pieces.Count} pieces have {vectors.Rows} vectors of {vectors.Columns} dimensions", nameof(vectors));
        if (pieces.Any(id => (uint)id >= (uint)tokenizer.Vocabulary.Size) || pieces.Distinct().Count() != pieces.Count)
            throw new ArgumentException($"a piece occurs twice or is outside the tokenizer's {tokenizer.Vocabulary.Size}", nameof(pieces));
        var values = new float[checked(vectors.Rows * vectors.Columns)];
        for (int r = 0; r < vectors.Rows; r++) vectors.Row(r).CopyTo(values.AsSpan(r * vectors.Columns));
        if (Array.Exists(values, x => !float.IsFinite(x))) throw new ArgumentException("a vector holds NaN or infinity", nameof(vectors));
        return FromVectors(tokenizer, [.. pieces], [], values, options, cancellationToken);
    }

    private static StaticEncoder FromVectors(Tokenizer tokenizer, int[] pieces, List<int[]> phraseIds, float[] vectors, StaticDistillationOptions options, CancellationToken cancellationToken)
    {
        int n = pieces.Length + phraseIds.Count, d = vectors.Length / n, k = Math.Min(d, options.Dimensions);
        double[] rows = PrincipalAxes.Project(vectors, d, k, options.Whitening, options.ThreadCount, cancellationToken);
        var rowOf = new int[tokenizer.Vocabulary.Size];
        Array.Fill(rowOf, -1);
        for (int i = 0; i < pieces.Length; i++) rowOf[pieces[i]] = i;
        PhraseTable? phrases = phraseIds.Count == 0 ? null : new(phraseIds, tokenizer.Vocabulary);
        double[] weights = Weights(tokenizer, rowOf, phrases, pieces.Length, n, options, cancellationToken);
        for (int r = 0; r < n; r++)
            for (int j = 0; j < k; j++) rows[r * k + j] *= weights[r];
        StaticTable table = options.Format == StaticFormat.Int8 ? StaticTable.Quantize(rows, k) : new([.. rows.Select(x => (float)x)], k);
        return new(tokenizer, table, rowOf, phrases, options.MaxTokens);
    }

    /// <summary>a / (a + p) of every row.</summary>
    private static double[] Weights(Tokenizer tokenizer, int[] rowOf, PhraseTable? phrases, int pieces, int rows, StaticDistillationOptions options, CancellationToken cancellationToken)
    {
        var weights = new double[rows];
        Array.Fill(weights, 1);
        if (options.Weighting == TokenWeighting.None) return weights;
        double[] p = new double[rows];
        if (options.Weighting == TokenWeighting.Rank)
        {
            for (int i = 0; i < pieces; i++) p[i] = 1 / (i + 2.0);
        }
        // a phrase has no rank, so it is counted in any case
        if (options.Texts.Count > 0 && (options.Weighting == TokenWeighting.Counts || phrases is not null))
        {
            double[] counts = Counts(tokenizer, rowOf, phrases, pieces, rows, options, cancellationToken);
            if (options.Weighting == TokenWeighting.Counts)
            {
                for (int i = 0; i < rows; i++) p[i] = counts[i] + 1;
            }
            else
            {
                double ranks = p.Sum(), total = Math.Max(1, counts.Sum());
                for (int i = pieces; i < rows; i++) p[i] = ranks * counts[i] / total;
            }
        }
        double sum = p.Sum(), a = options.SmoothInverseFrequency;
        for (int i = 0; i < rows; i++) weights[i] = a / (a + p[i] / sum);
        return weights;
    }

    private static double[] Counts(Tokenizer tokenizer, int[] rowOf, PhraseTable? phrases, int pieces, int rows, StaticDistillationOptions options, CancellationToken cancellationToken)
    {
        // only to turn texts into rows; the values do not matter
        var counter = new StaticEncoder(tokenizer, new(new float[rows], 1), rowOf, phrases, options.MaxTokens);
        var counts = new double[rows];
        foreach (string text in options.Texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int[] ids = tokenizer.EncodeToIds(text, counter._encoding);
            int count = counter.Rowed(ids);
            for (int i = 0; i < count; i++) counts[ids[i]]++;
        }
        return counts;
    }

    /// <summary>The tokens that get a row, by id: all that a text can have, the padding and the unknown one (which take a rank), and none that a model keeps in reserve.</summary>
    private static int[] Pieces(Tokenizer tokenizer)
    {
        Vocabulary vocabulary = tokenizer.Vocabulary;
        SpecialTokens special = tokenizer.SpecialTokens;
        return [.. Enumerable.Range(0, vocabulary.Size).Where(id => vocabulary[id] is { } token && !Reserved(token) && (!vocabulary.IsSpecial(id) || id == special.Pad || id == special.Unk))];

        static bool Reserved(string token) => token.StartsWith("[unused", StringComparison.Ordinal) && token.EndsWith(']');
    }

    private static bool[] Usable(Tokenizer tokenizer, int[] pieces)
    {
        var usable = new bool[tokenizer.Vocabulary.Size];
        foreach (int id in pieces) usable[id] = id != tokenizer.SpecialTokens.Unk;
        return usable;
    }
}
