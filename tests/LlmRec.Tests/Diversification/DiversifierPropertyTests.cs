#pragma warning disable NUnit1027 // FsCheck supplies the arguments of its properties
namespace LlmRec.Tests;

[TestFixture]
public sealed class DiversifierPropertyTests
{
    private static readonly double[] Knobs = [0, 0.05, 0.2, 0.4, 0.5, 0.7, 0.9, 1];

    [FsCheck.NUnit.Property(MaxTest = 40)]
    public void Picks_AreDistinctCandidatesAndAsManyAsWanted(int seed, byte size, byte wanted)
    {
        int n = size % 40, k = wanted % 50;
        RankedCandidates c = RandomCandidates.Make(seed, n, 1 + Math.Abs(seed % 20), seed % 2 == 0, shown: Math.Abs(seed % 3));
        foreach (DiversityStrategy s in RandomCandidates.Strategies)
        {
            Pick[] picks = Diversifier.Create(s).Diversify(c, Knobs[Math.Abs(seed % Knobs.Length)], k);
            Assert.That(picks.Select(p => p.Index).Distinct().Count(p => p >= 0 && p < n), Is.EqualTo(Math.Min(n, k)), $"{s}");
            Assert.That(picks, Has.Length.EqualTo(Math.Min(n, k)).And.All.Matches<Pick>(p => float.IsFinite(p.Value)), $"{s}");
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 25)]
    public void ZeroDiversity_IsTheRankersOrder(int seed, byte size)
    {
        int n = 1 + size % 60;
        RankedCandidates c = RandomCandidates.Make(seed, n, 5, shown: 2);
        float[] scores = c.Scores.ToArray();
        for (int i = 0; i < n; i++)
            scores[i] = MathF.Round(scores[i] * 5); // many ties
        c.Scores = scores;
        int[] expected = [.. Enumerable.Range(0, n).OrderByDescending(i => scores[i])];
        foreach (DiversityStrategy s in RandomCandidates.Strategies)
            Assert.That(Diversifier.Create(s).Diversify(c, 0, n).Select(p => p.Index), Is.EqualTo(expected), $"{s}");
    }

    [FsCheck.NUnit.Property(MaxTest = 40)]
    public void WhereTwoListsPart_TheHigherKnobTakesTheLessRelevantItem(int seed, byte size)
    {
        // What a greedy method holds to: as long as two lists agree, the next pick's relevance cannot rise with the knob.
        int n = 2 + size % 50;
        RankedCandidates c = RandomCandidates.Make(seed, n, 1 + Math.Abs(seed % 9), seed % 2 == 0, taste: seed % 3 == 0);
        foreach (DiversityStrategy s in RandomCandidates.Strategies)
        {
            Pick[][] lists = [.. Knobs.Select(g => Diversifier.Create(s).Diversify(c, g, Math.Min(n, 10)))];
            for (int a = 0; a < lists.Length; a++)
            {
                for (int b = a + 1; b < lists.Length; b++)
                {
                    int t = 0;
                    while (t < lists[a].Length && lists[a][t].Index == lists[b][t].Index)
                        t++;
                    if (t < lists[a].Length)
                        Assert.That(c.Scores.Span[lists[b][t].Index], Is.LessThanOrEqualTo(c.Scores.Span[lists[a][t].Index] + 1e-5f), $"{s} seed {seed}: {Knobs[a]} against {Knobs[b]} at place {t}");
                }
            }
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 25)]
    public void NoList_IsMoreRelevantThanTheRankersOwn(int seed, byte size)
    {
        int n = 1 + size % 50;
        RankedCandidates c = RandomCandidates.Make(seed, n, 6);
        foreach (DiversityStrategy s in RandomCandidates.Strategies)
        {
            double zero = RandomCandidates.Relevance(c, Diversifier.Create(s).Diversify(c, 0, 8));
            foreach (double g in Knobs)
                Assert.That(RandomCandidates.Relevance(c, Diversifier.Create(s).Diversify(c, g, 8)), Is.LessThanOrEqualTo(zero + 1e-9), $"{s} at {g}");
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 15)]
    public void Monotone_RelevanceNeverRisesWithTheKnob(int seed, byte size)
    {
        int n = 2 + size % 40;
        RankedCandidates c = RandomCandidates.Make(seed, n, 4, seed % 2 == 0);
        foreach (DiversityStrategy s in RandomCandidates.Strategies)
        {
            IDiversifier monotone = Diversifier.Create(s, new() { Reasons = false }).Monotone(10);
            double before = double.PositiveInfinity;
            for (double g = 0; g <= 1; g += 0.07)
            {
                double now = RandomCandidates.Relevance(c, monotone.Diversify(c, g, Math.Min(6, n)));
                Assert.That(now, Is.LessThanOrEqualTo(before), $"{s} at {g}");
                before = now;
            }
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 25)]
    public void Picks_DoNotDependOnTheScaleOfScores(int seed, byte size)
    {
        int n = 2 + size % 50;
        RankedCandidates c = RandomCandidates.Make(seed, n, 8, seed % 2 == 0);
        // A power of two and no offset: the same mantissas, so that rounding cannot part the lists.
        var scaled = RandomCandidates.Make(seed, n, 8, seed % 2 == 0);
        scaled.Scores = c.Scores.ToArray().Select(x => 1024 * x).ToArray();
        foreach (DiversityStrategy s in RandomCandidates.Strategies)
            foreach (double g in Knobs)
                Assert.That(Diversifier.Create(s).Diversify(scaled, g, 7).Select(p => p.Index), Is.EqualTo(Diversifier.Create(s).Diversify(c, g, 7).Select(p => p.Index)), $"{s} at {g}");
    }

