using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>
/// The utility of the field's texts, content + λ · rating + β · related, with weights that are learned: each part is a model of its own, its scores are
/// standardised over the items of a user and flattened by sign(z) · ln(1 + |z|), and the weights are those under which a softmax over all items best foretells each user's last event, given what came before.
/// </summary>
/// <remarks>
/// The likelihood is concave, and some of Newton's steps with a line search find its maximum, O(users · items · parts²) each. The parts are fitted without the last events to learn the weights, and then on all.
/// Immutable and thread-safe.
/// </remarks>
public sealed class UtilityModel : IScoringModel
{
    private readonly FittedModel[] _models;
    private readonly string[] _names;
    private readonly double[] _weights;

    private UtilityModel(FittedModel[] models, string[] names, double[] weights)
    {
        _models = models;
        _names = names;
        _weights = weights;
    }

    /// <inheritdoc/>
    public string Name => "utility " + string.Join(" + ", _names);

    /// <inheritdoc/>
    public IReadOnlyList<string> Items => _models[0].Items;

    /// <summary>The parts' names, fitted models, and weights: what the part's flattened scores are multiplied by.</summary>
    public IReadOnlyList<(string Name, FittedModel Model, double Weight)> Parts => [.. _names.Select((n, k) => (n, _models[k], _weights[k]))];

