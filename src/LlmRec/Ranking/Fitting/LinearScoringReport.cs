namespace LlmRec;

/// <summary>What fitting a <see cref="LinearScoringHead"/> did.</summary>
/// <param name="Examples">Examples used for fitting.</param>
/// <param name="HeldOut">Examples used for stopping.</param>
/// <param name="Iterations">L-BFGS iterations whose result was kept.</param>
/// <param name="Loss">Mean loss of the fitting examples with the weights kept, penalty left out.</param>
/// <param name="HeldOutLossBefore">Mean loss of the held-out examples before fitting, or of the fitting examples when none were held out.</param>
/// <param name="HeldOutLoss">The same with the weights kept.</param>
public sealed record LinearScoringReport(int Examples, int HeldOut, int Iterations, double Loss, double HeldOutLossBefore, double HeldOutLoss);
