using System.Globalization;
using System.Text.Json;

namespace LlmRec.Quality;

/// <summary>
/// What variety costs: every diversifier re-ranks the fitted head's best candidates of each test user, and the knob is turned as far as
/// a loss of 5 % of NDCG@10 allows. Distances are cosines of LSA vectors of the items' words; the user's mix is that of the history.
/// </summary>
internal static class DiversityExperiment
{
    private const int Depth = 100;
    private static readonly double[] CalibratedAt = [0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.9, 1];
    private static readonly bool[] Orders = [false, true];

    public static void Run(NamedDataset data, string path, int users, string picture, TextWriter report)
    {
        Catalog catalog = WithTexts(data, path);
        float[] vectors = Encode(catalog);
        int d = vectors.Length / Math.Max(1, catalog.HandleCount);
        var space = new ItemSpace(catalog, vectors, d);
        HeldBackEvents test = HeldBackEvents.LastOfEachUser(data.Log, space), teach = HeldBackEvents.LastOfEachUser(test.Train, space);
        space.Behaviour = BehaviourModel.Build(catalog, teach.Train, threads: 2);
        var head = new LinearScoringHead();
        head.Fit(teach.In(space), space, new() { Threads = 2 });

        DiversityCase[] cases = [.. Cases(test.In(space), space, head, users)];
        report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{data.Name}: {cases.Length} users, the head's best {Depth} unseen items, {d} dimensions; the wanted item is among them for {cases.Average(c => c.Relevant.Count):0.000}"));
        DiversityTuning tuning = Tune(cases);
        report.WriteLine(tuning.ToMarkdown());
        if (picture.Length > 0)
            File.WriteAllText(picture, tuning.ToSvg());

        // Calibration turned up alone: how far the divergence falls, and what it costs.
        foreach ((double g, bool order) in from order in Orders from g in CalibratedAt select (g, order))
        {
            Diversifier calibrated = Diversifier.Create(DiversityStrategy.Calibrated, new() { RelevanceOrder = order });
            DiversityMeasurement m = DiversityTuner.Measure(cases, "calibrated", calibrated, g);
            report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"calibrated{(order ? ", ordered," : "")} at {g:0.00}: KL {m.CalibrationKl:0.0000}, NDCG {m.Ndcg:0.0000}, entropy {m.CategoryEntropy:0.000}"));
        }
        Monotonicity(cases, report);
    }

    /// <summary>How often, on real lists, a turn of the knob by 0.1 raises the relevance of a whole list.</summary>
    private static void Monotonicity(DiversityCase[] cases, TextWriter report)
    {
        foreach (DiversityStrategy s in Enum.GetValues<DiversityStrategy>())
        {
            if (s == DiversityStrategy.Relevance)
                continue;
            Diversifier diversifier = Diversifier.Create(s, new() { Reasons = false });
            int turns = 0, rises = 0;
            double worst = 0;
            foreach (DiversityCase c in cases.Take(300))
            {
                double before = double.PositiveInfinity, range = 0;
                for (int step = 0; step <= 10; step++)
                {
                    double sum = diversifier.Diversify(c.Candidates, step / 10.0, 10).Sum(p => (double)c.Candidates.Scores.Span[p.Index]);
                    if (step == 0)
                        range = sum - 10.0 * c.Candidates.Scores.Span[^1];
                    else
                    {
                        turns++;
                        if (sum > before + 1e-6)
                        {
                            rises++;
                            worst = Math.Max(worst, (sum - before) / Math.Max(range, 1e-9));
                        }
                    }
                    before = sum;
                }
            }
            report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{s}: the list's relevance rose in {100.0 * rises / turns:0.00} % of turns of the knob by 0.1, at most by {100 * worst:0.0} % of its range"));
        }
    }

    private static DiversityTuning Tune(DiversityCase[] cases)
    {
        DiversityOptions both = new() { CategoryWeight = 0.4f }, ordered = new() { RelevanceOrder = true }, bothOrdered = new() { CategoryWeight = 0.4f, RelevanceOrder = true };
        return DiversityTuner.Tune(cases, new Dictionary<string, IDiversifier>
        {
            ["MMR"] = Diversifier.Create(DiversityStrategy.Mmr),
            ["MSD"] = Diversifier.Create(DiversityStrategy.Msd),
            ["DPP"] = Diversifier.Create(DiversityStrategy.Dpp),
            ["SSD"] = Diversifier.Create(DiversityStrategy.Ssd),
            ["COVER"] = Diversifier.Create(DiversityStrategy.Cover),
            ["xQuAD"] = Diversifier.Create(DiversityStrategy.XQuad),
            ["calibrated"] = Diversifier.Create(DiversityStrategy.Calibrated),
            ["MMR + categories"] = Diversifier.Create(DiversityStrategy.Mmr, both),
            ["DPP + categories"] = Diversifier.Create(DiversityStrategy.Dpp, both),
            ["SSD + categories"] = Diversifier.Create(DiversityStrategy.Ssd, both),
            ["MMR, ordered"] = Diversifier.Create(DiversityStrategy.Mmr, ordered),
            ["calibrated, ordered"] = Diversifier.Create(DiversityStrategy.Calibrated, ordered),
            ["DPP + categories, ordered"] = Diversifier.Create(DiversityStrategy.Dpp, bothOrdered),
            ["SSD + categories, ordered"] = Diversifier.Create(DiversityStrategy.Ssd, bothOrdered),
        });
    }

    private static IEnumerable<DiversityCase> Cases(HeldBackEvents events, ItemSpace space, LinearScoringHead head, int users)
    {
        var user = new UserProfile();
        var items = new Candidates();
        var labels = new List<float>();
        double stride = Math.Max(1, (double)events.Count / users);
        for (double next = 0; next < events.Count; next += stride)
        {
            items.Reset(space);
            labels.Clear();
            events.Load((int)next, user, items, labels);
            int target = items.Handles[0];
            HashSet<int> seen = [.. user.Handles.ToArray()];
            items.Reset(space);
            for (int h = 0; h < space.Catalog.HandleCount; h++)
                if (!seen.Contains(h))
                    items.Add(h);
            var scores = new float[items.Count];
            head.Rank(user, items, scores);
            int[] handles = items.Handles.ToArray(), places = [.. Enumerable.Range(0, handles.Length)];
            Array.Sort([.. scores.Select((s, i) => (-s, i))], places);
            int[] best = [.. places.Take(Depth)];
            var taste = new Dictionary<string, float>();
            foreach (int h in seen)
            {
                IReadOnlyList<string> own = space.Catalog.ItemAt(h)!.Categories;
                foreach (string c in own)
                    taste[c] = taste.GetValueOrDefault(c) + 1f / own.Count;
            }
            int at = Array.FindIndex(best, p => handles[p] == target);
            yield return new(new()
            {
                Scores = best.Select(p => scores[p]).ToArray(),
                Vectors = best.SelectMany(p => space.VectorOf(handles[p]).ToArray()).ToArray(),
                Dimensions = space.Dimensions,
                Items = [.. best.Select(p => space.Catalog.ItemAt(handles[p])!)],
                Taste = taste,
            }, at >= 0 ? [at] : []);
        }
    }

    private static float[] Encode(Catalog catalog)
    {
        Item[] items = [.. catalog];
        LsaItemEncoder encoder = LsaItemEncoder.Fit(items, new() { Dimensions = 128, MaxThreads = 2 });
        var vectors = new float[items.Length * encoder.Dimensions];
        encoder.EncodeAsync(items, vectors).AsTask().GetAwaiter().GetResult();
        return vectors;
    }

    /// <summary>The catalog with the paragraphs about the films, where the folder has them.</summary>
    private static Catalog WithTexts(NamedDataset data, string path)
    {
        string file = Path.Combine(path, "llm_response_item.json");
        if (!File.Exists(file))
            return data.Catalog;
        Dictionary<string, string> movieOf = File.ReadLines(Path.Combine(path, "items.tsv")).Skip(1).Select(l => l.Split('\t')).ToDictionary(p => p[0], p => p[1]);
        using JsonDocument texts = JsonDocument.Parse(File.ReadAllBytes(file));
        return new(data.Catalog.Select(i => texts.RootElement.TryGetProperty(movieOf[i.Id], out JsonElement t) ? i with { Text = t.GetString() ?? "" } : i));
    }
}
