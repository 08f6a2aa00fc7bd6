using LlmRec;

namespace Quickstart;

/// <summary>
/// Simulates the visitors of the sample shop. The log is invented, and says so: it has the traits of real ones (tastes that last,
/// moods that change, a few favourites of all, habits such as staying with a maker) without being anybody's data.
/// </summary>
internal sealed class ShopSimulator
{
    private static readonly DateTimeOffset Opening = new(2025, 1, 1, 8, 0, 0, TimeSpan.Zero);

    private readonly Item[] _items;
    private readonly string[] _genres;
    private readonly int[] _genre;       // of each item
    private readonly double[] _appeal;   // what an item has beyond its genre: a few are loved by all
    private readonly int[][] _next;      // for each item those that people like right after it
    private readonly Random _random;

    public ShopSimulator(Catalog catalog, int seed)
    {
        _random = new Random(seed);
        _items = [.. catalog];
        _genres = [.. _items.Select(i => i.Categories[1]).Distinct()];
        _genre = [.. _items.Select(i => Array.IndexOf(_genres, i.Categories[1]))];
        _appeal = [.. _items.Select(_ => Math.Exp(0.9 * Gauss()))];
        _next = [.. _items.Select(Neighbours)];
    }

    /// <summary>Visits of <paramref name="users"/> people, in the order in which they happened.</summary>
    public InteractionLog Run(int users)
    {
        var events = new List<Interaction>();
        for (int u = 0; u < users; u++) events.AddRange(Visits($"user-{u + 1:0000}"));
        return new InteractionLog(events.OrderBy(e => e.Time));
    }

    private List<Interaction> Visits(string user)
    {
        double[] taste = [.. _genres.Select(_ => Math.Exp(2.2 * Gauss()))];
        int favouriteMedium = _random.Next(5), count = 6 + (int)(-Math.Log(1 - _random.NextDouble()) * 8);
        string medium = new[] { "book", "film", "game", "music", "course" }[favouriteMedium];
        var seen = new HashSet<int>();
        var events = new List<Interaction>();
        DateTimeOffset time = Opening.AddDays(_random.NextDouble() * 240);
        int last = -1, mood = Draw(taste);
        while (events.Count < Math.Min(count, 60))
        {
            if (_random.NextDouble() < 0.2) mood = Draw(taste);
            int item = last >= 0 && _random.NextDouble() < 0.45 ? _next[last][_random.Next(_next[last].Length)] : FromMood(mood, medium);
            if (!seen.Add(item))
            {
                if (_random.NextDouble() < 0.05) break;
                continue;
            }
            double liking = taste[_genre[item]] / taste.Max();
            InteractionKind kind = liking > 0.5 ? _random.Next(3) == 0 ? InteractionKind.Purchase : InteractionKind.Like
                : _random.Next(12) == 0 ? InteractionKind.Skip : InteractionKind.Click;
            events.Add(new Interaction(user, _items[item].Id, kind, Time: time));
            time += _random.Next(3) == 0 ? TimeSpan.FromDays(_random.NextDouble() * 9) : TimeSpan.FromMinutes(1 + _random.NextDouble() * 20);
            last = item;
        }
        return events;
    }

    private int FromMood(int genre, string medium)
    {
        var weights = new double[_items.Length];
        for (int i = 0; i < weights.Length; i++)
            weights[i] = (_genre[i] == genre ? 12 : 1) * (_items[i].Categories[0] == medium ? 2 : 1) * _appeal[i];
        return Draw(weights);
    }

    /// <summary>Four items that go with an item: of its maker first, then of its genre.</summary>
    private int[] Neighbours(Item item, int index) =>
        [.. Enumerable.Range(0, _items.Length).Where(j => j != index)
            .OrderByDescending(j => (_items[j].Attributes.GetValueOrDefault("creator") == item.Attributes.GetValueOrDefault("creator") ? 4 : 0)
                + (_genre[j] == _genre[index] ? 2 : 0) + _random.NextDouble() * 2)
            .Take(4)];

    private int Draw(double[] weights)
    {
        double at = _random.NextDouble() * weights.Sum();
        for (int i = 0; i < weights.Length; i++)
            if ((at -= weights[i]) < 0) return i;
        return weights.Length - 1;
    }

    private double Gauss() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
