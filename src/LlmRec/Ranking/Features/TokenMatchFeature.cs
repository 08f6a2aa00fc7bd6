namespace LlmRec;

/// <summary>
/// The cosine between the rarity-weighted categories (or attributes) of the history, newer events weighing more, and those of the
/// candidate.
/// </summary>
internal sealed class TokenMatchFeature(bool attributes, float decay) : IBuiltInFeature
{
    [ThreadStatic] private static Scratch? s_categories;
    [ThreadStatic] private static Scratch? s_attributes;

    public string Name => attributes ? "attributes" : "categories";

    public string Recipe => FeatureRecipes.Write(Name, decay);

    public void Compute(UserProfile user, Candidates candidates, Span<float> values)
    {
        values = values[..candidates.Count];
        values.Clear();
        if (candidates.Space.Behaviour is not { } model || user.Count == 0) return;
        TokenSets sets = attributes ? model.Attributes : model.Categories;
        if (sets.IsEmpty) return;

        Scratch scratch = attributes ? s_attributes ??= new() : s_categories ??= new();
        scratch.Prepare(sets);
        (float[] weights, float[] rarities) = (scratch.Weights, scratch.Rarities);
        float length = Gather(user, sets, scratch);
        if (length > 0)
        {
            ReadOnlySpan<int> items = candidates.Handles;
            for (int i = 0; i < items.Length; i++)
            {
                float dot = 0f, squares = 0f;
                foreach (int token in sets.Of(items[i]))
                {
                    float rarity = rarities[token];
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
        float[] rarities = scratch.Rarities;
        float fade = 1f;
        for (int r = 0; r < user.Count && r < BehaviourPlan.MaxHistory; r++)
        {
            ReadOnlySpan<int> tokens = sets.Of(user.Handles[r]);
            float squares = 0f;
            foreach (int token in tokens) squares += rarities[token] * rarities[token];
            foreach (int token in tokens)
            {
                if (scratch.Weights[token] == 0f) scratch.Touched.Add(token);
                scratch.Weights[token] += fade * rarities[token] / MathF.Sqrt(squares);
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
        public float[] Rarities = [];
        public readonly List<int> Touched = [];

        private readonly WeakReference<TokenSets?> _sets = new(null);
        private int _version;

        public void Prepare(TokenSets sets)
        {
            bool known = _sets.TryGetTarget(out TokenSets? last) && ReferenceEquals(last, sets) && _version == sets.Version;
            if (known) return;
            int size = sets.TokenCount;
            if (Weights.Length < size) (Weights, Rarities) = (new float[size + (size >> 2)], new float[size + (size >> 2)]);
            sets.Rarities(Rarities);
            _sets.SetTarget(sets);
            _version = sets.Version;
        }
    }
}
