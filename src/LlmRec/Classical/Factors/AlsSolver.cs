namespace LlmRec;

/// <summary>How the half steps of an <see cref="ImplicitAlsModel"/> are solved.</summary>
public enum AlsSolver
{
    /// <summary>Exactly: f²/2 operations an entry to build the equations of a row and f³/6 to factor them.</summary>
    Cholesky,

    /// <summary>
    /// Nearly: a few conjugate gradient steps from the current vector, 2f operations an entry and f² each.
    /// G. Takács, I. Pilászy and D. Tikk, Applications of the conjugate gradient method for implicit feedback collaborative filtering, RecSys 2011.
    /// </summary>
    ConjugateGradient,
}
