namespace LlmRec;

/// <summary>The score of a model for the history of the profile: sign(x) · ln(1 + c·|x|), 0 for items the model does not know or would not recommend.</summary>
/// <remarks>The history is given as events without a user id, since the profile's history already holds what is stored of the user.</remarks>
internal sealed class ScoringModelFeature : IHistoryFeature
{
    [ThreadStatic] private static float[]? s_scores;

    private readonly IScoringModel _model;
    private readonly float _scale;
    private readonly Dictionary<string, int> _index;
    private volatile Numbering _numbering = new(null, []);

    public ScoringModelFeature(IScoringModel model, float scale, string name)
    {
        _model = model;
        _scale = scale;
        Name = name;
        _index = new(model.Items.Count, StringComparer.Ordinal);
        for (int i = 0; i < model.Items.Count; i++) _index.Add(model.Items[i], i);
    }

    public string Name { get; }

    public void Compute(UserProfile user, Candidates candidates, Span<float> values)
    {
        values = values[..candidates.Count];
        if (candidates.Count == 0) return;
        int m = _model.Items.Count;
        if (s_scores is null || s_scores.Length < m) s_scores = new float[m];
        Span<float> scores = s_scores.AsSpan(0, m);
        _model.Score([new(ContextOf(user), [])], scores);
        int[] numbers = NumbersOf(candidates.Space.Catalog);
        ReadOnlySpan<int> handles = candidates.Handles;
        for (int i = 0; i < values.Length; i++)
        {
            float x = numbers[handles[i]] is >= 0 and int n ? scores[n] : 0;
            values[i] = float.IsFinite(x) ? MathF.CopySign(MathF.Log(1 + _scale * MathF.Abs(x)), x) : 0;
        }
    }

    public void Shares(UserProfile user, int item, Span<float> shares)
    {
        shares.Clear();
        if (_model is not FittedModel fitted || user.Space.Catalog.ItemAt(item) is not { } target) return;
        var parts = fitted.Explain(ContextOf(user), target.Id).Where(p => p.Item is not null).ToDictionary(p => p.Item!, p => p.Score, StringComparer.Ordinal);
        float sum = 0;
        for (int place = 0; place < user.Count; place++)
        {
            // an item that came several times is shown at its newest place
            if (!parts.Remove(user.ItemAt(place).Id, out float part) || part <= 0) continue;
            shares[place] = part;
            sum += part;
        }
        if (sum > 0)
            foreach (ref float share in shares[..user.Count]) share /= sum;
    }

    private static UserContext ContextOf(UserProfile user)
    {
        var history = new Interaction[user.Count];
        for (int place = 0; place < history.Length; place++)
            history[^(place + 1)] = new("", user.ItemAt(place).Id, user.KindAt(place), user.ValueAt(place), user.TimeAt(place));
        return user.Context with { Id = null, History = history };
    }

    /// <summary>The model's number of each handle; looked up once for a catalog, and again when it has grown.</summary>
    private int[] NumbersOf(Catalog catalog)
    {
        Numbering known = _numbering;
        if (known.Catalog != catalog || known.Numbers.Length != catalog.HandleCount)
        {
            int[] numbers = new int[catalog.HandleCount];
            for (int h = 0; h < numbers.Length; h++) numbers[h] = _index.GetValueOrDefault(catalog.IdAt(h), -1);
            _numbering = known = new(catalog, numbers);
        }
        return known.Numbers;
    }

    private sealed record Numbering(Catalog? Catalog, int[] Numbers);
}
