namespace LlmRec;

/// <summary>Evaluation over the targets and a few sampled other items. It does not keep the order of models (Krichene and Rendle 2020); it is here to compare with papers that did so, and its metrics say "sampled".</summary>
public static class SampledEvaluator
{
    /// <summary>As <see cref="Evaluator.Evaluate"/>, but ranks each user's targets among uniformly sampled items only.</summary>
    /// <param name="split">The split.</param>
    /// <param name="models">Models that score every item.</param>
    /// <param name="negatives">Other items a user, at least 1; fewer where there are not as many. The same for all models.</param>
    /// <param name="options">How to evaluate; the seed decides which items are sampled.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>A report whose metrics are called, for example, "NDCG@10 sampled 100".</returns>
    public static EvaluationReport Evaluate(DataSplit split, IReadOnlyList<IScoringModel> models, int negatives = 100, EvaluationOptions? options = null, IProgress<EvaluationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentOutOfRangeException.ThrowIfLessThan(negatives, 1);
        options ??= new();
        options.Check();
        options = options with { Metrics = [.. options.Metrics.Select(m => m.Renamed(FormattableString.Invariant($"{m.Name} sampled {negatives}")))] };
        return Evaluator.Run(split, models, options, negatives, progress, cancellationToken);
    }
}
