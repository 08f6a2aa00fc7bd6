using System.Globalization;
using LlmRec.Transformers;

namespace LlmRec.Quality;

/// <summary>
/// New items from their text alone: a part of the items is taken out of the training with all its events; a user is the decayed mean of the
/// vectors of what is left of the history; only items taken out are ranked. Beside it item-KNN, which learns from the training events and gives
/// a new item the scores of the items that read most like it.
/// </summary>
internal static class ColdItemExperiment
{
    private const int Seeds = 3;

    /// <summary>Prints a table, a row an encoder.</summary>
    /// <param name="data">The data set; titles are read, and categories where they are words.</param>
    /// <param name="folder">A sentence-transformers folder.</param>
    /// <param name="wanted">Part of the name of the encoders to run, empty for all.</param>
    /// <param name="validation">Whether other items are held out than for the figures that are reported: to choose options by.</param>
    /// <param name="threads">Most threads.</param>
    /// <param name="output">Receives the table.</param>
    public static async Task RunAsync(NamedDataset data, string folder, string wanted, bool validation, int threads, TextWriter output)
    {
        bool words = data.Catalog.SelectMany(i => i.Categories).Any(c => c.Any(char.IsLetter));
        var catalog = new Catalog(data.Catalog.Select(i => words ? i : i with { Categories = [] }));
        DataSplit[] splits = [.. Enumerable.Range(validation ? 101 : 1, Seeds).Select(s => DataSplit.ColdItems(data.Log, 0.1, 0, seed: s, catalog: catalog))];
        output.WriteLine($"{data.Name}: {catalog.Count} items, a tenth of them new, {Seeds} draws; NDCG@10 and Recall@10 over all users with a history and a new item");
        output.WriteLine("| encoder | d | text alone NDCG@10 / Recall@10 | with item-KNN NDCG@10 / Recall@10 |");
        output.WriteLine("|---|---|---|---|");
        foreach ((string name, Func<Task<IItemEncoder>> create) in Encoders(catalog, folder, threads))
        {
            if (!name.Contains(wanted, StringComparison.OrdinalIgnoreCase)) continue;
            // the texts are the same in every draw
            var encoder = new CachedItemEncoder(await create().ConfigureAwait(false), new MemoryEmbeddingCache(), name);
            (double ndcg, double recall, double ndcg2, double recall2) = (0, 0, 0, 0);
            foreach (DataSplit split in splits)
            {
                var warm = new Catalog(split.Train.Items.Select(i => catalog[i]));
                ItemKnnModel knn = await ItemKnnModel.Fit(warm, split.Train, new() { Weighting = KnnWeighting.Cosine, Neighbours = 100, Threads = threads }).WithItemsAsync(catalog, encoder).ConfigureAwait(false);
                TextMeanModel text = await TextMeanModel.FitAsync(catalog, split.Train, encoder).ConfigureAwait(false);
                var options = new EvaluationOptions { Metrics = [Metric.Ndcg(10), Metric.Recall(10)], BootstrapSamples = 0, MaxThreads = threads };
                EvaluationReport report = Evaluator.Evaluate(split, [text, knn], options);
                ndcg += report[text.Name, "NDCG@10"].Value ?? 0;
                recall += report[text.Name, "Recall@10"].Value ?? 0;
                ndcg2 += report[knn.Name, "NDCG@10"].Value ?? 0;
                recall2 += report[knn.Name, "Recall@10"].Value ?? 0;
            }
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {encoder.Dimensions} | {ndcg / Seeds:0.0000} / {recall / Seeds:0.0000} | {ndcg2 / Seeds:0.0000} / {recall2 / Seeds:0.0000} |"));
        }
    }

