namespace LlmRec.Quality;

/// <summary>Three transition models of different decay as features of the head, fitted on the same events as its counts.</summary>
internal static class TransitionFeatures
{
    public static IEnumerable<IFeature> Of(NamedDataset data, int threads)
    {
        InteractionLog train = DataSplit.LeaveLastOut(data.Log, data.Catalog).Train;
        foreach (double decay in (double[])[0.5, 0.8, 0.95])
            yield return Features.Score(ItemTransitionModel.Fit(data.Catalog, train, new() { PastDecay = decay, Past = decay > 0.9 ? 60 : 20, Threads = threads }));
    }
}
