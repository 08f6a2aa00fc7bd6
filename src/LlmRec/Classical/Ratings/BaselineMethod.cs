namespace LlmRec;

/// <summary>How the baselines of a <see cref="BaselineRatingModel"/> are found.</summary>
public enum BaselineMethod
{
    /// <summary>Alternating least squares: item baselines given those of users, then the reverse; each a shrunken mean.</summary>
    AlternatingLeastSquares,

    /// <summary>Stochastic gradient descent over the ratings, user by user.</summary>
    GradientDescent,
}
