namespace LlmRec;

/// <summary>A rule about the list as a whole: at most, at least, or apart. Rules work inside any strategy.</summary>
/// <remarks>
/// Caps and distances are never broken: a list that cannot be filled under them stays shorter. A minimum is met whenever some list of the
/// same length meets it together with the caps and the minimums given before it. Whatever is not met is named in <see cref="DiversityNotes.Unmet"/>.
/// Immutable and thread-safe.
/// </remarks>
public sealed class ListRule
{
    private ListRule(RuleKind kind, Facet facet, string? value, int count)
    {
        ArgumentNullException.ThrowIfNull(facet);
        (Kind, Facet, Value, Count) = (kind, facet, value, count);
    }

    internal RuleKind Kind { get; }

    internal Facet Facet { get; }

    internal string? Value { get; }

    internal int Count { get; }

    /// <summary>No kind occurs more than <paramref name="count"/> times.</summary>
    /// <param name="facet">The kinds.</param>
    /// <param name="count">At least 0.</param>
    public static ListRule AtMost(Facet facet, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new(RuleKind.AtMost, facet, null, count);
    }

    /// <summary>This kind occurs at most <paramref name="count"/> times.</summary>
    /// <param name="facet">The kinds.</param>
    /// <param name="value">The kind.</param>
    /// <param name="count">At least 0; 0 keeps it out.</param>
    public static ListRule AtMost(Facet facet, string value, int count)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new(RuleKind.AtMost, facet, value, count);
    }

    /// <summary>This kind occurs at least <paramref name="count"/> times.</summary>
    /// <param name="facet">The kinds.</param>
    /// <param name="value">The kind.</param>
    /// <param name="count">At least 1.</param>
    public static ListRule AtLeast(Facet facet, string value, int count)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return new(RuleKind.AtLeast, facet, value, count);
    }

    /// <summary>No two of a kind within <paramref name="window"/> consecutive places; the latest items shown before count as the places before the first.</summary>
    /// <param name="facet">The kinds.</param>
    /// <param name="window">At least 2: 2 forbids neighbours.</param>
    public static ListRule Apart(Facet facet, int window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 2);
        return new(RuleKind.Apart, facet, null, window);
    }

    /// <summary>The rule in words.</summary>
    public override string ToString() => Kind switch
    {
        RuleKind.AtMost when Value is null => $"at most {Count} of any {Facet.Name}",
        RuleKind.AtMost => $"at most {Count} of {Facet.Name} '{Value}'",
        RuleKind.AtLeast => $"at least {Count} of {Facet.Name} '{Value}'",
        _ => $"no two of a {Facet.Name} within {Count} places",
    };
}
