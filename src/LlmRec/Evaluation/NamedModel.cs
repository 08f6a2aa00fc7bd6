namespace LlmRec;

/// <summary>A model under the name of its recipe.</summary>
internal static class NamedModel
{
    public static ITopNModel Of(string name, ITopNModel model) => model switch
    {
        _ when model.Name == name => model,
        IScoringModel scoring => new Scoring(name, scoring),
        _ => new Lists(name, model),
    };

    private sealed class Lists(string name, ITopNModel model) : ITopNModel
    {
        public string Name => name;

        public IReadOnlyList<IReadOnlyList<ScoredItem>> Recommend(IReadOnlyList<TopNRequest> requests, int count) => model.Recommend(requests, count);
    }

    private sealed class Scoring(string name, IScoringModel model) : IScoringModel
    {
        public string Name => name;

        public IReadOnlyList<string> Items => model.Items;

        public void Score(IReadOnlyList<TopNRequest> requests, Span<float> scores) => model.Score(requests, scores);
    }
}
