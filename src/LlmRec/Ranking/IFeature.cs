namespace LlmRec;

/// <summary>A named number of a (user, item) pair that a ranking head can weigh: a similarity, a count, another model's score.</summary>
/// <remarks>Implementations may be called from several threads at once.</remarks>
public interface IFeature
{
    /// <summary>A short name that is unique within a head, such as <c>cooccurrence.fast</c>.</summary>
    string Name { get; }

    /// <summary>Computes the feature for all candidates.</summary>
    /// <param name="user">The user.</param>
    /// <param name="candidates">n items.</param>
    /// <param name="values">Receives n finite values.</param>
    void Compute(UserProfile user, Candidates candidates, Span<float> values);
}
