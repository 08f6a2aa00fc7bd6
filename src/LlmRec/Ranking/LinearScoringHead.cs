using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>
/// A weighted sum of named features: quick, small, and its own explanation. Works untrained with weights for text, co-occurrence and
/// time decay (as STAR does, Lee et al., arXiv 2410.16458), is fitted to a log in seconds, and learns on from single events.
/// </summary>
/// <remarks>
/// A score is the sum of its contributions, added in order in float32, exactly. Ranking from several threads is safe, also while
/// <see cref="Learn"/> runs: a ranking sees either the weights before a step or those after it. About 0.3 ms for 500 candidates.
/// </remarks>
public sealed partial class LinearScoringHead : IRanker
{
    [ThreadStatic] private static Scratch? s_scratch;

    private readonly IFeature[] _features;
    private readonly int[] _singles;   // features computed one by one
    private readonly BehaviourPlan _shared;   // those that share a walk over the history
    private readonly string[] _names;
    private volatile Parameters _parameters;

    /// <summary>The default head: <see cref="Features.Default"/> with their default weights.</summary>
    public LinearScoringHead()
        : this(Features.Default())
    {
    }

    /// <summary>A head over the given features, with default weights where the library has an opinion and 0 elsewhere.</summary>
    /// <param name="features">At least one feature; names are distinct.</param>
    /// <exception cref="ArgumentException">There is no feature, or two share a name; the message names it.</exception>
    public LinearScoringHead(IEnumerable<IFeature> features)
        : this(features, null)
    {
    }

    /// <summary>A head over the given features and weights.</summary>
    /// <param name="features">At least one feature; names are distinct.</param>
    /// <param name="weights">Finite weights by feature name, and perhaps <c>bias</c>; a feature that is not named has weight 0. <see langword="null"/>: the defaults.</param>
    /// <exception cref="ArgumentException">There is no feature, two share a name, a weight is not finite, or its feature is not there; the message names it.</exception>
    public LinearScoringHead(IEnumerable<IFeature> features, IReadOnlyDictionary<string, float>? weights)
    {
        ArgumentNullException.ThrowIfNull(features);
        _features = [.. features];
        if (_features.Length == 0) throw new ArgumentException("a head needs at least one feature", nameof(features));
        _names = [.. _features.Select(f => f.Name), "bias"];
        if (_names.GroupBy(n => n, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"the name '{twice.Key}' is taken twice: give each feature a name of its own ('bias' is the head's)", nameof(features));
        var shared = new List<(BehaviourFeature, int)>();
        var singles = new List<int>();
        for (int f = 0; f < _features.Length; f++)
            if (_features[f] is BehaviourFeature behaviour) shared.Add((behaviour, f));
            else singles.Add(f);
        _shared = new(shared);
        _singles = [.. singles];
        _parameters = Parameters.From(_names, weights ?? DefaultWeights.Of(_names), nameof(weights));
    }

    /// <summary>The features and <c>bias</c>, which comes last.</summary>
    public IReadOnlyList<string> FeatureNames => _names;

    /// <summary>The weights in the order of <see cref="FeatureNames"/>, the bias last.</summary>
    public IReadOnlyList<float> Weights => Array.AsReadOnly(_parameters.Weights);

    internal IReadOnlyList<IFeature> Parts => _features;

    /// <inheritdoc/>
    public void Rank(UserProfile user, Candidates candidates, Span<float> scores, Span<float> contributions = default)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(candidates);
        int n = candidates.Count, f = _features.Length;
        if (scores.Length < n) throw new ArgumentException($"{n} candidates need as many scores, not {scores.Length}", nameof(scores));
        if (!contributions.IsEmpty && contributions.Length < (long)n * (f + 1))
            throw new ArgumentException($"{n} candidates × {f + 1} parts need as many contributions, not {contributions.Length}", nameof(contributions));
        scores = scores[..n];

        Parameters parameters = _parameters;
        Scratch scratch = s_scratch ??= new();
        if (scratch.Values.Length < n * f) scratch.Values = new float[n * f + (n * f >> 2)];
        Span<float> values = scratch.Values.AsSpan(0, n * f);
        ComputeFeatures(user, candidates, values);

        // The product is rounded before it is added, so that a score is exactly the sum of its contributions.
        scores.Clear();
        for (int k = 0; k < f; k++)
        {
            Span<float> column = values.Slice(k * n, n);
            TensorPrimitives.Multiply(column, parameters.Weights[k], column);
            TensorPrimitives.Add(scores, column, scores);
            if (!contributions.IsEmpty)
                for (int i = 0; i < n; i++) contributions[i * (f + 1) + k] = column[i];
        }
        float bias = parameters.Weights[f];
        TensorPrimitives.Add(scores, bias, scores);
        if (!contributions.IsEmpty)
            for (int i = 0; i < n; i++) contributions[i * (f + 1) + f] = bias;
    }

    /// <summary>Computes all features.</summary>
    /// <param name="user">The user.</param>
    /// <param name="candidates">n items.</param>
    /// <param name="values">Receives f columns of n finite values.</param>
    internal void ComputeFeatures(UserProfile user, Candidates candidates, Span<float> values)
    {
        int n = candidates.Count;
        if (n == 0) return;
        if (!_shared.IsEmpty) _shared.Compute(user, candidates, values);
        foreach (int k in _singles)
        {
            Span<float> column = values.Slice(k * n, n);
            _features[k].Compute(user, candidates, column);
            // a feature from outside may break its promise; one such value must not spoil a list
            if (!float.IsFinite(TensorPrimitives.SumOfMagnitudes<float>(column))) Mend(column);
        }
    }

    private static void Mend(Span<float> column)
    {
        for (int i = 0; i < column.Length; i++)
            if (!float.IsFinite(column[i])) column[i] = 0f;
    }

    private sealed class Scratch
    {
        public float[] Values = [];
    }

    /// <summary>All that a step of learning changes, replaced as a whole.</summary>
    /// <param name="Weights">f weights and the bias.</param>
    /// <param name="Scale">What each raw feature is multiplied by to have unit deviation; 1 before any fit.</param>
    /// <param name="Squares">AdaGrad's sums of squared slopes.</param>
    private sealed record Parameters(float[] Weights, float[] Scale, float[] Squares)
    {
        public static Parameters From(string[] names, IReadOnlyDictionary<string, float> weights, string argument)
        {
            var values = new float[names.Length];
            foreach ((string name, float weight) in weights)
            {
                int at = Array.IndexOf(names, name);
                if (at < 0) throw new ArgumentException($"there is a weight for '{name}', but no such feature; known: {string.Join(", ", names)}", argument);
                if (!float.IsFinite(weight)) throw new ArgumentException($"the weight of '{name}' is {weight}: give a finite number", argument);
                values[at] = weight;
            }
            var scale = new float[names.Length];
            scale.AsSpan().Fill(1f);
            return new(values, scale, new float[names.Length]);
        }
    }
}
