using System.Globalization;

namespace LlmRec;

/// <summary>Features as short lines such as <c>followers.each 0.8 0.5 0.25</c>. A kind once written stays readable for ever.</summary>
internal static class FeatureRecipes
{
    public static string Write(string kind, params ReadOnlySpan<float> parameters)
    {
        string recipe = kind;
        foreach (float p in parameters) recipe += " " + p.ToString("R", CultureInfo.InvariantCulture);
        return recipe;
    }

    /// <summary>Makes the feature of a recipe.</summary>
    /// <exception cref="FormatException">The kind is not known, or its parameters are out of range.</exception>
    public static IFeature Read(string recipe)
    {
        string[] words = recipe.Split(' ');
        float[] p = new float[words.Length - 1];
        for (int i = 0; i < p.Length; i++)
            if (!float.TryParse(words[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out p[i]) || !float.IsFinite(p[i]))
                throw new FormatException($"the feature '{recipe}' has the parameter '{words[i + 1]}', which is not a number");
        return (words[0], p) switch
        {
            (_, [var decay and > 0 and <= 1, var alpha, var beta]) when Signal(words[0]) is { } signal => new BehaviourFeature(signal, decay, alpha, beta)
            {
                Each = words[0].Contains(".each", StringComparison.Ordinal),
                KnownUser = words[0].EndsWith(".known", StringComparison.Ordinal),
            },
            ("popularity", []) => new PopularityFeature(recent: false),
            ("popularity.newcomer", []) => new PopularityFeature(recent: false, PopularityFeature.For.Newcomer),
            ("popularity.known", []) => new PopularityFeature(recent: false, PopularityFeature.For.KnownUser),
            ("popularity.recent", []) => new PopularityFeature(recent: true),
            ("recency", []) => new AgeFeature(),
            ("cosine", [var decay and > 0 and <= 1]) => new CosineFeature(decay),
            ("cosine.best", [var last and >= 1 and < 1e6f]) => new BestCosineFeature((int)last),
            ("text", []) => new TextCosineFeature(),
            ("categories", [var decay and > 0 and <= 1]) => new TokenMatchFeature(attributes: false, decay),
            ("attributes", [var decay and > 0 and <= 1]) => new TokenMatchFeature(attributes: true, decay),
            ("attributes.user", []) => new UserAttributeFeature(),
            ("product", [var dimension and >= 0 and < 1e6f, var decay and > 0 and <= 1]) => new ProductFeature((int)dimension, decay),
            _ => throw new FormatException($"the feature '{recipe}' is not known to this version of the library"),
        };
    }

    private static BehaviourSignal? Signal(string kind) => kind switch
    {
        "followers" or "followers.each" or "followers.known" or "followers.each.known" => BehaviourSignal.Followers,
        "predecessors" or "predecessors.each" or "predecessors.known" or "predecessors.each.known" => BehaviourSignal.Predecessors,
        "companions" or "companions.each" or "companions.known" or "companions.each.known" => BehaviourSignal.Companions,
        _ => null,
    };
}
