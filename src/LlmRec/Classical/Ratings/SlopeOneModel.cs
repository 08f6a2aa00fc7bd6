namespace LlmRec;

/// <summary>
/// Slope One: the user's mean plus the mean, over the user's items with a common rater, of how much higher the item is rated than they are; of an item never rated the mean of all.
/// D. Lemire and A. Maclachlan, Slope one predictors for online rating-based collaborative filtering, SDM 2005.
/// </summary>
/// <remarks>Fitting is O(Σ n_u²) over users of n_u ratings; memory is 12 bytes a pair of items with a common rater. Updating and forgetting are a new fit. Immutable and thread-safe.</remarks>
public sealed class SlopeOneModel : RatingModel
{
    internal const string KindName = "slope-one";

    private readonly RatingScale? _scale;
    private readonly (int[] Ids, double[] Deviations)[] _rows;

    private SlopeOneModel(Training training, RatingRows rows, RatingScale? scale, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) : base("Slope One", training, rows)
    {
        _scale = scale;
        _rows = new (int[], double[])[rows.Items];
        RatingLists byItem = RatingLists.ByItem(training, rows), byUser = RatingLists.ByUser(rows);
        int done = 0;
        Lock gate = new();
        Parallel.For(0, rows.Items, new ParallelOptions { CancellationToken = cancellationToken }, () => (Sums: new double[rows.Items], Counts: new int[rows.Items]), (i, _, scratch) =>
        {
            ReadOnlySpan<int> raters = byItem.OthersOf(i);
            for (int k = 0; k < raters.Length; k++)
            {
                ReadOnlySpan<int> items = byUser.OthersOf(raters[k]);
                ReadOnlySpan<float> values = byUser.ValuesOf(raters[k]);
                for (int n = 0; n < items.Length; n++)
                {
                    scratch.Sums[items[n]] += byItem.ValuesOf(i)[k] - values[n];
                    scratch.Counts[items[n]]++;
                }
            }
            int[] ids = [.. Enumerable.Range(0, rows.Items).Where(j => j != i && scratch.Counts[j] > 0)];
            _rows[i] = (ids, [.. ids.Select(j => scratch.Sums[j] / scratch.Counts[j])]);
            Array.Clear(scratch.Sums);
            Array.Clear(scratch.Counts);
            if (progress is not null)
                lock (gate) progress.Report(new("comparing ratings", ++done / (double)rows.Items));
            return scratch;
        }, static _ => { });
    }

    /// <summary>Fits the model.</summary>
    /// <param name="catalog">The items whose ratings count.</param>
    /// <param name="log">Training events; ratings with a value count, others do not.</param>
    /// <param name="scale">Predictions stay within this scale; <see langword="null"/> for the lowest and highest rating of the training.</param>
    /// <param name="progress">Receives how far the fit has come.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    /// <exception cref="ArgumentException">The log has no rating, or the scale is none.</exception>
    public static SlopeOneModel Fit(Catalog catalog, InteractionLog log, RatingScale? scale = null, IProgress<BuildProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Training training = Training.From(catalog, log);
        return new(training, new RatingRows(training, scale), scale, progress, cancellationToken);
    }

    internal override string Kind => KindName;

    internal override FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) =>
        new SlopeOneModel(training, new RatingRows(training, _scale), _scale, progress, cancellationToken);

    internal override void Save(SavedModel to) => RatingScale.Save(_scale, to);

    internal static SlopeOneModel Open(OpenedModel file)
    {
        RatingScale? scale = RatingScale.Open(file);
        return new(file.Training, new RatingRows(file.Training, scale), scale, null, default);
    }

    private protected override Func<int, double> PredictorOf(UserContext user)
    {
        (bool[] rated, double mean) = Of(user);
        return item =>
        {
            if (item < 0 || rated.Length == 0) return Rows.Mean;
            (int[] ids, double[] deviations) = _rows[item];
            double sum = 0;
            int n = 0;
            for (int k = 0; k < ids.Length; k++)
            {
                if (!rated[ids[k]]) continue;
                sum += deviations[k];
                n++;
            }
            return n == 0 ? mean : mean + sum / n;
        };
    }

    private protected override IEnumerable<ModelReason> PartsOf(UserContext user, int item)
    {
        (bool[] rated, double mean) = Of(user);
        if (item < 0 || rated.Length == 0)
        {
            yield return new("mean", (float)Rows.Mean);
            yield break;
        }
        yield return new("user", (float)mean);
        (int[] ids, double[] deviations) = _rows[item];
        int n = ids.Count(j => rated[j]);
        for (int k = 0; k < ids.Length; k++)
            if (rated[ids[k]]) yield return ModelReason.Of(IdOf(ids[k]), deviations[k] / n);
    }

    /// <summary>Differences of ratings say nothing of likeness.</summary>
    private protected override Func<int, float> LikenessTo(int item) => static _ => 0;

    /// <summary>What the user rated, and the mean of it; the mean of all, and nothing, for a user without ratings.</summary>
    private (bool[] Rated, double Mean) Of(UserContext user)
    {
        List<(int Item, float Value)>? all = Rows.WithHistory(user);
        if (all is null && Rows.UserOf(user.Id) is >= 0 and int u) all = [.. Rows.ItemsOf(u).ToArray().Zip(Rows.ValuesOf(u).ToArray())];
        if (all is null) return ([], Rows.Mean);
        bool[] rated = new bool[Rows.Items];
        foreach ((int i, _) in all) rated[i] = true;
        return (rated, all.Average(r => (double)r.Value));
    }
}
