namespace LlmRec;

/// <summary>
/// The cosine between the rarity-weighted categories (or attributes) of the history, newer events weighing more, and those of the
/// candidate.
/// </summary>
internal sealed class TokenMatchFeature(bool attributes, float decay) : IFeature
{
    [ThreadStatic] private static Scratch? s_scratch;

    public string Name => attributes ? "attributes" : "categories";

    public void Compute(UserProfile user, Candidates candidates, Span<float> values)
    {
        values = values[..candidates.Count];
        values.Clear();
        if (candidates.Space.Behaviour is not { } model || user.Count == 0) return;
        TokenSets sets = attributes ? model.Attributes : model.Categories;
        if (sets.IsEmpty) return;

        Scratch scratch = s_scratch ??= new();
        if (scratch.Weights.Length < sets.TokenCount) scratch.Weights = new float[sets.TokenCount + (sets.TokenCount >> 2)];
        float[] weights = scratch.Weights;
        float length = Gather(user, sets, scratch);
        if (length > 0)
        {
            ReadOnlySpan<int> items = candidates.Handles;
            for (int i = 0; i < items.Length; i++)
            {
                float dot = 0f, squares = 0f;
                foreach (int token in sets.Of(items[i]))
                {
                    float rarity = sets.Rarity(token);
                    dot += rarity * weights[token];
                    squares += rarity * rarity;
                }
                if (squares > 0) values[i] = dot / (length * MathF.Sqrt(squares));
            }
        }
        foreach (int token in scratch.Touched) weights[token] = 0f;
        scratch.Touched.Clear();
    }

    private float Gather(UserProfile user, TokenSets sets, Scratch scratch)
    {
        float fade = 1f;
        for (int r = 0; r < user.Count && r < BehaviourPlan.MaxHistory; r++)
        {
            ReadOnlySpan<int> tokens = sets.Of(user.Handles[r]);
            float squares = 0f;
            foreach (int token in tokens) squares += sets.Rarity(token) * sets.Rarity(token);
            foreach (int token in tokens)
            {
                if (scratch.Weights[token] == 0f) scratch.Touched.Add(token);
                scratch.Weights[token] += fade * sets.Rarity(token) / MathF.Sqrt(squares);
            }
            fade *= decay;
        }
        float total = 0f;
        foreach (int token in scratch.Touched) total += scratch.Weights[token] * scratch.Weights[token];
        return MathF.Sqrt(total);
    }

    private sealed class Scratch
    {
        public float[] Weights = [];   // all zero between calls
        public readonly List<int> Touched = [];
    }
}
