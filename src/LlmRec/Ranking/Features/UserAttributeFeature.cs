namespace LlmRec;

/// <summary>The share of the user's attributes that the item has with the same value, such as the same language.</summary>
internal sealed class UserAttributeFeature : IBuiltInFeature
{
    [ThreadStatic] private static List<int>? s_wanted;

    public string Name => "attributes.user";

    public string Recipe => FeatureRecipes.Write("attributes.user");

    public void Compute(UserProfile user, Candidates candidates, Span<float> values)
    {
        values = values[..candidates.Count];
        values.Clear();
        int known = user.Context.Attributes.Count;
        if (known == 0 || candidates.Space.Behaviour is not { } model) return;
        List<int> wanted = s_wanted ??= [];
        wanted.Clear();
        foreach ((string name, string value) in user.Context.Attributes)
        {
            int token = model.Attributes.Find(BehaviourModel.Attribute(name, value));
            if (token >= 0) wanted.Add(token);
        }
        if (wanted.Count == 0) return;
        ReadOnlySpan<int> items = candidates.Handles;
        for (int i = 0; i < items.Length; i++)
        {
            int hits = 0;
            foreach (int token in model.Attributes.Of(items[i])) hits += wanted.Contains(token) ? 1 : 0;
            values[i] = hits / (float)known;
        }
    }
}
