namespace LlmRec;

/// <summary>How to make a model: a name, a fit, and the hyper-parameters an experiment may choose.</summary>
/// <param name="Name">The name in all tables.</param>
/// <param name="Fit">Fits a model. It may be called from several threads at once, and must not depend on anything but its argument.</param>
public sealed record ModelRecipe(string Name, Func<ModelFit, CancellationToken, ValueTask<ITopNModel>> Fit)
{
    /// <summary>A recipe whose fit computes in process.</summary>
    /// <param name="name">The name in all tables.</param>
    /// <param name="fit">Fits a model.</param>
    /// <param name="search">Its hyper-parameters.</param>
    public ModelRecipe(string name, Func<ModelFit, ITopNModel> fit, params IReadOnlyList<SearchParameter> search)
        : this(name, (f, _) => ValueTask.FromResult(fit(f))) => Search = search;

    /// <summary>Hyper-parameters to choose on the validation. Default: none.</summary>
    public IReadOnlyList<SearchParameter> Search { get; init; } = [];
}
