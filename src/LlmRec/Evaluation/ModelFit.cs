namespace LlmRec;

/// <summary>What a recipe is given to fit a model.</summary>
/// <param name="Train">The events to learn from, and no others.</param>
/// <param name="Items">The items to rank, in the order that breaks ties.</param>
/// <param name="Catalog">The items' texts and categories, or <see langword="null"/>.</param>
/// <param name="Parameters">Values of the recipe's hyper-parameters by name; empty when it has none.</param>
/// <param name="Seed">Seed for everything random in the fit.</param>
public sealed record ModelFit(InteractionLog Train, IReadOnlyList<string> Items, Catalog? Catalog, IReadOnlyDictionary<string, double> Parameters, int Seed)
{
    /// <summary>The value of a hyper-parameter.</summary>
    /// <exception cref="KeyNotFoundException">The recipe has no parameter of this name.</exception>
    public double this[string parameter] => Parameters.TryGetValue(parameter, out double v) ? v
        : throw new KeyNotFoundException($"the recipe has no parameter '{parameter}'; it has {(Parameters.Count == 0 ? "none" : string.Join(", ", Parameters.Keys.Order(StringComparer.Ordinal)))}");
}
