namespace LlmRec;

/// <summary>How well a model predicted the ratings of a split.</summary>
/// <param name="Name">The model.</param>
/// <param name="Rmse">Root of the mean squared error over all ratings, with a bootstrap interval over users.</param>
/// <param name="Mae">Mean absolute error over all ratings, with a bootstrap interval over users.</param>
/// <param name="RmseOfUsers">Mean of the users' own RMSE.</param>
/// <param name="MaeOfUsers">Mean of the users' own MAE.</param>
/// <param name="Ratings">Ratings predicted.</param>
/// <param name="NotFinite">Predictions that were not finite; they count as the training's mean.</param>
public sealed record RatingResult(string Name, MetricValue Rmse, MetricValue Mae, double? RmseOfUsers, double? MaeOfUsers, int Ratings, int NotFinite);
