namespace LlmRec;

/// <summary>Scores candidates for a user and takes each score apart.</summary>
/// <remarks>Implementations may be called from several threads at once while nobody trains them.</remarks>
public interface IRanker
{
    /// <summary>Names of the f parts a score consists of, in the order of the contributions.</summary>
    IReadOnlyList<string> FeatureNames { get; }

    /// <summary>Scores all candidates.</summary>
    /// <param name="user">The user.</param>
    /// <param name="candidates">n items.</param>
    /// <param name="scores">Receives n finite scores; higher is better.</param>
    /// <param name="contributions">Receives n × f values whose rows sum to the scores, or empty when nobody asks.</param>
    /// <exception cref="ArgumentException">A destination is too short.</exception>
    void Rank(UserProfile user, Candidates candidates, Span<float> scores, Span<float> contributions = default);
}