    [FsCheck.NUnit.Property(MaxTest = 25)]
    public void Picks_DoNotDependOnTheOrderOfTheInput_UpToTies(int seed, byte size)
    {
        int n = 2 + size % 40, d = 6;
        RankedCandidates c = RandomCandidates.Make(seed, n, d, seed % 2 == 0);
        int[] order = [.. Enumerable.Range(0, n)];
        new Random(seed).Shuffle(order);
        var shuffled = new RankedCandidates
        {
            Scores = order.Select(i => c.Scores.Span[i]).ToArray(),
            Vectors = order.SelectMany(i => c.VectorAt(i).ToArray()).ToArray(),
            Dimensions = d,
            Items = [.. order.Select(i => c.Items[i])],
        };
        foreach (DiversityStrategy s in RandomCandidates.Strategies)
        {
            Pick[] one = Diversifier.Create(s).Diversify(c, 0.4, 8), two = Diversifier.Create(s).Diversify(shuffled, 0.4, 8);
            for (int t = 0; t < one.Length; t++)
            {
                Assert.That(two[t].Value, Is.EqualTo(one[t].Value).Within(1e-4f), $"{s} place {t}");
                if (order[two[t].Index] != one[t].Index)
                    break; // equal within rounding: from here the lists may differ
            }
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 30)]
    public void LazyMmr_EqualsThePlainLoop(int seed, byte size)
    {
        int n = 1 + size % 120, d = 1 + Math.Abs(seed % 70);
        RankedCandidates c = RandomCandidates.Make(seed, n, d, seed % 2 == 0, shown: Math.Abs(seed % 4));
        foreach (double g in Knobs.Skip(1))
        {
            Pick[] fast = Diversifier.Create(DiversityStrategy.Mmr, DiversityOptions.Literal(DiversityStrategy.Mmr)).Diversify(c, g, 12);
            Compare(fast, PlainTwins.Mmr(c, 1 - g, fast.Length), $"MMR {n} × {d} at {g}");
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 30)]
    public void QuantizedMsd_EqualsThePlainLoop(int seed, byte size)
    {
        int n = 1 + size % 120, d = 1 + Math.Abs(seed % 70);
        RankedCandidates c = RandomCandidates.Make(seed, n, d, seed % 2 == 0, shown: Math.Abs(seed % 4));
        foreach (double g in Knobs.Skip(1))
        {
            Pick[] fast = Diversifier.Create(DiversityStrategy.Msd, DiversityOptions.Literal(DiversityStrategy.Msd)).Diversify(c, g, 12);
            Compare(fast, PlainTwins.Msd(c, 1 - g, fast.Length), $"MSD {n} × {d} at {g}");
        }
    }

    private static void Compare(Pick[] fast, (int Index, double Value)[] plain, string what)
    {
        for (int t = 0; t < fast.Length; t++)
        {
            Assert.That(fast[t].Value, Is.EqualTo(plain[t].Value).Within(1e-4 * Math.Max(1, Math.Abs(plain[t].Value))), $"{what} place {t}");
            if (fast[t].Index != plain[t].Index)
                return; // equal values: rounding decides, and what follows may differ
        }
    }
}
