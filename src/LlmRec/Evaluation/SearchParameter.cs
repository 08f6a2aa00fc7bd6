namespace LlmRec;

/// <summary>A hyper-parameter and the values it may take.</summary>
/// <remarks>Immutable. Made by <see cref="OneOf"/>, <see cref="Between"/> or <see cref="LogBetween"/>.</remarks>
public sealed class SearchParameter
{
    private readonly double _low, _high;
    private readonly bool _logarithmic, _whole;

    private SearchParameter(string name, double start, double low, double high, bool logarithmic, bool whole, IReadOnlyList<double>? values)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        Start = start;
        Values = values;
        (_low, _high, _logarithmic, _whole) = (low, high, logarithmic, whole);
    }

    /// <summary>The name under which a fit finds it.</summary>
    public string Name { get; }

    /// <summary>The value of the first trial.</summary>
    public double Start { get; }

    /// <summary>The values of a finite parameter, or <see langword="null"/> for a range.</summary>
    public IReadOnlyList<double>? Values { get; }

    /// <summary>One of a few values; the first trial takes the first.</summary>
    /// <exception cref="ArgumentException">No value, or one that is not finite.</exception>
    public static SearchParameter OneOf(string name, params IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0 || values.Any(v => !double.IsFinite(v))) throw new ArgumentException($"parameter '{name}' needs at least one value, and finite ones only", nameof(values));
        return new(name, values[0], 0, 0, false, false, [.. values]);
    }

    /// <summary>Uniform in a range.</summary>
    /// <param name="name">The name.</param>
    /// <param name="low">Lower end.</param>
    /// <param name="high">Upper end, above the lower.</param>
    /// <param name="start">The first trial's value; <see langword="null"/> for the middle.</param>
    /// <param name="whole">Whether values are rounded to whole numbers.</param>
    /// <exception cref="ArgumentException">The range is empty or not finite.</exception>
    public static SearchParameter Between(string name, double low, double high, double? start = null, bool whole = false)
    {
        CheckRange(name, low, high);
        return new(name, start ?? Rounded((low + high) / 2, whole), low, high, false, whole, null);
    }

    /// <summary>Uniform in the logarithm of a range, for regularisations and rates.</summary>
    /// <inheritdoc cref="Between" path="/param"/>
    /// <exception cref="ArgumentException">The range is empty, not finite, or reaches 0.</exception>
    public static SearchParameter LogBetween(string name, double low, double high, double? start = null, bool whole = false)
    {
        CheckRange(name, low, high);
        if (!(low > 0)) throw new ArgumentException($"parameter '{name}' starts at {low}: a logarithmic range lies above 0", nameof(low));
        return new(name, start ?? Rounded(Math.Sqrt(low * high), whole), low, high, true, whole, null);
    }

    internal double Draw(ref SplitMix random)
    {
        if (Values is { } values) return values[random.Next(values.Count)];
        double t = random.NextDouble();
        double v = _logarithmic ? Math.Exp(Math.Log(_low) + t * (Math.Log(_high) - Math.Log(_low))) : _low + t * (_high - _low);
        return Rounded(Math.Clamp(v, _low, _high), _whole);
    }

    private static double Rounded(double v, bool whole) => whole ? Math.Round(v) : v;

    private static void CheckRange(string name, double low, double high)
    {
        if (!double.IsFinite(low) || !double.IsFinite(high) || low >= high) throw new ArgumentException($"parameter '{name}' ranges from {low} to {high}: give finite ends, the lower one first", nameof(low));
    }
}
