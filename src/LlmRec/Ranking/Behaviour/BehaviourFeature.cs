using System.Globalization;

namespace LlmRec;

/// <summary>
/// With x_r = pop(h_r)^−α pop(j)^−β C(h_r, j), where h_0 is the newest item of the history, C a table of counts and pop the
/// popularity clipped from below (the weighted column's squared length for companions): ln(1 + c Σ_r decay^r x_r), evidence that
/// adds up; or, term by term, Σ_r decay^r ln(1 + c·x_r), evidence that multiplies, as if each event voted alone.
/// </summary>
/// <param name="signal">The table C.</param>
/// <param name="decay">Weight of a place against the one after it, in (0, 1].</param>
/// <param name="alpha">Damping by the popularity of the history's item.</param>
/// <param name="beta">Damping by the popularity of the candidate.</param>
internal sealed class BehaviourFeature(BehaviourSignal signal, float decay, float alpha, float beta) : IHistoryFeature, IBuiltInFeature
{
    private BehaviourPlan? _alone;
    private string? _name;

    public string Name => _name ??= string.Create(CultureInfo.InvariantCulture,
        $"{Prefix(signal)}{(Each ? ".each" : "")}.{decay}{(KnownUser ? ".known" : "")}");

    public BehaviourSignal Signal => signal;

    public float Decay => decay;

    public float Alpha => alpha;

    public float Beta => beta;

    /// <summary>True: a logarithm a term instead of one of the sum.</summary>
    public bool Each { get; init; }

    /// <summary>c: 50 keeps much of a sum's proportions, 1,000 makes of a single term nearly its logarithm.</summary>
    public float Scale => Each ? 1000f : 50f;

    /// <summary>True: multiplied by <see cref="Knowledge"/>, so that a head can trust it more (or less) the longer the history is.</summary>
    public bool KnownUser { get; init; }

    /// <summary>0 without history, 1 at fifty events.</summary>
    public static float Knowledge(int events) => MathF.Log(1 + events) / MathF.Log(51);

    public string Recipe => FeatureRecipes.Write(Prefix(signal) + (Each ? ".each" : "") + (KnownUser ? ".known" : ""), decay, alpha, beta);

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
