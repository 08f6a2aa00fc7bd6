using LlmRec.Kernels;

namespace LlmRec.Tests.Classical.Factors;

[TestFixture]
public sealed class FactorSearchTests
{
    /// <summary>How item vectors may lie: any length, lengths as of a long tail, all lengths alike, few different scores, all along one direction.</summary>
    public enum Lengths
    {
        Even,
        LongTail,
        Unit,
        Ties,
        Parallel,
    }

    [Test]
    public void Run_FindsTheBestOfAllScores([Values] Lengths lengths, [Values(1, 33, 511, 512, 513, 3000)] int m, [Values(1, 16, 23)] int k, [Values(1, 10, 600)] int count)
    {
        var random = SplitMix.Of(m + k, (int)lengths);
        RowMatrix items = new(m, k), users = new(19, k);
        for (int i = 0; i < m; i++) Fill(items.Row(i), ref random, lengths);
        for (int u = 0; u < users.Rows; u++)
            if (u != 3) Fill(users.Row(u), ref random, lengths == Lengths.Ties ? Lengths.Ties : lengths == Lengths.Parallel ? Lengths.Parallel : Lengths.Even);   // the fourth knows nothing: all scores are 0
        float[] scores = new float[users.Rows * m];
        MatrixProduct.MultiplyTransposedRight(users, items, new MatrixSpan(scores, users.Rows, m));

        string[] ids = [.. Enumerable.Range(0, m).Select(i => $"{i}")];
        BestItems[] best = [.. Enumerable.Range(0, users.Rows).Select(_ => new BestItems(Math.Min(count, m), m))];
        for (int u = 0; u < users.Rows; u++)
            for (int i = 0; i < m; i++)
                if (Excluded(u, i)) best[u].Exclude(i);
        new FactorSearch(items).Run(users, best);
        using (Assert.EnterMultipleScope())
        {
            for (int u = 0; u < users.Rows; u++)
            {
                float[] row = scores[(u * m)..(u * m + m)];
                ScoredItem[] expected = [.. Enumerable.Range(0, m).Where(i => !Excluded(u, i)).OrderByDescending(i => row[i]).Take(count).Select(i => new ScoredItem(ids[i], row[i]))];
                Assert.That(best[u].ToList(ids), Is.EqualTo(expected), $"user {u}");
            }
        }

        static bool Excluded(int user, int item) => user == 5 || (item * 7 + user) % 11 < user % 4;   // the sixth may get nothing
    }

    [Test]
    public void Run_HoldsWhereProductsAreTooSmallForAFloat()
    {
        var random = SplitMix.Of(3, 0);
        RowMatrix items = new(2000, 5), users = new(4, 5);
        for (int i = 0; i < items.Rows; i++)
            foreach (ref float v in items.Row(i)) v = MathF.ScaleB((float)random.NextDouble() + 1, -74);
        for (int u = 0; u < users.Rows; u++)
            foreach (ref float v in users.Row(u)) v = MathF.ScaleB((float)random.NextDouble() + 1, -74 - u);
        float[] scores = new float[users.Rows * items.Rows];
        MatrixProduct.MultiplyTransposedRight(users, items, new MatrixSpan(scores, users.Rows, items.Rows));
        BestItems[] best = [.. Enumerable.Range(0, users.Rows).Select(_ => new BestItems(20, items.Rows))];
        new FactorSearch(items).Run(users, best);
        string[] ids = [.. Enumerable.Range(0, items.Rows).Select(i => $"{i}")];
        using (Assert.EnterMultipleScope())
        {
            for (int u = 0; u < users.Rows; u++)
            {
                float[] row = scores[(u * items.Rows)..((u + 1) * items.Rows)];
                Assert.That(best[u].ToList(ids), Is.EqualTo(ids.Zip(row, (id, s) => new ScoredItem(id, s)).OrderByDescending(s => s.Score).Take(20)), $"user {u}");
            }
        }
    }

    [Test]
    public void Offer_TakesItemsInAnyOrder([Values(0, 1, 70, 500)] int n, [Values(1, 7, 60)] int k)
    {
        var random = SplitMix.Of(n, k);
        int[] items = [.. Enumerable.Range(0, n)];
        for (int i = 0; i < n; i++)
        {
            int j = i + random.Next(n - i);
            (items[i], items[j]) = (items[j], items[i]);
        }
        float[] scores = new float[n];
        for (int i = 0; i < n; i++) scores[i] = random.Next(7) == 0 ? float.NegativeInfinity : random.Next(9) == 0 ? float.NaN : random.Next(5) - 2;
        var best = new BestItems(k, n);
        for (int from = 0; from < n; from += 37) best.Offer(items.AsSpan(from, Math.Min(37, n - from)), scores.AsSpan(from, Math.Min(37, n - from)));
        string[] ids = [.. Enumerable.Range(0, n).Select(i => $"{i}")];
        ScoredItem[] expected = [.. items.Zip(scores).Where(p => p.Second > float.NegativeInfinity).OrderByDescending(p => p.Second).ThenBy(p => p.First).Take(k).Select(p => new ScoredItem(ids[p.First], p.Second))];
        Assert.That(best.ToList(ids), Is.EqualTo(expected));
    }

    private static void Fill(Span<float> row, ref SplitMix random, Lengths lengths)
    {
        if (lengths == Lengths.Parallel)
        {
            row.Fill(1 + random.Next(3) * 1e-7f);   // scores that differ by less than a sum's rounding
            return;
        }
        foreach (ref float v in row) v = lengths == Lengths.Ties ? random.Next(3) - 1 : (float)random.NextDouble() - 0.4f;
        float length = MathF.Sqrt(row.ToArray().Sum(v => v * v));
        float scale = lengths switch { Lengths.LongTail => MathF.Pow((float)random.NextDouble(), 6), Lengths.Unit when length > 0 => 1 / length, _ => 1 };
        foreach (ref float v in row) v *= scale;
    }
}
