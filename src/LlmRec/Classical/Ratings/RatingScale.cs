namespace LlmRec;

/// <summary>The ratings that can be given, from the worst to the best.</summary>
/// <param name="Lowest">The worst rating, finite.</param>
/// <param name="Highest">The best rating, finite, not below the lowest.</param>
public readonly record struct RatingScale(float Lowest, float Highest)
{
    internal float Clip(double rating) => (float)Math.Clamp(rating, Lowest, Highest);

    internal static void Save(RatingScale? scale, SavedModel to, string prefix = "")
    {
        to.Set(prefix + "lowestRating", scale?.Lowest);
        to.Set(prefix + "highestRating", scale?.Highest);
    }

    internal static RatingScale? Open(OpenedModel file, string prefix = "") =>
        file.Maybe(prefix + "lowestRating") is { } low && file.Maybe(prefix + "highestRating") is { } high ? new((float)low, (float)high) : null;

    internal void Check()
    {
        if (!float.IsFinite(Lowest) || !float.IsFinite(Highest) || Lowest > Highest)
            throw new ArgumentException($"the scale from {Lowest} to {Highest} is none: give two finite numbers, the lower one first");
    }
}
