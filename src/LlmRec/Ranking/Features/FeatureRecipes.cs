using System.Globalization;

namespace LlmRec;

/// <summary>Features as short lines such as <c>followers 0.8 0.5 0.25 50</c>. A kind once written stays readable for ever.</summary>
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
            ("followers", [var decay and > 0 and <= 1, var alpha, var beta, var scale]) => new BehaviourFeature(BehaviourSignal.Followers, decay, alpha, beta, scale),
            ("predecessors", [var decay and > 0 and <= 1, var alpha, var beta, var scale]) => new BehaviourFeature(BehaviourSignal.Predecessors, decay, alpha, beta, scale),
            ("companions", [var decay and > 0 and <= 1, var alpha, var beta, var scale]) => new BehaviourFeature(BehaviourSignal.Companions, decay, alpha, beta, scale),
            ("popularity", []) => new PopularityFeature(recent: false),
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
}