    private static IEnumerable<(string Name, Func<Task<IItemEncoder>> Create)> Encoders(Catalog catalog, string folder, int threads)
    {
        string model = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
        string[] titles = [.. catalog.Select(new ItemText().Compose)];
        SentenceEncoder? kept = null;
        SentenceEncoder Full() => kept ??= SentenceEncoder.Load(folder, new() { Threads = threads });
        // With all directions kept and no weights, the rows are the pieces' own vectors, turned: every variant can be made of them.
        StaticEncoder? turned = null;
        StaticEncoder Of(StaticDistillationOptions options)
        {
            if (options.Phrases > 0) return StaticEncoder.Distill(Full(), options);
            turned ??= StaticEncoder.Distill(Full(), new() { Dimensions = Full().Dimensions, Weighting = TokenWeighting.None, Format = StaticFormat.Float32, Threads = threads });
            int[] pieces = [.. Enumerable.Range(0, turned.Tokenizer.Vocabulary.Size).Where(id => turned.RowOf(id).AsSpan().ContainsAnyExcept(0f))];
            float[] rows = [.. pieces.SelectMany(turned.RowOf)];
            return StaticEncoder.FromVectors(turned.Tokenizer, pieces, new Kernels.ReadOnlyMatrixSpan(rows, pieces.Length, turned.Dimensions), options);
        }
        (string, Func<Task<IItemEncoder>>) Static(string name, StaticDistillationOptions options) =>
            ("static, " + name, () => Task.FromResult<IItemEncoder>(new StaticItemEncoder(Of(options), new() { TitleWeight = 1 })));

        // levelled in part: variance λ becomes λ^(1 − strength)
        async Task<IItemEncoder> Levelled(IItemEncoder inner, double strength = 1) => await GeometryItemEncoder.FitAsync(inner, catalog, new() { Whitening = Whitening.Pca, Dimensions = 256, Strength = strength }).ConfigureAwait(false);
        yield return ("LSA", () => Task.FromResult<IItemEncoder>(LsaItemEncoder.Fit(catalog)));
        yield return ("LSA, levelled", () => Levelled(LsaItemEncoder.Fit(catalog)));
        var whole = new Lazy<IItemEncoder>(() => new CachedItemEncoder(new TransformerItemEncoder(Full()), new MemoryEmbeddingCache()));
        foreach ((string name, Func<IItemEncoder> encoder) in (IEnumerable<(string, Func<IItemEncoder>)>)[("MiniLM package", () => MiniLM.ItemEncoder()), (model, () => whole.Value)])
        {
            yield return (name, () => Task.FromResult(encoder()));
            yield return ($"{name}, mean removed", async () => await GeometryItemEncoder.FitAsync(encoder(), catalog, new() { Whitening = Whitening.None }).ConfigureAwait(false));
            foreach (double strength in (double[])[0.25, 0.5, 0.75])
                yield return (string.Create(CultureInfo.InvariantCulture, $"{name}, levelled {strength}"), () => Levelled(encoder(), strength));
            yield return ($"{name}, levelled", () => Levelled(encoder()));
        }
        foreach (double whitening in (double[])[0, 0.5, 1])
            yield return Static(string.Create(CultureInfo.InvariantCulture, $"whitening {whitening}"), new() { Whitening = whitening });
        yield return ("static, whitening 0, levelled", () => Levelled(new StaticItemEncoder(Of(new()), new() { TitleWeight = 1 })));
        yield return ("static, whitening 1, levelled", () => Levelled(new StaticItemEncoder(Of(new() { Whitening = 1 }), new() { TitleWeight = 1 })));
        yield return Static("whitening 1, 128 dimensions", new() { Whitening = 1, Dimensions = 128 });
        yield return Static("whitening 0.5, 128 dimensions", new() { Whitening = 0.5, Dimensions = 128 });
        yield return Static("whitening 1, counted", new() { Whitening = 1, Weighting = TokenWeighting.Counts, Texts = titles, SmoothInverseFrequency = 1e-3 });
        yield return Static("whitening 1, counted, 5,000 phrases", new() { Whitening = 1, Weighting = TokenWeighting.Counts, Texts = titles, SmoothInverseFrequency = 1e-3, Phrases = 5000 });
    }
}
