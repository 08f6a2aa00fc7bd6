namespace LlmRec;

/// <summary>One part of a <see cref="UtilityModel"/>.</summary>
/// <param name="Name">Its name in explanations, such as <c>content</c>.</param>
/// <param name="Fit">Fits the model behind it on the events given; called twice, on all but each user's last event and then on all.</param>
public sealed record UtilityPart(string Name, Func<Catalog, InteractionLog, FittedModel> Fit);
