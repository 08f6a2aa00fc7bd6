namespace LlmRec.Tests.Ranking;

[TestFixture]
public sealed class RankingQualityTests
{
    [Test]
    public void HeldBackEvents_OfMovieLens_AreTheCommittedSplit()
    {
        (Catalog catalog, InteractionLog log) = MovieLens();
        string[][] golden = [.. File.ReadLines(SharedData.PathOrSkip("golden/cf/split_ml-100k.tsv")).Skip(1).Select(l => l.Split('\t'))];
        var space = new Plain(catalog);
        HeldBackEvents test = HeldBackEvents.LastOfEachUser(log, space), valid = HeldBackEvents.LastOfEachUser(test.Train, space);
        Dictionary<string, string> lastTest = Targets(test, space, log), lastValid = Targets(valid, space, test.Train);
        using (Assert.EnterMultipleScope())
        {
            foreach (string[] row in golden)
            {
                Assert.That(lastTest[row[0]], Is.EqualTo(row[3]));
                Assert.That(lastValid[row[0]], Is.EqualTo(row[2]));
                Assert.That(valid.Train.HistoryOf(row[0]), Has.Count.EqualTo(int.Parse(row[1], System.Globalization.CultureInfo.InvariantCulture)));
            }
        }
    }

    /// <summary>Popular reaches .0449 here, item-KNN .0514 to .0593, EASE .0705, SLIM .0731 (see the benchmark LlmRec.Quality for all data sets).</summary>
    [Test]
    public void DefaultHead_OnMovieLens_BeatsTheClassics()
    {
        (Catalog catalog, InteractionLog log) = MovieLens();
        var space = new Plain(catalog);
        HeldBackEvents test = HeldBackEvents.LastOfEachUser(log, space), valid = HeldBackEvents.LastOfEachUser(test.Train, space);
        space.Behaviour = BehaviourModel.Build(catalog, valid.Train);
        var head = new LinearScoringHead();
        head.Fit(valid, space);

        double gain = 0;
        UserProfile user = new();
        Candidates items = new();
        var scores = new float[catalog.Count];
        for (int e = 0; e < test.Count; e++)
        {
            items.Reset(space);
            test.Load(e, user, items, []);
            int target = items.Handles[0], place = -1;
            HashSet<int> seen = [.. user.Handles.ToArray()];
            items.Reset(space);
            for (int h = 0; h < catalog.Count; h++)
            {
                if (seen.Contains(h)) continue;
                if (h == target) place = items.Count;
                items.Add(h);
            }
            head.Rank(user, items, scores);
            int rank = 1;
            for (int i = 0; i < items.Count; i++)
                if (scores[i] > scores[place] || (scores[i] == scores[place] && i < place)) rank++;
            if (rank <= 10) gain += 1 / Math.Log2(rank + 1);
        }
        Assert.That(gain / test.Count, Is.GreaterThan(0.105));
    }

    private static Dictionary<string, string> Targets(HeldBackEvents events, Plain space, InteractionLog log)
    {
        var targets = new Dictionary<string, string>();
        UserProfile user = new();
        Candidates items = new();
        for (int e = 0; e < events.Count; e++)
        {
            items.Reset(space);
            events.Load(e, user, items, []);
            targets.Add(log.Users[e], space.Catalog.IdAt(items.Handles[0]));
        }
        return targets;
    }

    private static (Catalog, InteractionLog) MovieLens()
    {
        string folder = SharedData.PathOrSkip("data/ml-100k");
        var catalog = new Catalog();
        foreach (string line in File.ReadLines(Path.Combine(folder, "u.item"), System.Text.Encoding.Latin1))
        {
            string[] p = line.Split('|');
            catalog.Add(new Item { Id = p[0], Title = p[1], Categories = [.. Enumerable.Range(5, p.Length - 5).Where(g => p[g] == "1").Select(g => $"genre {g - 5}")] });
        }
        var log = new InteractionLog();
        foreach (string line in File.ReadLines(Path.Combine(folder, "u.data")))
        {
            string[] p = line.Split('\t');
            log.Add(p[0], p[1], InteractionKind.Rating, time: DateTimeOffset.FromUnixTimeSeconds(long.Parse(p[3], System.Globalization.CultureInfo.InvariantCulture)));
        }
        return (catalog, log);
    }

    private sealed class Plain(Catalog catalog) : IItemSpace
    {
        public Catalog Catalog => catalog;
        public int Dimensions => 0;
        public BehaviourModel? Behaviour { get; set; }
        public ReadOnlySpan<float> VectorOf(int handle) => [];
    }
}
