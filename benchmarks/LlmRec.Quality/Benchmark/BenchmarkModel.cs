namespace LlmRec.Quality;

/// <summary>A model of the table with the options it may choose from.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Variants">Options in words, and how they are fitted: on a catalog and events with so many threads. The first are the defaults; one is not compared at all.</param>
internal sealed record BenchmarkModel(string Name, params (string Options, Func<Catalog, InteractionLog, int, IScoringModel> Fit)[] Variants)
{
    /// <summary>What the model needs to be told of the data.</summary>
    public BenchmarkNeeds Needs { get; init; }

    /// <summary>Most items for which it is fitted in a run of the whole table.</summary>
    public int MostItems { get; init; } = int.MaxValue;

    /// <summary>All of them, in the order of the table.</summary>
    public static IReadOnlyList<BenchmarkModel> All { get; } =
    [
        new("Popular", ("", (c, l, _) => new PopularModel(l, [.. c.Select(i => i.Id)]))),
        new("Popular lately", [.. ((int[])[30, 7, 90]).Select(d => Variant(FormattableString.Invariant($"{d} days"), (c, l, _) => new PopularModel(l, [.. c.Select(i => i.Id)], TimeSpan.FromDays(d))))]) { Needs = BenchmarkNeeds.Times },
        new("Popular in category", Variant("defaults", (c, l, _) => new PopularInCategoryModel(c, l))) { Needs = BenchmarkNeeds.Order },
        new("Random", ("", (c, _, _) => new RandomModel([.. c.Select(i => i.Id)]))),
        Knn("item-KNN cosine", KnnWeighting.Cosine),
        Knn("item-KNN Jaccard", KnnWeighting.Jaccard),
        Knn("item-KNN TF-IDF", KnnWeighting.TfIdf),
        Knn("item-KNN BM25", KnnWeighting.Bm25),
        Knn("item-KNN degree", KnnWeighting.Degree),
        new("associations", Variant("defaults", (c, l, t) => AssociationModel.Fit(c, l))),
        new("item2vec", Variant("defaults", (c, l, _) => Item2VecModel.Fit(c, l))) { Needs = BenchmarkNeeds.Order },
        new("content TF-IDF", Variant("words of titles and categories", (c, l, t) => ContentModel.Fit(c, l))) { Needs = BenchmarkNeeds.Order },
        new("text alone", Variant("MiniLM package, 100 neighbours", (c, l, t) => Text(c, l, 1, t))) { Needs = BenchmarkNeeds.Order },
        new("text-KNN", [.. ((double[])[0.5, 0.1, 0.3, 0.7]).Select(s => Variant(FormattableString.Invariant($"MiniLM package, text share {s}"), (c, l, t) => Text(c, l, s, t)))]) { Needs = BenchmarkNeeds.Order },
        new("utility",
            Variant("content, popularity, association", (c, l, t) => Utility(c, l, [new("related", (c, l) => AssociationModel.Fit(c, l))])),
            Variant("content, popularity, SLIT", (c, l, t) => Utility(c, l, [new("next", (c, l) => ItemTransitionModel.Fit(c, l, new() { Threads = t }))]))) { Needs = BenchmarkNeeds.Order },
        new("user-KNN", [.. ((int[])[100, 30, 300]).Select(k => Variant(FormattableString.Invariant($"K {k}"), (c, l, _) => UserKnnModel.Fit(c, l, new() { Neighbours = k })))]),
        new("item graph filter", [.. (((int K, double P)[])[(100, 0.5), (20, 0.5), (500, 0.5), (1000, 0.5), (100, 0.3), (100, 0.4), (500, 0.3), (500, 0.4), (500, 0.6), (1000, 0.4)]).Select(o =>
            Variant(FormattableString.Invariant($"K {o.K}, power {o.P}"), (c, l, t) => ItemGraphModel.Fit(c, l, new() { Neighbours = o.K, DegreePower = o.P, Threads = t })))]),
        new("EASE", [.. ((double[])[500, 100, 1000]).Select(λ => Variant(FormattableString.Invariant($"λ {λ}"), (c, l, t) => EaseModel.Fit(c, l, new() { Regularisation = λ, Threads = t })))]) { MostItems = 20_000 },
        new("EASE, large", Variant("λ 100, not chosen", (c, l, t) => EaseModel.Fit(c, l, new() { Regularisation = 100, Threads = t }))) { MostItems = -20_000 },
        new("SLIM", Slim(0.005, 0.1), Slim(0.001, 0.1), Slim(0.005, 0.01), Slim(0.0001, 0.1, 300), Slim(0.005, 0.001, 300), Slim(0.002, 0.001, 300), Slim(0.001, 0.001, 300), Slim(0.0005, 0.002, 300)),
        new("SLIT",
            Variant("λ 100", (c, l, t) => ItemTransitionModel.Fit(c, l, new() { Threads = t })),
            Variant("λ 30", (c, l, t) => ItemTransitionModel.Fit(c, l, new() { Threads = t, Regularisation = 30 })),
            Variant("λ 30, both ways", (c, l, t) => ItemTransitionModel.Fit(c, l, new() { Threads = t, Regularisation = 30, Next = 6, NextDecay = 0.7, ReverseWeight = 0.5 }))) { Needs = BenchmarkNeeds.Order },
        new("SLIST", [.. ((double[])[0.2, 0.5]).Select(a => Variant(FormattableString.Invariant($"co-occurrence {a}"), (c, l, t) => ItemTransitionModel.Fit(c, l, new() { Threads = t, Consistency = a })))]) { Needs = BenchmarkNeeds.Order },
        new("PureSVD", [.. ((int[])[64, 16, 32, 128, 256]).Select(f => Variant(FormattableString.Invariant($"{f} factors"), (c, l, t) => PureSvdModel.Fit(c, l, new() { Factors = f, Threads = t })))]),
        new("iALS",
            Variant("64 factors, α 5", (c, l, t) => ImplicitAlsModel.Fit(c, l, new() { Threads = t })),
            Variant("64 factors, α 20", (c, l, t) => ImplicitAlsModel.Fit(c, l, new() { Alpha = 20, Threads = t })),
            Variant("128 factors, α 5", (c, l, t) => ImplicitAlsModel.Fit(c, l, new() { Factors = 128, Threads = t })),
            Variant("128 factors, α 20, λ 1", (c, l, t) => ImplicitAlsModel.Fit(c, l, new() { Factors = 128, Alpha = 20, Regularisation = 1, Threads = t }))),
        new("iALS, conjugate gradient",
            Variant("64 factors, α 5", (c, l, t) => ImplicitAlsModel.Fit(c, l, new() { Solver = AlsSolver.ConjugateGradient, Threads = t })),
            Variant("128 factors, α 20, λ 1", (c, l, t) => ImplicitAlsModel.Fit(c, l, new() { Solver = AlsSolver.ConjugateGradient, Factors = 128, Alpha = 20, Regularisation = 1, Threads = t }))),
        new("iALS, frequency-scaled",
            Scaled(64, 0.1, 0.003), Scaled(128, 0.1, 0.01), Scaled(256, 0.05, 0.003), Scaled(128, 0.01, 0.003), Scaled(256, 0.01, 0.003), Scaled(512, 0.01, 0.003, AlsSolver.ConjugateGradient)),
        new("BPR",
            Variant("64 factors, step 0.01", (c, l, _) => BprModel.Fit(c, l, new() { LearningRate = 0.01 })),
            Variant("64 factors, step 0.05", (c, l, _) => BprModel.Fit(c, l, new() { LearningRate = 0.05 })),
            Bpr(0.05, 0.01), Bpr(0.05, 0.003), Bpr(0.1, 0.003), Bpr(0.1, 0.003, 300)),
    ];

