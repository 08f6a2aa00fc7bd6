using System.Globalization;

namespace LlmRec;

/// <summary>How counts are spread, such as the events of each user or of each item.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class Distribution
{
    private readonly int[] _sorted;   // ascending
    private readonly long _sum;

    /// <summary>The distribution of some counts.</summary>
    /// <param name="counts">Counts of 0 or more, in any order.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    public Distribution(ReadOnlySpan<int> counts)
    {
        _sorted = counts.ToArray();
        Array.Sort(_sorted);
        if (_sorted.Length > 0) ArgumentOutOfRangeException.ThrowIfNegative(_sorted[0], nameof(counts));
        double weighted = 0;
        for (int i = 0; i < _sorted.Length; i++)
        {
            _sum += _sorted[i];
            weighted += (i + 1.0) * _sorted[i];
        }
        double n = _sorted.Length;
        Gini = _sum == 0 ? 0 : Math.Max(0, (2 * weighted / _sum - (n + 1)) / n);
    }

    /// <summary>How many counts there are.</summary>
    public int Count => _sorted.Length;

    /// <summary>The smallest, or 0 when there is none.</summary>
    public int Min => Count == 0 ? 0 : _sorted[0];

    /// <summary>The greatest, or 0 when there is none.</summary>
    public int Max => Count == 0 ? 0 : _sorted[^1];

    /// <summary>The mean, or 0 when there is none.</summary>
    public double Mean => Count == 0 ? 0 : (double)_sum / Count;

    /// <summary>The middle one: <c>Quantile(0.5)</c>.</summary>
    public int Median => Quantile(0.5);

    /// <summary>The Gini coefficient: 0 when all counts are equal, towards 1 when one has everything.</summary>
    public double Gini { get; }

    /// <summary>The smallest count that at least this share of the counts does not exceed.</summary>
    /// <param name="share">From 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is outside that range.</exception>
    public int Quantile(double share)
    {
        CheckShare(share);
        return Count == 0 ? 0 : _sorted[Math.Max(0, (int)Math.Ceiling(share * Count) - 1)];
    }

    /// <summary>The part of the whole that the greatest <paramref name="share"/> of the counts have together (at least one count): 0.8 for <c>TopShare(0.2)</c> is Pareto's rule.</summary>
    /// <param name="share">From 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is outside that range.</exception>
    public double TopShare(double share)
    {
        CheckShare(share);
        if (_sum == 0) return 0;
        int n = Math.Max(1, (int)Math.Round(share * Count, MidpointRounding.AwayFromZero));
        long top = 0;
        for (int i = Count - n; i < Count; i++) top += _sorted[i];
        return (double)top / _sum;
    }

    /// <summary>Smallest, quartiles, nine tenths, greatest, and mean.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"min {Min:N0}, 25% {Quantile(0.25):N0}, median {Median:N0}, 75% {Quantile(0.75):N0}, 90% {Quantile(0.9):N0}, max {Max:N0}, mean {Mean:N1}");

    private static void CheckShare(double share)
    {
        if (!(share >= 0 && share <= 1)) throw new ArgumentOutOfRangeException(nameof(share), share, "a share lies between 0 and 1");
    }
}
