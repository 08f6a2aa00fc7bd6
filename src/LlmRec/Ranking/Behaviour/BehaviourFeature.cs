using System.Globalization;

namespace LlmRec;

/// <summary>
/// ln(1 + c·x) of x = pop(j)^−β Σ_r decay^r pop(h_r)^−α C(h_r, j), where h_0 is the newest item of the history, C a table of counts
/// and pop the popularity clipped from below (the weighted column's squared length for companions).
/// </summary>
/// <param name="signal">The table.</param>
/// <param name="decay">Weight of a place against the one after it, in (0, 1].</param>
/// <param name="alpha">Damping by the popularity of the history's item.</param>
/// <param name="beta">Damping by the popularity of the candidate.</param>
/// <param name="scale">c.</param>
internal sealed class BehaviourFeature(BehaviourSignal signal, float decay, float alpha, float beta, float scale = 50f) : IHistoryFeature, IBuiltInFeature
{
    private BehaviourPlan? _alone;

    public BehaviourSignal Signal => signal;

    public float Decay => decay;

    public float Alpha => alpha;

    public float Beta => beta;

    public float Scale => scale;

    public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"{Prefix(signal)}.{decay}");

    public string Recipe => FeatureRecipes.Write(Prefix(signal), decay, alpha, beta, scale);

    public void Compute(UserProfile user, Candidates candidates, Span<float> values) =>
        (_alone ??= new BehaviourPlan([(this, 0)])).Compute(user, candidates, values[..candidates.Count]);

    public void Shares(UserProfile user, int item, Span<float> shares) => BehaviourPlan.Shares(this, user, item, shares);

    private static string Prefix(BehaviourSignal signal) => signal switch
    {
        BehaviourSignal.Followers => "followers",
        BehaviourSignal.Predecessors => "predecessors",
        _ => "companions",
    };
}
