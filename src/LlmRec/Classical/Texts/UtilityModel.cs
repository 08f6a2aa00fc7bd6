using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>
/// The utility of the field's texts, content + λ · rating + β · related, with weights that are learned: each part is a model of its own, its scores are
/// standardised over the items of a user and flattened by sign(z) · ln(1 + |z|), and the weights are those under which a softmax over all items best foretells each user's last event, given what came before.
/// </summary>
/// <remarks>
/// The likelihood is concave, and some of Newton's steps with a line search find its maximum, O(users · items · parts²) each. The parts are fitted without the last events to learn the weights, and then on all.
/// An update updates the parts and leaves the weights; forgetting fits parts and weights anew without the user, each part with the options it has. Items are alike as the parts together say: their
/// likenesses are standardised, flattened and weighted as the scores are. Immutable and thread-safe.
/// </remarks>
public sealed partial class UtilityModel : FittedModel
{
    internal const string KindName = "utility";

    private readonly FittedModel[] _models;
    private readonly string[] _names;
    private readonly double[] _weights;
    private readonly UtilityOptions _options;

    private UtilityModel(Training training, FittedModel[] models, string[] names, double[] weights, UtilityOptions options) : base("utility " + string.Join(" + ", names), training)
    {
        _models = models;
        _names = names;
        _weights = weights;
        _options = options;
    }

    /// <summary>The parts' names, fitted models, and weights: what the part's flattened scores are multiplied by.</summary>
    public IReadOnlyList<(string Name, FittedModel Model, double Weight)> Parts => [.. _names.Select((n, k) => (n, _models[k], _weights[k]))];