    /// <summary>Whether the table of a data set has it.</summary>
    public bool Fits(BenchmarkData data)
    {
        int items = data.Testing.Catalog!.Count;
        bool told = Needs switch { BenchmarkNeeds.Times => data.Timed, BenchmarkNeeds.Order => data.Ordered, _ => true };
        return told && (MostItems >= 0 ? items <= MostItems : items > -MostItems);
    }

    private static BenchmarkModel Knn(string name, KnnWeighting weighting) =>
        new(name, [.. ((int[])[100, 20, 500]).Select(k => Variant(FormattableString.Invariant($"K {k}"), (c, l, t) => ItemKnnModel.Fit(c, l, new() { Weighting = weighting, Neighbours = k, Threads = t })))]);

    private static (string, Func<Catalog, InteractionLog, int, IScoringModel>) Bpr(double step, double λ, int epochs = 100) =>
        Variant(FormattableString.Invariant($"64 factors, step {step}, λ {λ}, even noise") + (epochs == 100 ? "" : FormattableString.Invariant($", {epochs} passes")),
            (c, l, _) => BprModel.Fit(c, l, new() { LearningRate = step, Regularisation = λ, NoisePower = 0, Epochs = epochs }));

    private static (string, Func<Catalog, InteractionLog, int, IScoringModel>) Scaled(int factors, double α, double λ, AlsSolver solver = AlsSolver.Cholesky) =>
        Variant(FormattableString.Invariant($"{factors} factors, α {α}, λ {λ}") + (solver == AlsSolver.Cholesky ? "" : ", conjugate gradient"),
            (c, l, t) => ImplicitAlsModel.Fit(c, l, new() { Factors = factors, Objective = AlsObjective.FrequencyScaled, Alpha = α, Regularisation = λ, Solver = solver, Threads = t }));

    private static (string, Func<Catalog, InteractionLog, int, IScoringModel>) Slim(double α, double ρ, int candidates = 0) =>
        Variant(FormattableString.Invariant($"α {α}, ρ {ρ}") + (candidates > 0 ? FormattableString.Invariant($", {candidates} candidates") : ""),
            (c, l, t) => SlimModel.Fit(c, l, new() { Penalty = α, L1Share = ρ, Candidates = candidates, Tolerance = 1e-4, Threads = t }));

    private static TextKnnModel Text(Catalog catalog, InteractionLog log, double share, int threads) =>
        TextKnnModel.FitAsync(catalog, log, MiniLM.ItemEncoder(), new() { TextShare = share, Threads = threads }).GetAwaiter().GetResult();

    private static UtilityModel Utility(Catalog catalog, InteractionLog log, UtilityPart[] more) =>
        UtilityModel.Fit(catalog, log, [new("content", (c, l) => ContentModel.Fit(c, l)), new("popularity", (c, l) => new PopularModel(l, [.. c.Select(i => i.Id)])), .. more]);

    private static (string Options, Func<Catalog, InteractionLog, int, IScoringModel> Fit) Variant(string options, Func<Catalog, InteractionLog, int, IScoringModel> fit) =>
        (options, fit);
}
