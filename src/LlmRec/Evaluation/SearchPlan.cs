namespace LlmRec;

/// <summary>The trials of a search, in order: the starting values, then seeded random ones without repetition; all combinations where they are few.</summary>
internal static class SearchPlan
{
    public static IReadOnlyList<IReadOnlyDictionary<string, double>> Of(IReadOnlyList<SearchParameter> search, int trials, int seed)
    {
        if (search.Select(p => p.Name).Distinct(StringComparer.Ordinal).Count() != search.Count)
            throw new ArgumentException($"a hyper-parameter is named twice: {string.Join(", ", search.Select(p => p.Name))}", nameof(search));
        var plan = new List<IReadOnlyDictionary<string, double>>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        Add(search.ToDictionary(p => p.Name, p => p.Start));
        if (search.Count == 0) return plan;

        double combinations = search.Aggregate(1.0, (n, p) => n * (p.Values?.Distinct().Count() ?? double.PositiveInfinity));
        if (combinations <= trials)
        {
            IEnumerable<Dictionary<string, double>> all = [[]];
            foreach (SearchParameter p in search)
                all = [.. all.SelectMany(c => p.Values!.Distinct().Select(v => new Dictionary<string, double>(c) { [p.Name] = v }))];
            foreach (var c in all) Add(c);
            return plan;
        }
        SplitMix random = SplitMix.Of(seed, 0x5EA6C4);
        for (int attempt = 0; plan.Count < trials && attempt < 100 * trials; attempt++)
        {
            var values = new Dictionary<string, double>();
            foreach (SearchParameter p in search) values[p.Name] = p.Draw(ref random);
            Add(values);
        }
        return plan;

        void Add(Dictionary<string, double> values)
        {
            if (seen.Add(string.Join('|', search.Select(p => BitConverter.DoubleToInt64Bits(values[p.Name]))))) plan.Add(values);
        }
    }
}