    /// <summary>Fits parts and weights.</summary>
    /// <param name="catalog">The items that can be recommended.</param>
    /// <param name="log">Training events.</param>
    /// <param name="parts">One or more parts; all rank the catalog's items.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives how far the fit has come.</param>
    /// <param name="cancellationToken">Stops the fit between parts and steps.</param>
    /// <exception cref="ArgumentException">There are no parts, two have one name, or one of them ranks other items than the catalog's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static UtilityModel Fit(Catalog catalog, InteractionLog log, IReadOnlyList<UtilityPart> parts, UtilityOptions? options = null, IProgress<BuildProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(parts);
        options ??= new();
        options.Check();
        if (parts.Count == 0) throw new ArgumentException("a utility has at least one part", nameof(parts));
        if (parts.Select(p => p.Name).Distinct(StringComparer.Ordinal).Count() != parts.Count) throw new ArgumentException("two parts have one name: give each a name of its own", nameof(parts));
        Training training = Training.From(catalog, log);
        return Fit(training, [.. parts.Select(p => p.Name)], options, (k, t) =>
        {
            FittedModel model = parts[k].Fit(catalog, t.Events);
            return model.Items.SequenceEqual(training.Items) ? model
                : throw new ArgumentException($"the part '{parts[k].Name}' ranks other items than the catalog's {training.Items.Length}", nameof(parts));
        }, progress, cancellationToken);
    }

    private static UtilityModel Fit(Training training, string[] names, UtilityOptions options, Func<int, Training, FittedModel> fit, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        (Training before, List<(UserContext User, string Next)> cases) = HoldBack(training, options.MaxUsers);
        double[] weights = [.. names.Select(_ => 1.0)];
        if (cases.Count > 0) weights = Learn(Models(before, 0), cases, options, cancellationToken);
        return new(training, Models(training, names.Length), names, weights, options);

        FittedModel[] Models(Training on, int done)
        {
            var models = new FittedModel[names.Length];
            for (int k = 0; k < models.Length; k++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                models[k] = fit(k, on);
                progress?.Report(new("fitting parts", (done + k + 1.0) / (2 * names.Length)));
            }
            return models;
        }
    }

    internal override string Kind => KindName;

    internal override IReadOnlyList<FittedModel> Inner => _models;

    internal override FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) =>
        Fit(training, _names, _options, (k, t) => _models[k].Fitted(t, null, cancellationToken), progress, cancellationToken);

    internal override FittedModel Updated(Training training, int[] changed, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) =>
        new UtilityModel(training, [.. _models.Select(m => m.Updated(training, changed, null, cancellationToken))], _names, _weights, _options);

    internal override FittedModel Grown(Training training) => new UtilityModel(training, [.. _models.Select(m => m.Grown(training))], _names, _weights, _options);

    internal override void Save(SavedModel to)
    {
        to.Set("maxUsers", _options.MaxUsers);
        to.Set("regularisation", _options.Regularisation);
        to.Tensors.AddStrings("names", _names);
        to.Tensors.Add("weights", _weights);
    }

    internal static UtilityModel Open(OpenedModel file)
    {
        var d = new UtilityOptions();
        UtilityOptions options = new() { MaxUsers = file.Get("maxUsers", d.MaxUsers), Regularisation = file.Get("regularisation", d.Regularisation) };
        options.Check();
        string[] names = file.Tensors.ReadStrings("names");
        if (names.Length != file.Inner.Count || names.Length == 0) throw new InvalidDataException($"{file.Tensors.Name}: a utility of {names.Length} parts has {file.Inner.Count} models");
        foreach (FittedModel model in file.Inner)
            if (!model.Items.SequenceEqual(file.Training.Items)) throw new InvalidDataException($"{file.Tensors.Name}: the part '{model.Name}' ranks other items than the utility");
        return new(file.Training, [.. file.Inner], names, file.Doubles("weights", names.Length), options);
    }

    /// <summary>sign(z) · ln(1 + |z|): a few items of a user have scores thirty deviations out, which no weight suits.</summary>
    private static double Flat(double z) => Math.CopySign(Math.Log(1 + Math.Abs(z)), z);

    /// <summary>Scores (parts, m) of a user, each part brought to mean 0 and deviation 1 and then flattened; returns means and deviations.</summary>
    private static (double[] Means, double[] Deviations) Standardise(FittedModel[] models, UserContext user, Span<float> scores)
    {
        int m = models[0].Items.Count;
        double[] means = new double[models.Length], deviations = new double[models.Length];
        for (int a = 0; a < models.Length; a++)
        {
            Span<float> row = scores.Slice(a * m, m);
            models[a].Score([new(user, [])], row);
            (means[a], deviations[a]) = Standardise(row);
        }
        return (means, deviations);
    }

    /// <summary>Brings scores to mean 0 and deviation 1 and flattens them; returns what these were.</summary>
    private static (double Mean, double Deviation) Standardise(Span<float> row)
    {
        double sum = 0, squares = 0;
        foreach (float s in row) sum += s;
        double mean = sum / Math.Max(1, row.Length);
        foreach (float s in row) squares += (s - mean) * (s - mean);
        double deviation = Math.Sqrt(squares / Math.Max(1, row.Length));
        if (!(deviation > 0)) deviation = 1;
        for (int i = 0; i < row.Length; i++) row[i] = (float)Flat((row[i] - mean) / deviation);
        return (mean, deviation);
    }

    private protected override void ScoreTrained(IReadOnlyList<TopNRequest> requests, Span<float> scores)
    {
        int m = Items.Count;
        float[] parts = new float[_models.Length * m];
        for (int r = 0; r < requests.Count; r++)
        {
            Standardise(_models, requests[r].User, parts);
            for (int i = 0; i < m; i++)
            {
                double sum = 0;
                for (int a = 0; a < _weights.Length; a++) sum += _weights[a] * parts[a * m + i];
                scores[r * m + i] = (float)sum;
            }
        }
    }

    private protected override void SimilarTo(int item, Span<float> similarities)
    {
        float[] row = new float[similarities.Length];
        for (int a = 0; a < _models.Length; a++)
        {
            Array.Clear(row);
            foreach (ScoredItem like in _models[a].Similar(Items[item], row.Length)) row[Training.IndexOf(like.Item)] = like.Score;
            Standardise(row);
            TensorPrimitives.MultiplyAdd(row, (float)_weights[a], similarities, similarities);
        }
    }

    /// <summary>Under each part's name what each item of the history adds to it, and the rest of the part together.</summary>
    private protected override IEnumerable<ModelReason> ReasonsOf(UserContext user, int item)
    {
        int m = Items.Count;
        float[] scores = new float[_models.Length * m];
        (double[] means, double[] deviations) = Standardise(_models, user, scores);
        var reasons = new List<ModelReason>();
        for (int a = 0; a < _models.Length; a++)
        {
            // the flattened part is shared out among its reasons as the straight one is
            double flat = scores[a * m + item], straight = Math.CopySign(Math.Exp(Math.Abs(flat)) - 1, flat);
            double scale = _weights[a] / deviations[a] * (straight == 0 ? 1 : flat / straight), rest = -means[a];
            foreach (ModelReason reason in _models[a].Explain(user, Items[item]))
            {
                if (reason.Item is null) rest += reason.Score;
                else reasons.Add(new(_names[a], (float)(scale * reason.Score), reason.Item));
            }
            reasons.Add(new(_names[a], (float)(scale * rest)));
        }
        return reasons;
    }
}
