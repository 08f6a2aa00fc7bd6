namespace LlmRec;

/// <summary>Sums what lists are like.</summary>
internal sealed class ListMeter(int k)
{
    private readonly Dictionary<string, int> _shown = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _categories = new(StringComparer.Ordinal);
    private double _ndcg, _hits, _distance, _least, _entropy, _alpha, _err, _recall, _kl;
    private int _lists, _distances, _categorised, _tastes;

    /// <summary>Makes the items of a case count in the Gini index even when no list shows them.</summary>
    public void Know(RankedCandidates candidates)
    {
        for (int i = 0; i < candidates.Items.Count; i++)
            _shown.TryAdd(candidates.Items[i].Id, 0);
    }

    public void Add(DiversityCase c, ReadOnlySpan<Pick> picks)
    {
        RankedCandidates candidates = c.Candidates;
        _lists++;
        var list = new int[picks.Length];
        var gains = new double[picks.Length];
        for (int i = 0; i < list.Length; i++)
        {
            list[i] = picks[i].Index;
            gains[i] = c.Relevant.Contains(list[i]) ? 1 : 0;
        }
        double[] relevant = new double[c.Relevant.Count];
        Array.Fill(relevant, 1);
        _ndcg += relevant.Length == 0 ? 0 : RankingMetrics.Ndcg(gains, relevant, k) ?? 0;
        _hits += gains.Contains(1) ? 1 : 0;
        if (candidates.Dimensions > 0 && list.Length > 1)
        {
            (double mean, double least) = Distances(candidates, list);
            _distance += mean;
            _least += least;
            _distances++;
        }
        if (candidates.Items.Count == 0)
            return;
        foreach (int i in list)
            _shown[candidates.Items[i].Id] = _shown.GetValueOrDefault(candidates.Items[i].Id) + 1;
        int[][] categories = Categories(candidates);
        if (categories.All(x => x.Length == 0))
            return;
        int[] pool = [.. Enumerable.Range(0, candidates.Count)];
        _categorised++;
        _entropy += ListMetrics.Entropy(Mix(list, categories)) ?? 0;
        _alpha += SubtopicMetrics.AlphaNdcg(list, pool, i => categories[i], k) ?? 0;
        _err += SubtopicMetrics.NormalisedIntentAwareErr(list, pool, i => categories[i], k) ?? 0;
        _recall += SubtopicMetrics.SubtopicRecall(list, pool, i => categories[i], k) ?? 0;
        double total = candidates.Taste.Values.Sum(x => (double)x);
        if (total <= 0)
            return;
        double[] mix = Mix(list, categories), taste = new double[mix.Length];
        foreach ((string category, float weight) in candidates.Taste)
            taste[_categories[category]] = weight / total;
        double sum = mix.Sum();
        for (int i = 0; i < mix.Length && sum > 0; i++)
            mix[i] /= list.Length;
        _kl += ListMetrics.CalibrationKl(taste, mix);
        _tastes++;
    }

    public DiversityMeasurement Result(string name, double diversity)
    {
        int[] exposure = [.. _shown.Values];
        return new(name, diversity, Over(_ndcg, _lists), Over(_hits, _lists), Over(_distance, _distances), Over(_least, _distances), Over(_entropy, _categorised),
            Over(_alpha, _categorised), Over(_err, _categorised), Over(_recall, _categorised), Over(_kl, _tastes), exposure.Count(x => x > 0), ListMetrics.Gini(exposure) ?? 0);
    }

    private static double Over(double sum, int n) => n == 0 ? 0 : sum / n;

    private int[][] Categories(RankedCandidates candidates)
    {
        foreach (string category in candidates.Taste.Keys)
            Number(category);
        var result = new int[candidates.Count][];
        for (int i = 0; i < result.Length; i++)
            result[i] = [.. candidates.Items[i].Categories.Select(Number).Distinct()];
        return result;
    }

    private int Number(string category)
    {
        if (!_categories.TryGetValue(category, out int number))
            _categories.Add(category, number = _categories.Count);
        return number;
    }

    /// <summary>Weights of the list's categories, an item's 1 shared among its own.</summary>
    private double[] Mix(int[] list, int[][] categories)
    {
        var mix = new double[_categories.Count];
        foreach (int i in list)
            foreach (int c in categories[i])
                mix[c] += 1.0 / categories[i].Length;
        return mix;
    }

    private static unsafe (double Mean, double Least) Distances(RankedCandidates candidates, int[] list)
    {
        int d = candidates.Dimensions, pairs = 0;
        double sum = 0, least = double.PositiveInfinity;
        fixed (float* rows = candidates.Vectors.Span)
        {
            for (int a = 0; a < list.Length; a++)
            {
                for (int b = a + 1; b < list.Length; b++)
                {
                    float* x = rows + (long)list[a] * d, y = rows + (long)list[b] * d;
                    double lengths = Math.Sqrt((double)RowDots.Dot(x, x, d) * RowDots.Dot(y, y, d));
                    double distance = lengths > 0 ? 1 - RowDots.Dot(x, y, d) / lengths : 1;
                    sum += distance;
                    least = Math.Min(least, distance);
                    pairs++;
                }
            }
        }
        return (sum / pairs, least);
    }
}
