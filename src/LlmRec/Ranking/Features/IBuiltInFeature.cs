namespace LlmRec;

/// <summary>A feature that a saved model can name, so that it opens again without code of the caller's.</summary>
internal interface IBuiltInFeature : IFeature
{
    /// <summary>Kind and parameters, separated by spaces; <see cref="FeatureRecipes"/> reads them.</summary>
    string Recipe { get; }
}
