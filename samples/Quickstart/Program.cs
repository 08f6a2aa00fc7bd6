// The main job end to end on a small shop: read, look, build, evaluate, recommend, explain, learn, vary, save.
// Text is read by the encoder that ships with the library; --encoder lsa or --encoder FOLDER takes another.
// The catalog is our own writing; the visitors are simulated (ShopSimulator.cs), so the figures show the machinery, not the world.

using System.Diagnostics;
using System.Globalization;
using LlmRec;
using Quickstart;
using Samples;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var clock = Stopwatch.StartNew();
Func<Catalog, Task<IItemEncoder>> choice = EncoderChoice.Of(Array.IndexOf(args, "--encoder") is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null);

Section("The shop");
Catalog catalog = await Catalog.ReadAsync(Path.Combine(AppContext.BaseDirectory, "data", "catalog.csv"));
IItemEncoder encoder = await choice(catalog);
InteractionLog log = new ShopSimulator(catalog, seed: 7).Run(users: 3000);
Console.WriteLine("The log is simulated: 3,000 invented visitors with tastes, moods and favourites.");
Console.WriteLine(DataCard.Of(log, catalog));

Section("How good is it? Every user's last event is hidden and looked for among all unseen items");
DataSplit split = DataSplit.LeaveLastOut(log, catalog);
using (Recommender judged = await new RecommenderBuilder(catalog, split.Train).UseItemEncoder(encoder).FitOn(split.Validation).BuildAsync())
{
    if (judged.Report.Fit is { } fit)
        Console.WriteLine($"fit: {fit.Examples:N0} held-back events, {fit.Iterations} steps, loss {fit.HeldOutLossBefore:0.000} -> {fit.HeldOutLoss:0.000} on {fit.HeldOut:N0} others");
    EvaluationReport report = Evaluator.Evaluate(split, [new RecommenderModel(judged), new RecommenderModel(judged, "LlmRec, diversity 0.3", 0.3)]);
    Console.WriteLine(report);
    string html = Path.GetFullPath("quickstart-report.html");
    await report.WriteHtmlAsync(html);
    Console.WriteLine($"with pictures: {html}");
}

// From here on it is what a host application does, with everything that is known.
using Recommender recommender = await new RecommenderBuilder(catalog, log).UseItemEncoder(encoder).UseFitOptions(new() { Wishes = 0.5 }).BuildAsync();   // people write what they look for

Section("For user-0042, who has a history");
foreach (Interaction e in log.HistoryOf("user-0042").TakeLast(4)) Console.WriteLine($"    {e.Kind,-8} {catalog[e.Item].Title}");
Print(recommender.Recommend("user-0042", new() { Count = 5 }));

Section("For a newcomer who only wrote: \"I like slow science fiction\"");
UserContext newcomer = UserContext.Of("newcomer") with { Text = "I like slow science fiction" };
Print(recommender.Recommend(newcomer, new() { Count = 5 }));

if (args.Contains("lsa"))
{
    // LSA reads the letters of any language; the encoder that ships knows English first.
    Section("The same in Chinese: \"我喜欢安静的科幻小说\"");
    Print(recommender.Recommend(UserContext.OfText("我喜欢安静的科幻小说"), new() { Count = 3 }));
}

string clicked = recommender.Recommend(newcomer)[2].Item.Id;
Section($"The newcomer clicks \"{catalog[clicked].Title}\"; the next answer knows");
recommender.Observe(new("newcomer", clicked, InteractionKind.Click));
Print(recommender.Recommend(newcomer, new() { Count = 5 }));

Section("One list at three places of the knob");
foreach (double diversity in new[] { 0, 0.5, 0.9 })
{
    RecommendationList list = recommender.Recommend("user-0042", new() { Count = 6, Diversity = diversity });
    Console.WriteLine($"diversity {diversity:0.0}: {string.Join(" | ", list.Select(r => $"{r.Item.Title} ({r.Item.Categories[1]})"))}");
}

Section("Films only, from a model saved and opened again");
string folder = Path.Combine(Path.GetTempPath(), "llmrec-quickstart");
await recommender.SaveAsync(folder);
using (Recommender opened = await Recommender.LoadAsync(folder))
    Print(opened.Recommend("user-0042", new() { Count = 3, Filter = Filter.Category("film") }));

Console.WriteLine($"\nAll of it took {clock.Elapsed.TotalSeconds:0.0} s.");

static void Section(string title) => Console.WriteLine($"\n=== {title}");

static void Print(RecommendationList list)
{
    foreach (Recommendation r in list)
        Console.WriteLine($"{r.Rank,3}. {r.Item.Title}  [{string.Join(", ", r.Item.Categories)}]  {r.Score:0.00}\n       {r.Explanation}");
}
