namespace LlmRec.Tests.Classical;

/// <summary>Every model with a small fit, for the claims that hold for all of them.</summary>
internal static class FittedModels
{
    private static readonly Dictionary<string, Func<Catalog, InteractionLog, FittedModel>> s_fits = new()
    {
        ["popular"] = (c, l) => new PopularModel(l, [.. c.Select(i => i.Id)]),
        ["popular in category"] = (c, l) => new PopularInCategoryModel(c, l),
        ["association"] = (c, l) => AssociationModel.Fit(c, l, new() { Neighbours = 6 }),
        ["content"] = (c, l) => ContentModel.Fit(c, l),
        ["item2vec"] = (c, l) => Item2VecModel.Fit(c, l, new() { Dimensions = 8, LearningRate = 0.1, Subsample = 0, Epochs = 30 }),
        ["text-KNN"] = (c, l) => TextKnnModel.FitAsync(c, l, LsaItemEncoder.Fit(c, new() { Dimensions = 10 }), new() { Neighbours = 14 }).Result,
        ["text mean"] = (c, l) => TextMeanModel.FitAsync(c, l, LsaItemEncoder.Fit(c, new() { Dimensions = 10 })).Result,
        ["random"] = (c, _) => new RandomModel([.. c.Select(i => i.Id)], 7),
        ["item-KNN cosine"] = (c, l) => ItemKnnModel.Fit(c, l, new() { Weighting = KnnWeighting.Cosine, Neighbours = 4 }),
        ["item-KNN TF-IDF"] = (c, l) => ItemKnnModel.Fit(c, l, new() { Weighting = KnnWeighting.TfIdf, Neighbours = 3, Shrinkage = 2 }),
        ["item-KNN BM25"] = (c, l) => ItemKnnModel.Fit(c, l, new() { Weighting = KnnWeighting.Bm25, Neighbours = 5 }),
        ["item-KNN Jaccard"] = (c, l) => ItemKnnModel.Fit(c, l, new() { Weighting = KnnWeighting.Jaccard, Neighbours = null }),
        ["item-KNN degree"] = (c, l) => ItemKnnModel.Fit(c, l, new() { Weighting = KnnWeighting.Degree, Neighbours = 5 }),
        ["item graph"] = (c, l) => ItemGraphModel.Fit(c, l, new() { Neighbours = 5 }),
        ["user-KNN"] = (c, l) => UserKnnModel.Fit(c, l, new() { Weighting = KnnWeighting.TfIdf, Neighbours = 9, Shrinkage = 1 }),
        ["user-KNN Jaccard"] = (c, l) => UserKnnModel.Fit(c, l, new() { Weighting = KnnWeighting.Jaccard, Neighbours = 9 }),
        ["EASE"] = (c, l) => EaseModel.Fit(c, l, new() { Regularisation = 5 }),
        ["EASE refined"] = (c, l) => EaseModel.Fit(c, l, new() { Regularisation = 5, Precision = EasePrecision.Refined }),
        ["SLIS refined"] = (c, l) => EaseModel.Fit(c, l, new() { Regularisation = 5, DiagonalLimit = 0.3, Precision = EasePrecision.Refined }),
        ["SLIM"] = (c, l) => SlimModel.Fit(c, l),
        ["SLIST"] = (c, l) => ItemTransitionModel.Fit(c, l, new() { Regularisation = 5, Consistency = 0.3 }),
        ["PureSVD"] = (c, l) => PureSvdModel.Fit(c, l, new() { Factors = 4 }),
        ["iALS"] = (c, l) => ImplicitAlsModel.Fit(c, l, new() { Factors = 6, Regularisation = 1 }),
        ["iALS scaled"] = (c, l) => ImplicitAlsModel.Fit(c, l, new() { Factors = 6, Objective = AlsObjective.FrequencyScaled, Alpha = 0.1, Regularisation = 0.1 }),
        ["BPR"] = (c, l) => BprModel.Fit(c, l, new() { Factors = 6, Epochs = 60, LearningRate = 0.05 }),
        ["BPR even"] = (c, l) => BprModel.Fit(c, l, new() { Factors = 6, Epochs = 60, LearningRate = 0.05, NoisePower = 0 }),
        ["item-KNN voters"] = (c, l) => ItemKnnModel.Fit(c, l, new() { Weighting = KnnWeighting.Cosine, Neighbours = null, Voters = 3 }),
        ["user-KNN of each item"] = (c, l) => UserKnnModel.Fit(c, l, new() { Neighbours = 3, NeighboursOfEachItem = true }),
        ["rating KNN items"] = (c, l) => RatingKnnModel.Fit(c, l, new() { Shrinkage = 2 }),
        ["rating KNN users"] = (c, l) => RatingKnnModel.Fit(c, l, new() { ItemBased = false, Method = RatingKnnMethod.WithZScore, Similarity = RatingSimilarity.CentredCosine, Neighbours = 6 }),
        ["rating KNN basic"] = (c, l) => RatingKnnModel.Fit(c, l, new() { Method = RatingKnnMethod.Basic, Similarity = RatingSimilarity.Pearson, Neighbours = 6, Shrinkage = 1 }),
        ["Slope One"] = (c, l) => SlopeOneModel.Fit(c, l),
        ["ALS"] = (c, l) => RatingAlsModel.Fit(c, l, new() { Factors = 3, Regularisation = 0.3 }),
        ["utility"] = (c, l) => UtilityModel.Fit(c, l, s_parts!),
        ["baseline"] = (c, l) => BaselineRatingModel.Fit(c, l),
        ["SVD"] = (c, l) => SvdRatingModel.Fit(c, l, new() { Factors = 5, Epochs = 100, LearningRate = 0.03, InitialDeviation = 0.05 }),
        ["SVD without biases"] = (c, l) => SvdRatingModel.Fit(c, l, new() { Biased = false, Factors = 5, Epochs = 100, LearningRate = 0.03, InitialDeviation = 0.3 }),
        ["NMF"] = (c, l) => NmfRatingModel.Fit(c, l, new() { Factors = 6, Regularisation = 0.5 }),
        ["NMF with biases"] = (c, l) => NmfRatingModel.Fit(c, l, new() { Factors = 10, Regularisation = 0.2, Biased = true }),
        ["SVD++"] = (c, l) => SvdRatingModel.Fit(c, l, SvdRatingOptions.PlusPlus with { Factors = 5, Epochs = 100, LearningRate = 0.03, InitialDeviation = 0.05 }),
    };

