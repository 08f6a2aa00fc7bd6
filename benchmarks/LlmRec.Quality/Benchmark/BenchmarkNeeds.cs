namespace LlmRec.Quality;

/// <summary>What a model needs to be told of the data beside who took what.</summary>
internal enum BenchmarkNeeds
{
    Nothing,

    /// <summary>The order of a user's events, and the items' texts: sets that have one have the other.</summary>
    Order,

    /// <summary>Times of events.</summary>
    Times,
}
