namespace LlmRec.Tests;

[TestFixture]
public sealed class DiversifierTests
{
    [Test]
    public void NoCandidates_GiveNoPicks([Values] DiversityStrategy strategy) =>
        Assert.That(Diversifier.Create(strategy).Diversify(new RankedCandidates(), 0.5, 10), Is.Empty);

    [Test]
    public void IdenticalVectors_ComeInTheRankersOrder([Values] DiversityStrategy strategy)
    {
        var c = new RankedCandidates { Scores = new[] { 0.2f, 0.9f, 0.5f }, Vectors = new float[] { 1, 2, 1, 2, 1, 2 }, Dimensions = 2 };
        Assert.That(Diversifier.Create(strategy).Diversify(c, 0.5, 3).Select(p => p.Index), Is.EqualTo(new[] { 1, 2, 0 }));
    }

    [Test]
    public void ZeroVectors_AddNothingByDefaultAndEverythingLiterally([Values(DiversityStrategy.Mmr, DiversityStrategy.Msd, DiversityStrategy.Dpp)] DiversityStrategy strategy)
    {
        // The most relevant, an item without a vector, and one at a right angle to the first, all but equally relevant.
        var c = new RankedCandidates { Scores = new[] { 1f, 0.9001f, 0.9f, 0 }, Vectors = new float[] { 1, 0, 0, 0, 0, 1, 1, 0 }, Dimensions = 2 };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Diversifier.Create(strategy).Diversify(c, 0.5, 2)[1].Index, Is.EqualTo(2));
            Assert.That(Diversifier.Create(strategy, DiversityOptions.Literal(strategy)).Diversify(c, 0.5, 2)[1].Index, Is.EqualTo(1));
        }
    }

    [Test]
    public void ScoresThatAreNotFinite_AreRefusedByPosition([Values(float.NaN, float.PositiveInfinity)] float score)
    {
        var c = new RankedCandidates { Scores = new[] { 1f, score } };
        Assert.That(() => Diversifier.Create(DiversityStrategy.Mmr).Diversify(c, 0.5, 1), Throws.ArgumentException.With.Message.Contains("candidate 1"));
    }

    [Test]
    public void VectorsThatAreNotFinite_AreRefusedByPosition([Values(DiversityStrategy.Mmr, DiversityStrategy.Msd, DiversityStrategy.Dpp, DiversityStrategy.Cover, DiversityStrategy.Ssd)] DiversityStrategy strategy)
    {
        var c = new RankedCandidates { Scores = new[] { 1f, 1f }, Vectors = new[] { 1f, float.NaN }, Dimensions = 1 };
        Assert.That(() => Diversifier.Create(strategy).Diversify(c, 0.5, 2), Throws.ArgumentException.With.Message.Contains("candidate 1"));
    }

    [Test]
    public void AFaultyCall_LeavesTheNextOneWhole()
    {
        Diversifier mmr = Diversifier.Create(DiversityStrategy.Mmr);
        RankedCandidates good = RandomCandidates.Make(1, 50, 8);
        Pick[] before = mmr.Diversify(good, 0.5, 10);
        Assert.That(() => mmr.Diversify(new RankedCandidates { Scores = new[] { float.NaN } }, 0.5, 1), Throws.ArgumentException);
        Assert.That(mmr.Diversify(good, 0.5, 10), Is.EqualTo(before));
    }

    [Test]
    public void NegativeScores_MeanTheSameAsPositiveOnes([Values] DiversityStrategy strategy)
    {
        RankedCandidates c = RandomCandidates.Make(2, 40, 8), below = RandomCandidates.Make(2, 40, 8);
        // Quarters: subtracting a whole number is exact.
        c.Scores = c.Scores.ToArray().Select(s => MathF.Round(s * 64) / 64).ToArray();
        below.Scores = c.Scores.ToArray().Select(s => s - 8).ToArray();
        Assert.That(Diversifier.Create(strategy).Diversify(below, 0.4, 8).Select(p => p.Index), Is.EqualTo(Diversifier.Create(strategy).Diversify(c, 0.4, 8).Select(p => p.Index)));
    }

    [Test]
    public void SizesThatDoNotFit_AreRefused()
    {
        Diversifier mmr = Diversifier.Create(DiversityStrategy.Mmr);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => mmr.Diversify(new RankedCandidates { Scores = new float[2], Vectors = new float[3], Dimensions = 2 }, 0.5, 1), Throws.ArgumentException);
            Assert.That(() => mmr.Diversify(new RankedCandidates { Scores = new float[2], Items = [new() { Id = "a" }] }, 0.5, 1), Throws.ArgumentException);
            Assert.That(() => mmr.Diversify(new RankedCandidates { Scores = new float[1], Vectors = new float[2], Dimensions = 2, ShownVectors = new float[3] }, 0.5, 1), Throws.ArgumentException);
            Assert.That(() => mmr.Diversify(new RankedCandidates { Scores = new float[1] }, double.NaN, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => mmr.Diversify(new RankedCandidates { Scores = new float[1] }, 1.01, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => Diversifier.Create(DiversityStrategy.Ssd, new() { Window = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => Diversifier.Create(DiversityStrategy.Cover, new() { Gamma = 1.5 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => Diversifier.Create((DiversityStrategy)99), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    [Test]
    public void MissingCategories_AreNoError([Values(DiversityStrategy.XQuad, DiversityStrategy.RelevantXQuad, DiversityStrategy.Calibrated)] DiversityStrategy strategy)
    {
        var c = new RankedCandidates { Scores = new[] { 0.1f, 0.9f, 0.5f } };
        Assert.That(Diversifier.Create(strategy).Diversify(c, 0.7, 3).Select(p => p.Index), Is.EqualTo(new[] { 1, 2, 0 }));
    }

    [Test]
    public void RelevantXQuad_IsTheFormulaByDefinition([Values(0.2, 0.6, 1)] double diversity)
    {
        RankedCandidates c = RandomCandidates.Make(9, 40, 8, taste: true);
        ReadOnlySpan<float> s = c.Scores.Span;
        float low = float.PositiveInfinity, high = float.NegativeInfinity;
        foreach (float x in s) (low, high) = (Math.Min(low, x), Math.Max(high, x));
        double[] r = [.. c.Scores.ToArray().Select(x => ((double)x - low) / ((double)high - low))];
        string[][] own = [.. c.Items.Select(i => i.Categories.Distinct().ToArray())];
        double total = c.Taste.Values.Sum(w => (double)w);
        var uncovered = c.Taste.Keys.ToDictionary(k => k, _ => 1.0);
        var picked = new List<int>();
        while (picked.Count < 10)
        {
            double Value(int i) => (1 - diversity) * r[i] + diversity * own[i].Sum(k => c.Taste.GetValueOrDefault(k) / total * r[i] / own[i].Length * uncovered.GetValueOrDefault(k, 1));
            int best = Enumerable.Range(0, r.Length).Where(i => !picked.Contains(i)).MaxBy(Value);
            picked.Add(best);
            foreach (string k in own[best]) uncovered[k] = uncovered.GetValueOrDefault(k, 1) * (1 - r[best] / own[best].Length);
        }
        Assert.That(Diversifier.Create(DiversityStrategy.RelevantXQuad).Diversify(c, diversity, 10).Select(p => p.Index), Is.EqualTo(picked));
    }

    [Test]
    public void RelevantXQuad_APoorItemDoesNotFillACategory()
    {
        string[] kinds = ["a", "a", "b", "b"];
        var c = new RankedCandidates { Scores = new[] { 1f, 0.8f, 0.6f, 0f }, Items = [.. kinds.Select((k, i) => new Item { Id = $"{i}", Categories = [k] })] };
        Assert.That(Diversifier.Create(DiversityStrategy.RelevantXQuad).Diversify(c, 1, 4).Select(p => p.Index), Is.EqualTo(new[] { 0, 2, 1, 3 }));
    }

    [Test]
    public void WithoutVectors_CategoriesStandForThem([Values(DiversityStrategy.Mmr, DiversityStrategy.Msd, DiversityStrategy.Dpp, DiversityStrategy.Ssd)] DiversityStrategy strategy)
    {
        string[] kinds = ["a", "a", "a", "b"];
        var c = new RankedCandidates { Scores = new[] { 1f, 0.9f, 0.8f, 0.7f }, Items = [.. kinds.Select((k, i) => new Item { Id = $"{i}", Categories = [k] })] };
        Pick[] picks = Diversifier.Create(strategy).Diversify(c, 0.6, 2);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(picks.Select(p => p.Index), Is.EqualTo(new[] { 0, 3 }));
            Assert.That(picks[1].CategoryFilled, Is.EqualTo("b"));
        }
    }

    [Test]
    public void CategoryWeight_SeparatesItemsOfEqualVectors()
    {
        string[] kinds = ["a", "a", "b"];
        var c = new RankedCandidates
        {
            Scores = new[] { 1f, 0.9f, 0.8f },
            Vectors = new float[] { 1, 0, 1, 0, 1, 0 },
            Dimensions = 2,
            Items = [.. kinds.Select((k, i) => new Item { Id = $"{i}", Categories = [k] })],
        };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Diversifier.Create(DiversityStrategy.Mmr).Diversify(c, 0.8, 2)[1].Index, Is.EqualTo(1));
            Assert.That(Diversifier.Create(DiversityStrategy.Mmr, new() { CategoryWeight = 0.5f }).Diversify(c, 0.8, 2)[1].Index, Is.EqualTo(2));
        }
    }

    [Test]
    public void ShownItems_AreNotShownAgainInKind([Values(DiversityStrategy.Mmr, DiversityStrategy.Msd, DiversityStrategy.Dpp, DiversityStrategy.Cover, DiversityStrategy.Ssd)] DiversityStrategy strategy)
    {
        var c = new RankedCandidates { Scores = new[] { 1f, 0.95f, 0 }, Vectors = new float[] { 1, 0, 0, 1, 1, 1 }, Dimensions = 2, ShownVectors = new float[] { 1, 0.01f } };
        Assert.That(Diversifier.Create(strategy).Diversify(c, 0.6, 1)[0].Index, Is.EqualTo(1));
    }

    [Test]
    public void Calibration_FillsTheUsersMix()
    {
        string[] kinds = [.. Enumerable.Repeat("a", 10), .. Enumerable.Repeat("b", 10)];
        var c = new RankedCandidates
        {
            Scores = kinds.Select((_, i) => 1 - i / 100f).ToArray(),
            Items = [.. kinds.Select((k, i) => new Item { Id = $"{i}", Categories = [k] })],
            Taste = new Dictionary<string, float> { ["a"] = 7, ["b"] = 3 },
        };
        Pick[] picks = Diversifier.Create(DiversityStrategy.Calibrated).Diversify(c, 0.95, 10);
        Assert.That(picks.Count(p => p.Index >= 10), Is.EqualTo(3));
    }

    [Test]
    public void Reasons_SayWhatAPickGaveUpAndWon()
    {
        var c = new RankedCandidates
        {
            Scores = new[] { 10f, 9, 8 },
            Vectors = new float[] { 1, 0, 1, 0, 0, 1 },
            Dimensions = 2,
            Items = [new() { Id = "0", Categories = ["a"] }, new() { Id = "1", Categories = ["a"] }, new() { Id = "2", Categories = ["a", "b"] }],
        };
        Pick[] picks = Diversifier.Create(DiversityStrategy.Mmr).Diversify(c, 0.8, 3);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(picks[0], Is.EqualTo(new Pick(0, picks[0].Value) { CategoryFilled = "a" }));
            Assert.That(picks[1], Is.EqualTo(new Pick(2, picks[1].Value) { RelevanceGivenUp = 1, DistanceWon = 1, CategoryFilled = "b" }));
            Assert.That(picks[2], Is.EqualTo(new Pick(1, picks[2].Value)));
        }
    }

    [Test]
    public void RelevanceOrder_IsTheSameSetBestFirst([Values] DiversityStrategy strategy)
    {
        RankedCandidates c = RandomCandidates.Make(21, 60, 8, taste: true);
        int[] picked = [.. Diversifier.Create(strategy).Diversify(c, 0.7, 9).Select(p => p.Index)];
        int[] ordered = [.. Diversifier.Create(strategy, new() { RelevanceOrder = true }).Diversify(c, 0.7, 9).Select(p => p.Index)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ordered, Is.EquivalentTo(picked));
            Assert.That(ordered.Select(i => c.Scores.Span[i]), Is.Ordered.Descending);
        }
    }

    [Test]
    public void Temperature_DrawsFromTheSoftmaxOfScores()
    {
        var c = new RankedCandidates { Scores = new[] { 0f, 0.5f, 1f } };
        Diversifier explore = Diversifier.Create(DiversityStrategy.Relevance, new() { Temperature = 0.5 });
        int[] first = new int[3];
        for (int seed = 0; seed < 6000; seed++)
        {
            c.Seed = seed;
            first[explore.Diversify(c, 1, 1)[0].Index]++;
        }
        double[] weights = [1, Math.E, Math.E * Math.E];
        for (int i = 0; i < 3; i++)
            Assert.That(first[i] / 6000.0, Is.EqualTo(weights[i] / weights.Sum()).Within(0.02), $"candidate {i}");
        c.Seed = 5;
        Pick[] again = explore.Diversify(c, 1, 3);
        Assert.That(explore.Diversify(c, 1, 3), Is.EqualTo(again), "equal seeds, equal lists");
    }

    [Test]
    public void TieWidth_ShufflesEqualScoresOnly()
    {
        var c = new RankedCandidates { Scores = new[] { 0.5f, 0.5f, 1f, 0f } };
        Diversifier shuffle = Diversifier.Create(DiversityStrategy.Relevance, new() { TieWidth = 1e-3 });
        var seen = new HashSet<string>();
        for (int seed = 0; seed < 40; seed++)
        {
            c.Seed = seed;
            seen.Add(string.Join(',', shuffle.Diversify(c, 0.5, 4).Select(p => p.Index)));
        }
        Assert.That(seen, Is.EquivalentTo(new[] { "2,0,1,3", "2,1,0,3" }));
    }

    [Test]
    public void LongTail_LiftsTheRare()
    {
        var c = new RankedCandidates { Scores = new[] { 1f, 0.9f, 0f }, Popularity = new float[] { 1000, 1, 5 } };
        Diversifier tail = Diversifier.Create(DiversityStrategy.Relevance, new() { LongTail = 0.5 });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(tail.Diversify(c, 1, 1)[0].Index, Is.EqualTo(1));
            Assert.That(tail.Diversify(c, 0, 1)[0].Index, Is.Zero, "at 0 the ranker's order stands");
        }
    }

    [Test]
    public void Picks_ArePureInEveryThread()
    {
        Diversifier dpp = Diversifier.Create(DiversityStrategy.Dpp);
        Pick[][] alone = [.. Enumerable.Range(0, 16).Select(i => dpp.Diversify(RandomCandidates.Make(i, 100 + i, 12), 0.5, 10))];
        var together = new Pick[16][];
        Parallel.For(0, 16, i => together[i] = dpp.Diversify(RandomCandidates.Make(i, 100 + i, 12), 0.5, 10));
        Assert.That(together, Is.EqualTo(alone));
    }

    [Test]
    public void Diversify_AllocatesNothingOnceWarm([Values] DiversityStrategy strategy)
    {
        RankedCandidates c = RandomCandidates.Make(4, 300, 32, taste: true);
        Diversifier diversifier = Diversifier.Create(strategy);
        var picks = new Pick[10];
        for (int i = 0; i < 3; i++)
            diversifier.Diversify(c, 0.5, picks);
        long allocated = Allocations.Of(() => diversifier.Diversify(c, 0.5, picks));
        // Walking the caller's dictionary of tastes through its interface boxes one enumerator.
        Assert.That(allocated, Is.LessThanOrEqualTo(strategy is DiversityStrategy.XQuad or DiversityStrategy.RelevantXQuad or DiversityStrategy.Calibrated ? 200 : 0));
    }
}
