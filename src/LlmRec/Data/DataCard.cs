using System.Globalization;
using System.Text;

namespace LlmRec;

/// <summary>What is in a log and a catalog, in numbers: the first thing to look at. <see cref="ToString"/> prints it.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class DataCard
{
    private DataCard(InteractionLog log, Catalog? catalog)
    {
        Events = log.Count;
        HistoryLengths = new(Count(log, log.UserTable.Count, log.UserAt));
        Popularity = new(Count(log, log.ItemTable.Count, log.ItemAt));
        Pairs = CountPairs(log);

        var kinds = new Dictionary<InteractionKind, int>();
        double sum = 0;
        long first = long.MaxValue, last = long.MinValue;
        for (int p = 0; p < log.Count; p++)
        {
            kinds[log.KindAt(p)] = kinds.GetValueOrDefault(log.KindAt(p)) + 1;
            float value = log.ValueAt(p);
            if (!float.IsNaN(value))
            {
                WithValue++;
                sum += value;
                LeastValue = Math.Min(LeastValue ?? value, value);
                GreatestValue = Math.Max(GreatestValue ?? value, value);
            }
            long time = log.TimeAt(p);
            if (time == InteractionLog.NoTime) continue;
            WithTime++;
            first = Math.Min(first, time);
            last = Math.Max(last, time);
        }
        Kinds = kinds;
        if (WithValue > 0) MeanValue = sum / WithValue;
        if (WithTime > 0) (FirstTime, LastTime) = (DateTimeOffset.FromUnixTimeMilliseconds(first), DateTimeOffset.FromUnixTimeMilliseconds(last));

        if (catalog is null) return;
        CatalogItems = catalog.Count;
        EventsOfUnknownItems = 0;
        int known = 0;
        int[] events = Count(log, log.ItemTable.Count, log.ItemAt);
        for (int i = 0; i < events.Length; i++)
            if (catalog.HandleOf(log.ItemTable[i]) >= 0) known++;
            else EventsOfUnknownItems += events[i];
        UnseenItems = catalog.Count - known;
        ItemsWithoutTitle = catalog.Count(i => string.IsNullOrWhiteSpace(i.Title));
        ItemsWithoutText = catalog.Count(i => string.IsNullOrWhiteSpace(i.Text));
        ItemsWithoutWords = catalog.Count(i => string.IsNullOrWhiteSpace(i.Title) && string.IsNullOrWhiteSpace(i.Text));
        ItemsWithoutCategory = catalog.Count(i => i.Categories.Count == 0);
        Categories = catalog.SelectMany(i => i.Categories).Distinct(StringComparer.Ordinal).Count();
    }

    /// <summary>Number of events.</summary>
    public int Events { get; }

    /// <summary>Number of users with events.</summary>
    public int Users => HistoryLengths.Count;

    /// <summary>Number of items with events.</summary>
    public int Items => Popularity.Count;

    /// <summary>Number of different pairs of user and item.</summary>
    public int Pairs { get; }

    /// <summary>Share of all pairs of these users and items that occur, 0 to 1.</summary>
    public double Density => Events == 0 ? 0 : (double)Pairs / Users / Items;

    /// <summary>Events of each user.</summary>
    public Distribution HistoryLengths { get; }

    /// <summary>Events of each item that has any.</summary>
    public Distribution Popularity { get; }

    /// <summary>Number of events of each kind that occurs.</summary>
    public IReadOnlyDictionary<InteractionKind, int> Kinds { get; }

    /// <summary>Number of events with a value.</summary>
    public int WithValue { get; }

    /// <summary>The mean value, or <see langword="null"/> when no event has one.</summary>
    public double? MeanValue { get; }

    /// <summary>The smallest value, or <see langword="null"/>.</summary>
    public float? LeastValue { get; }

    /// <summary>The greatest value, or <see langword="null"/>.</summary>
    public float? GreatestValue { get; }

    /// <summary>Number of events with a time.</summary>
    public int WithTime { get; }

    /// <summary>The oldest time, or <see langword="null"/> when no event has one.</summary>
    public DateTimeOffset? FirstTime { get; }

    /// <summary>The newest time, or <see langword="null"/>.</summary>
    public DateTimeOffset? LastTime { get; }

    /// <summary>Items of the catalog, or <see langword="null"/> when none was given; so are all numbers below.</summary>
    public int? CatalogItems { get; }

    /// <summary>Items of the catalog without an event: the cold ones.</summary>
    public int? UnseenItems { get; }

    /// <summary>Events whose item is not in the catalog.</summary>
    public int? EventsOfUnknownItems { get; }

    /// <summary>Items without a title.</summary>
    public int? ItemsWithoutTitle { get; }

    /// <summary>Items without a text.</summary>
    public int? ItemsWithoutText { get; }

    /// <summary>Items with neither: an encoder of text knows nothing of them.</summary>
    public int? ItemsWithoutWords { get; }

    /// <summary>Items without a category.</summary>
    public int? ItemsWithoutCategory { get; }

    /// <summary>Number of different categories.</summary>
    public int? Categories { get; }

    /// <summary>The card of a log, and of a catalog when there is one.</summary>
    public static DataCard Of(InteractionLog log, Catalog? catalog = null)
    {
        ArgumentNullException.ThrowIfNull(log);
        return new(log, catalog);
    }

    /// <summary>The card as text, a line a fact.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Line("events", $"{Events:N0} of {Users:N0} users with {Items:N0} items, {Events - Pairs:N0} repeats of a pair, density {Density:P2}");
        Line("kinds", $"{string.Join(", ", Kinds.OrderBy(k => k.Key).Select(k => string.Create(CultureInfo.InvariantCulture, $"{k.Key} {k.Value:N0}")))}");
        Line("times", FirstTime is null ? (FormattableString)$"none: the order of arrival stands for them" : $"{FirstTime:yyyy-MM-dd} to {LastTime:yyyy-MM-dd} ({(LastTime - FirstTime)!.Value.TotalDays:N0} days){Missing(WithTime)}");
        Line("values", MeanValue is null ? (FormattableString)$"none" : $"{LeastValue} to {GreatestValue}, mean {MeanValue:N2}{Missing(WithValue)}");
        Line("events a user", $"{HistoryLengths}");
        Line("events an item", $"{Popularity}");
        Line("popularity", $"Gini {Popularity.Gini:N2}; the top 1% of items have {Popularity.TopShare(0.01):P0} of the events, the top 10% {Popularity.TopShare(0.1):P0}");
        if (CatalogItems is null) return text.ToString().TrimEnd();
        Line("catalog", $"{CatalogItems:N0} items in {Categories:N0} categories; {UnseenItems:N0} without events, {EventsOfUnknownItems:N0} events of items not in it");
        Line("missing", $"{ItemsWithoutTitle:N0} without title, {ItemsWithoutText:N0} without text, {ItemsWithoutWords:N0} without either, {ItemsWithoutCategory:N0} without category");
        return text.ToString().TrimEnd();

        void Line(string name, FormattableString fact) => text.Append(name.PadRight(16)).Append(fact.ToString(CultureInfo.InvariantCulture)).Append('\n');

        string Missing(int with) => with == Events ? "" : string.Create(CultureInfo.InvariantCulture, $"; {Events - with:N0} events without");
    }

    private static int[] Count(InteractionLog log, int n, Func<int, int> at)
    {
        var counts = new int[n];
        for (int p = 0; p < log.Count; p++) counts[at(p)]++;
        return counts;
    }

    private static int CountPairs(InteractionLog log)
    {
        var lastUser = new int[log.ItemTable.Count];   // by item: 1 + the last user met with it
        int pairs = 0;
        for (int u = 0; u < log.UserTable.Count; u++)
            foreach (int p in log.PositionsOf(u))
            {
                ref int last = ref lastUser[log.ItemAt(p)];
                if (last == u + 1) continue;
                last = u + 1;
                pairs++;
            }
        return pairs;
    }
}
