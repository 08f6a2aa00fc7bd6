namespace LlmRec;

/// <summary>Users put into words, what they say and the titles they liked lately, and the vectors of the words last read.</summary>
/// <remarks>Thread-safe when what it is given is.</remarks>
internal sealed class UserTexts(Func<UserProfile, string>? compose, int historyItems, string prefix, long cacheBytes)
{
    private readonly MemoryEmbeddingCache _cache = new(cacheBytes);

    /// <summary>Reads texts.</summary>
    /// <param name="texts">n texts.</param>
    /// <param name="places">Which user each is of.</param>
    /// <param name="vectors">Receives n rows.</param>
    public delegate void Reading(List<string> texts, List<int> places, float[] vectors);

    /// <summary>Fills a vector and a weight a user: zeros and 0 where there is nothing to say of one. Only texts not read lately are read.</summary>
    public void Encode(IReadOnlyList<UserProfile> users, int dimensions, Span<float> vectors, Span<float> weights, Reading read)
    {
        List<string> missing = [];
        List<int> places = [];
        for (int u = 0; u < users.Count; u++)
        {
            Span<float> vector = vectors.Slice(u * dimensions, dimensions);
            vector.Clear();
            weights[u] = 0;
            string text = compose is not null ? compose(users[u]) : Words(users[u]);
            if (string.IsNullOrWhiteSpace(text)) continue;
            text = prefix + text;
            if (_cache.TryGet(EmbeddingKey.Of("", text), vector))
            {
                weights[u] = WeightOf(vector);
                continue;
            }
            missing.Add(text);
            places.Add(u);
        }
        if (missing.Count == 0) return;
        var given = new float[missing.Count * dimensions];
        read(missing, places, given);
        for (int i = 0; i < places.Count; i++)
        {
            ReadOnlySpan<float> vector = given.AsSpan(i * dimensions, dimensions);
            _cache.Add(EmbeddingKey.Of("", missing[i]), vector);
            vector.CopyTo(vectors[(places[i] * dimensions)..]);
            weights[places[i]] = WeightOf(vector);
        }
    }

    private static float WeightOf(ReadOnlySpan<float> vector) => vector.ContainsAnyExcept(0f) ? 1 : 0;

    private string Words(UserProfile user)
    {
        var parts = new List<string>();
        if (!string.IsNullOrWhiteSpace(user.Context.Text)) parts.Add(user.Context.Text.Trim());
        int titles = 0;
        for (int place = 0; place < user.Count && titles < historyItems; place++)
        {
            string title = user.ItemAt(place).Title.Trim();
            if (title.Length == 0 || parts.Contains(title, StringComparer.Ordinal)) continue;
            parts.Add(title);
            titles++;
        }
        return string.Join(". ", parts);
    }
}
