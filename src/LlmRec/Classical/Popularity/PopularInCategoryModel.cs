using LlmRec.Transformers;

namespace LlmRec;

/// <summary>
/// Popular within what the user likes: an item scores by its share of the events of its categories, each category weighing as much as it has in the history; without a history, as much as in all events.
/// </summary>
/// <remarks>An item with several categories is shared out among them. Signs against an item do not count. Updating and forgetting count again. Immutable and thread-safe.</remarks>
public sealed class PopularInCategoryModel : FittedModel
{
    internal const string KindName = "popular-in-category";

    private readonly PopularModel _popular;
    private readonly string[][] _categories;                       // of each item
    private readonly Dictionary<string, double> _events;           // of each category
    private readonly float[] _counts;

    /// <summary>Counts events.</summary>
    /// <param name="catalog">The items to recommend, with their categories.</param>
    /// <param name="train">The training events.</param>
    /// <param name="window">Only events within this time before the newest one count; <see langword="null"/> for all. Events without a time are then left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is not positive.</exception>
    public PopularInCategoryModel(Catalog catalog, InteractionLog train, TimeSpan? window = null)
        : this(Training.From(catalog, train), [.. catalog.Select(i => i.Categories.Distinct(StringComparer.Ordinal).ToArray())], window)
    {
    }

    private PopularInCategoryModel(Training training, string[][] categories, TimeSpan? window) : this(new PopularModel(training, window, null), categories)
    {
    }

    private PopularInCategoryModel(PopularModel popular, string[][] categories)
        : base(popular.Name + " in category", popular.Training, ColdItems.Of(popular.Training, i => popular.CountOf(i) > 0 && categories[i].Length > 0))
    {
        _popular = popular;
        _categories = categories;
        _events = new(StringComparer.Ordinal);
        _counts = [.. categories.Select((_, i) => popular.CountOf(i))];
        for (int i = 0; i < categories.Length; i++)
            foreach (string c in categories[i]) _events[c] = _events.GetValueOrDefault(c) + (double)_counts[i] / categories[i].Length;
    }

    /// <summary>How far back from the newest event it counts; <see langword="null"/> for all of the training.</summary>
    public TimeSpan? Window => _popular.Window;

    internal override string Kind => KindName;

    internal override FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) => new PopularInCategoryModel(training, _categories, Window);

    internal override FittedModel Grown(Training training) =>
        new PopularInCategoryModel(training, [.. _categories, .. Enumerable.Repeat(Array.Empty<string>(), training.Items.Length - _categories.Length)], Window);

    internal override void Save(SavedModel to)
    {
        to.Set("windowMilliseconds", Window?.TotalMilliseconds);
        to.Tensors.Add("category.count", [.. _categories.Select(c => c.Length)]);
        to.Tensors.AddStrings("categories", [.. _categories.SelectMany(c => c)]);
    }

    internal static PopularInCategoryModel Open(OpenedModel file)
    {
        int[] counts = file.Tensors.Get<int>("category.count", file.Training.Items.Length).ToArray();
        string[] all = file.Tensors.ReadStrings("categories");
        if (counts.Any(c => c < 0) || counts.Sum(c => (long)c) != all.Length) throw new InvalidDataException($"{file.Tensors.Name}: the items' numbers of categories do not add up to the {all.Length} there are");
        string[][] categories = new string[counts.Length][];
        for (int i = 0, at = 0; i < counts.Length; at += counts[i++]) categories[i] = all[at..(at + counts[i])];
        return new(file.Training, categories, file.Maybe("windowMilliseconds") is { } w ? TimeSpan.FromMilliseconds(w) : null);
    }

    private protected override void ScoreTrained(IReadOnlyList<TopNRequest> requests, Span<float> scores)
    {
        int m = Items.Count;
        for (int r = 0; r < requests.Count; r++)
        {
            Dictionary<string, double> taste = TasteOf(requests[r].User);
            for (int i = 0; i < m; i++)
            {
                double score = 0;
                foreach (string c in _categories[i]) score += taste.GetValueOrDefault(c) * ShareOf(i, c);
                scores[r * m + i] = (float)score;
            }
        }
    }

    /// <summary>The share of common categories, weighted by the popularity of the other item within them.</summary>
    private protected override void SimilarTo(int item, Span<float> similarities)
    {
        for (int j = 0; j < similarities.Length; j++)
            foreach (string c in _categories[j])
                if (_categories[item].Contains(c, StringComparer.Ordinal)) similarities[j] += (float)(ShareOf(j, c) / _categories[item].Length);
    }

    private protected override IEnumerable<ModelReason> ReasonsOf(UserContext user, int item)
    {
        Dictionary<string, double> taste = TasteOf(user);
        return _categories[item].Select(c => new ModelReason(c, (float)(taste.GetValueOrDefault(c) * ShareOf(item, c))));
    }

    /// <summary>An item's share of the events of a category of its.</summary>
    private double ShareOf(int item, string category) => _counts[item] > 0 ? _counts[item] / (double)_categories[item].Length / _events[category] : 0;

    /// <summary>How much of the history lies in each category; sums to 1.</summary>
    private Dictionary<string, double> TasteOf(UserContext user)
    {
        var taste = new Dictionary<string, double>(StringComparer.Ordinal);
        InteractionLog log = Training.Events;
        if (user.Id is { } id && log.UserTable.Find(id) is >= 0 and int u)
            foreach (int p in log.PositionsOf(u))
                if (!log.KindAt(p).IsNegative()) Add(log.ItemTable[log.ItemAt(p)]);
        foreach (Interaction e in user.History)
            if (!e.Kind.IsNegative()) Add(e.Item);
        double all = taste.Values.Sum();
        if (all > 0) return taste.ToDictionary(t => t.Key, t => t.Value / all, StringComparer.Ordinal);
        all = _events.Values.Sum();
        return all > 0 ? _events.ToDictionary(t => t.Key, t => t.Value / all, StringComparer.Ordinal) : taste;

        void Add(string item)
        {
            if (Training.IndexOf(item) is not (>= 0 and int i)) return;
            foreach (string c in _categories[i]) taste[c] = taste.GetValueOrDefault(c) + 1.0 / _categories[i].Length;
        }
    }
}