    private static readonly UtilityPart[] s_parts =
    [
        new("content", (c, l) => ContentModel.Fit(c, l)), new("rating", (c, l) => RatingKnnModel.Fit(c, l, new() { Shrinkage = 2 })), new("related", (c, l) => AssociationModel.Fit(c, l, new() { Neighbours = 6 })),
    ];

    public static string[] Names => [.. s_fits.Keys];

    /// <summary>Fits a model by name.</summary>
    public static FittedModel Fit(string name, Catalog catalog, InteractionLog log) => s_fits[name](catalog, log);

    /// <summary>Three tastes, 45 items with texts, 36 users with ratings, a dislike now and then; u36 and u37 come last.</summary>
    public static (Catalog Catalog, InteractionLog Log) World()
    {
        Catalog catalog = SmallShop.Catalog(15);
        string[] ids = [.. catalog.Select(i => i.Id)];
        var random = new SplitMix(11);
        var log = new InteractionLog();
        for (int u = 0; u < 36; u++)
        {
            for (int e = 0; e < 9; e++)
            {
                int genre = random.Next(5) == 0 ? random.Next(3) : u % 3, item = 15 * genre + random.Next(13);   // the last two of a genre are cold
                log.Add($"u{u}", ids[item], random.Next(12) == 0 ? InteractionKind.Dislike : InteractionKind.Rating, (genre == u % 3 ? 4 : 1) + random.Next(2), SmallShop.Start.AddHours(u + 40 * e));
            }
        }
        return (catalog, log);
    }

    /// <summary>Scores of users by id and of one by history alone.</summary>
    public static float[] Scores(FittedModel model, params string[] users)
    {
        TopNRequest[] requests = [.. users.Select(u => new TopNRequest(UserContext.Of(u), [])), new(Stranger, [])];
        float[] scores = new float[requests.Length * model.Items.Count];
        Array.Fill(scores, float.NaN);
        model.Score(requests, scores);
        return scores;
    }

    public static UserContext Stranger { get; } = new()
    {
        History = [new("", "space-2", InteractionKind.Rating, 5), new("", "space-4", InteractionKind.Rating, 4), new("", "kitchen-1", InteractionKind.Rating, 1), new("", "space-14", InteractionKind.Rating, 5)],
    };
}