    /// <summary>Fits parts and weights.</summary>
    /// <param name="catalog">The items that can be recommended.</param>
    /// <param name="log">Training events.</param>
    /// <param name="parts">One or more parts; all rank the catalog's items.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops the fit between parts and steps.</param>
    /// <exception cref="ArgumentException">There are no parts, two have one name, or one of them ranks other items than the catalog's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static UtilityModel Fit(Catalog catalog, InteractionLog log, IReadOnlyList<UtilityPart> parts, UtilityOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(parts);
        options ??= new();
        options.Check();
        if (parts.Count == 0) throw new ArgumentException("a utility has at least one part", nameof(parts));
        if (parts.Select(p => p.Name).Distinct(StringComparer.Ordinal).Count() != parts.Count) throw new ArgumentException("two parts have one name: give each a name of its own", nameof(parts));
        (InteractionLog before, List<(UserContext User, string Next)> cases) = HoldBack(catalog, log, options.MaxUsers);
        double[] weights = [.. parts.Select(_ => 1.0)];
        if (cases.Count > 0) weights = Learn(Models(catalog, before, parts, cancellationToken), cases, options, cancellationToken);
        return new(Models(catalog, log, parts, cancellationToken), [.. parts.Select(p => p.Name)], weights);
    }

    private static FittedModel[] Models(Catalog catalog, InteractionLog log, IReadOnlyList<UtilityPart> parts, CancellationToken cancellationToken)
    {
        string[] items = [.. catalog.Select(i => i.Id)];
        var models = new FittedModel[parts.Count];
        for (int k = 0; k < models.Length; k++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            models[k] = parts[k].Fit(catalog, log);
            if (!models[k].Items.SequenceEqual(items)) throw new ArgumentException($"the part '{parts[k].Name}' ranks other items than the catalog's {items.Length}", nameof(parts));
        }
        return models;
    }

    /// <summary>All but the last positive event of each user, and those events with the histories before them.</summary>
    private static (InteractionLog, List<(UserContext, string)>) HoldBack(Catalog catalog, InteractionLog log, int most)
    {
        var held = new HashSet<int>();
        var cases = new List<(UserContext, string)>();
        int step = Math.Max(1, (log.UserTable.Count + most - 1) / most);
        for (int u = 0; u < log.UserTable.Count; u += step)
        {
            int[] positions = [.. log.PositionsOf(u).ToArray().Where(p => !log.KindAt(p).IsNegative() && catalog.Contains(log.ItemTable[log.ItemAt(p)]))];
            if (positions.Length < 2) continue;
            int last = positions[^1];
            // what the user has already is no answer
            if (positions[..^1].Any(p => log.ItemAt(p) == log.ItemAt(last))) continue;
            held.Add(last);
            cases.Add((new UserContext { History = [.. positions[..^1].Select(p => log[p])] }, log.ItemTable[log.ItemAt(last)]));
        }
        return (log.Select(Enumerable.Range(0, log.Count).Where(p => !held.Contains(p)).ToArray()), cases);
    }

    private static double[] Learn(FittedModel[] models, List<(UserContext User, string Next)> cases, UtilityOptions options, CancellationToken cancellationToken)
    {
        int k = models.Length, m = models[0].Items.Count;
        var index = models[0].Items.Select((id, i) => (id, i)).ToDictionary(p => p.id, p => p.i, StringComparer.Ordinal);
        double[] weights = new double[k];
        (double loss, double[] gradient, double[] hessian) = Evaluate(weights);
        for (int pass = 0; pass < 30; pass++)
        {
            double[] step = [.. gradient], factor = [.. hessian];
            if (!NormalEquations.Factor(factor, k)) break;
            NormalEquations.Solve(factor, k, step);
            double descent = TensorPrimitives.Dot<double>(gradient, step), length = 1;
            // scores have long tails, so that a whole step may overshoot; the loss is convex, so that some shorter one does not
            while (length > 1e-4)
            {
                double[] next = [.. weights.Zip(step, (w, s) => w - length * s)];
                var there = Evaluate(next);
                if (there.Loss <= loss - 1e-4 * length * descent)
                {
                    (weights, loss, gradient, hessian) = (next, there.Loss, there.Gradient, there.Hessian);
                    break;
                }
                length /= 4;
            }
            if (length <= 1e-4 || descent < 1e-8) break;
        }
        return weights;

        // the penalised mean of −ln p(next) and its derivatives, the Hessian as an upper triangle
        (double Loss, double[] Gradient, double[] Hessian) Evaluate(double[] w)
        {
            // users in blocks of a fixed size, whose sums are added in their order: the same for any number of threads
            var sums = new (double Loss, double[] Gradient, double[] Hessian)[(cases.Count + 31) / 32];
            Parallel.For(0, sums.Length, new ParallelOptions { CancellationToken = cancellationToken }, block =>
            {
                (double loss, double[] g, double[] h) = (0, new double[k], new double[k * k]);
                float[] scores = new float[k * m];
                double[] utility = new double[m], mean = new double[k];
                foreach ((UserContext user, string next) in cases.Skip(32 * block).Take(32))
                {
                    Standardise(models, user, scores);
                    bool[] seen = new bool[m];
                    foreach (Interaction e in user.History)
                        if (index.TryGetValue(e.Item, out int i)) seen[i] = true;
                    double most = double.NegativeInfinity, all = 0, mine = 0;
                    for (int i = 0; i < m; i++)
                    {
                        utility[i] = 0;
                        for (int a = 0; a < k; a++) utility[i] += w[a] * scores[a * m + i];
                        if (!seen[i]) most = Math.Max(most, utility[i]);
                    }
                    mine = utility[index[next]];
                    for (int i = 0; i < m; i++) all += utility[i] = seen[i] ? 0 : Math.Exp(utility[i] - most);
                    loss += most + Math.Log(all) - mine;
                    for (int a = 0; a < k; a++)
                    {
                        mean[a] = 0;
                        for (int i = 0; i < m; i++) mean[a] += utility[i] / all * scores[a * m + i];
                        g[a] += mean[a] - scores[a * m + index[next]];
                    }
                    for (int a = 0; a < k; a++)
                    {
                        for (int b = a; b < k; b++)
                        {
                            double both = 0;
                            for (int i = 0; i < m; i++) both += utility[i] / all * scores[a * m + i] * scores[b * m + i];
                            h[a * k + b] += both - mean[a] * mean[b];
                        }
                    }
                }
                sums[block] = (loss, g, h);
            });
            (double Loss, double[] Gradient, double[] Hessian) sum = (0, new double[k], new double[k * k]);
            foreach ((double l, double[] g, double[] h) in sums)
            {
                sum.Loss += l / cases.Count;
                for (int a = 0; a < k; a++) sum.Gradient[a] += g[a] / cases.Count;
                for (int a = 0; a < k * k; a++) sum.Hessian[a] += h[a] / cases.Count;
            }
            for (int a = 0; a < k; a++)
            {
                sum.Loss += options.Regularisation * w[a] * w[a] / 2;
                sum.Gradient[a] += options.Regularisation * w[a];
                sum.Hessian[a * k + a] += options.Regularisation;
            }
            return sum;
        }
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
            double sum = 0, squares = 0;
            foreach (float s in row) sum += s;
            double mean = sum / Math.Max(1, m);
            foreach (float s in row) squares += (s - mean) * (s - mean);
            double deviation = Math.Sqrt(squares / Math.Max(1, m));
            if (!(deviation > 0)) deviation = 1;
            for (int i = 0; i < m; i++) row[i] = (float)Flat((row[i] - mean) / deviation);
            (means[a], deviations[a]) = (mean, deviation);
        }
        return (means, deviations);
    }

    /// <inheritdoc/>
    public void Score(IReadOnlyList<TopNRequest> requests, Span<float> scores)
    {
        ArgumentNullException.ThrowIfNull(requests);
        int m = Items.Count;
        if (scores.Length < (long)requests.Count * m)
            throw new ArgumentException($"{requests.Count} users of {m} items need {(long)requests.Count * m} scores, but there is room for {scores.Length}", nameof(scores));
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

    /// <summary>The parts of an item's score, largest first: under each part's name what each item of the history adds to it, and the rest of the part together. They sum to the score, up to rounding.</summary>
    /// <param name="user">The user.</param>
    /// <param name="item">Id of the item to explain; an unknown one has no parts.</param>
    public IReadOnlyList<ModelReason> Explain(UserContext user, string item)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(item);
        int m = Items.Count;
        if (!Items.Contains(item, StringComparer.Ordinal)) return [];
        float[] scores = new float[_models.Length * m];
        (double[] means, double[] deviations) = Standardise(_models, user, scores);
        int at = 0;
        while (Items[at] != item) at++;
        var reasons = new List<ModelReason>();
        for (int a = 0; a < _models.Length; a++)
        {
            // the flattened part is shared out among its reasons as the straight one is
            double flat = scores[a * m + at], straight = Math.CopySign(Math.Exp(Math.Abs(flat)) - 1, flat);
            double scale = _weights[a] / deviations[a] * (straight == 0 ? 1 : flat / straight), rest = -means[a];
            foreach (ModelReason reason in _models[a].Explain(user, item))
            {
                if (reason.Item is null) rest += reason.Score;
                else reasons.Add(new(_names[a], (float)(scale * reason.Score), reason.Item));
            }
            reasons.Add(new(_names[a], (float)(scale * rest)));
        }
        return ModelReason.Sorted(reasons);
    }
}
