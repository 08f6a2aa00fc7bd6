namespace LlmRec;

/// <summary>Measures diversifiers on the host's own log, and finds how far the knob may be turned for a given loss of accuracy.</summary>
/// <remarks>Thread-safe as long as the cases are not used elsewhere at the same time.</remarks>
public static class DiversityTuner
{
    /// <summary>What a diversifier's lists are like at one setting of the knob.</summary>
    /// <param name="cases">Lists to judge by, at least one.</param>
    /// <param name="name">What to call the diversifier.</param>
    /// <param name="diversifier">The diversifier.</param>
    /// <param name="diversity">The knob, 0..1.</param>
    /// <param name="count">Length of the lists, at least 1.</param>
    /// <param name="cancellationToken">Ends the measurement.</param>
    /// <exception cref="ArgumentException">There is no case, or a case is faulty; the message names it.</exception>
    public static DiversityMeasurement Measure(IReadOnlyList<DiversityCase> cases, string name, IDiversifier diversifier, double diversity, int count = 10, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(diversifier);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (cases.Count == 0)
            throw new ArgumentException("there is no case to measure: a case is what the ranker gave for a user, and what the user then took", nameof(cases));
        var meter = new ListMeter(count);
        var picks = new Pick[count];
        for (int i = 0; i < cases.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            DiversityCase c = cases[i];
            foreach (int r in c.Relevant)
                if ((uint)r >= (uint)c.Candidates.Count)
                    throw new ArgumentException($"case {i} calls candidate {r} relevant and has {c.Candidates.Count} candidates", nameof(cases));
            meter.Know(c.Candidates);
            int made = diversifier.Diversify(c.Candidates, diversity, picks);
            meter.Add(c, picks.AsSpan(0, made));
        }
        return meter.Result(name, diversity);
    }

    /// <summary>Turns the knob of each diversifier from 0 to 1, and finds the largest setting at which it, and every smaller step, loses at most the allowed share of NDCG.</summary>
    /// <param name="cases">Lists to judge by, at least one.</param>
    /// <param name="diversifiers">The diversifiers by name.</param>
    /// <param name="options">Length, loss and steps; <see langword="null"/> takes the defaults.</param>
    /// <param name="progress">Receives each measurement as it is made.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="ArgumentException">There is no case, or a case is faulty.</exception>
    public static DiversityTuning Tune(IReadOnlyList<DiversityCase> cases, IReadOnlyDictionary<string, IDiversifier> diversifiers, DiversityTuningOptions? options = null, IProgress<DiversityMeasurement>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(diversifiers);
        options ??= new();
        if (options.Count < 1 || options.Steps < 1 || options.Halvings < 0 || !(options.MostLoss is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(options), options, "count and steps are at least 1, halvings at least 0, the loss lies between 0 and 1");
        var curves = new Dictionary<string, IReadOnlyList<DiversityMeasurement>>(StringComparer.Ordinal);
        var best = new Dictionary<string, DiversityMeasurement>(StringComparer.Ordinal);
        foreach ((string name, IDiversifier diversifier) in diversifiers)
        {
            var curve = new List<DiversityMeasurement>();
            DiversityMeasurement At(double diversity)
            {
                DiversityMeasurement m = Measure(cases, name, diversifier, diversity, options.Count, cancellationToken);
                progress?.Report(m);
                curve.Add(m);
                return m;
            }

            DiversityMeasurement zero = At(0), kept = zero;
            double least = (1 - options.MostLoss) * zero.Ndcg;
            bool within = true;
            double beyond = 1;
            for (int step = 1; step <= options.Steps; step++)
            {
                DiversityMeasurement m = At((double)step / options.Steps);
                if (within && m.Ndcg >= least)
                    kept = m;
                else if (within)
                    (within, beyond) = (false, m.Diversity);
            }
            for (int halving = 0; halving < options.Halvings && !within; halving++)
            {
                DiversityMeasurement m = At((kept.Diversity + beyond) / 2);
                if (m.Ndcg >= least)
                    kept = m;
                else
                    beyond = m.Diversity;
            }
            curves[name] = [.. curve.OrderBy(m => m.Diversity)];
            best[name] = kept;
        }
        return new(curves, best, options.MostLoss);
    }
}
