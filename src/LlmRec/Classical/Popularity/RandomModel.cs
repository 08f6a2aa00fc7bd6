namespace LlmRec;

/// <summary>A seeded random list for each history: what no skill at all looks like.</summary>
/// <remarks>The scores of a user depend only on the seed and the history, not on the batch or the thread. Immutable and thread-safe.</remarks>
public sealed class RandomModel : FittedModel
{
    internal const string KindName = "random";

    private readonly ulong _seed;

    /// <summary>A random model.</summary>
    /// <param name="items">Ids of the items to recommend.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="name">A name for tables.</param>
    public RandomModel(IReadOnlyList<string> items, int seed = 1, string name = "Random")
        : this(Training.From([.. items ?? throw new ArgumentNullException(nameof(items))], new InteractionLog()), (uint)seed, name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
    }

    private RandomModel(Training training, ulong seed, string name) : base(name, training) => _seed = seed;

    internal override string Kind => KindName;

    internal override FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) => new RandomModel(training, _seed, Name);

    internal override void Save(SavedModel to)
    {
        to.Set("name", Name);
        to.Set("seed", (double)_seed);
    }

    internal static RandomModel Open(OpenedModel file) => new(file.Training, (ulong)file.Get("seed", 1.0), file.Text("name") ?? "Random");

    /// <summary>Nothing is like anything.</summary>
    private protected override void SimilarTo(int item, Span<float> similarities)
    {
    }

    private protected override IEnumerable<ModelReason> ReasonsOf(UserContext user, int item)
    {
        float[] scores = new float[Items.Count];
        ScoreTrained([new(user, [])], scores);
        return [new("chance", scores[item])];
    }

    private protected override void ScoreTrained(IReadOnlyList<TopNRequest> requests, Span<float> scores)
    {
        for (int r = 0; r < requests.Count; r++)
        {
            ulong hash = SplitMix.Mix(_seed ^ 0xCBF29CE484222325);
            foreach (char c in requests[r].User.Id ?? "") hash = (hash ^ c) * 0x100000001B3;   // FNV-1a: string hash codes differ between processes
            foreach (Interaction i in requests[r].User.History)
            {
                foreach (char c in i.Item) hash = (hash ^ c) * 0x100000001B3;
                hash = SplitMix.Mix(hash);
            }
            var random = new SplitMix(hash);
            Span<float> row = scores.Slice(r * Items.Count, Items.Count);
            for (int i = 0; i < row.Length; i++) row[i] = (random.Next() >> 40) * (1f / (1 << 24));
        }
    }
}
