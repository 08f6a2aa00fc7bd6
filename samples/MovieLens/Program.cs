// Any MovieLens folder, or a one-line-per-user sequence file, judged by the library's default pipeline:
//   dotnet run -c Release --project samples/MovieLens -- --data PATH [--user ID] [--encoder NAME] [--save FOLDER]
// Without --data, ml-latest-small is downloaded once.

using System.Diagnostics;
using System.Globalization;
using LlmRec;
using MovieLensSample;
using Samples;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string? data = Option("--data"), user = Option("--user"), save = Option("--save");
if (args.Any(a => a is "-h" or "--help"))
{
    Console.WriteLine("MovieLens [--data PATH] [--user ID] [--encoder NAME] [--save FOLDER]\n  PATH: a folder with u.data, ratings.dat or ratings.csv, or a file with a line of item ids a user\n  NAME: " + EncoderChoice.Help);
    return 0;
}

try
{
    string chosen = Option("--encoder") ?? "minilm";
    Func<Catalog, Task<IItemEncoder>> choice = EncoderChoice.Of(chosen);
    data ??= await DataFolder.DownloadAsync(CancellationToken.None);
    Dataset set = await MovieLens.ReadAsync(data);
    Console.WriteLine(DataCard.Of(set.Log, set.Catalog));
    var clock = Stopwatch.StartNew();
    IItemEncoder encoder = await choice(set.Catalog);

    Console.WriteLine("\nEvery user's last event is hidden and looked for among all unseen items; the one before it fits the ranking head.");
    DataSplit split = DataSplit.LeaveLastOut(set.Log, set.Catalog);
    using (Recommender judged = await new RecommenderBuilder(set.Catalog, split.Train).UseItemEncoder(encoder).FitOn(split.Validation).BuildAsync(new ConsoleProgress()))
    {
        Console.WriteLine($"built in {clock.Elapsed.TotalSeconds:0.0} s");
        EvaluationReport report = Evaluator.Evaluate(split, [new RecommenderModel(judged)]);
        Console.WriteLine(report);
        string html = Path.GetFullPath("movielens-report.html");
        await report.WriteHtmlAsync(html);
        Console.WriteLine($"with pictures: {html}");
    }

    Console.WriteLine("\nA tenth of the items is held out with all its events, as if they had come today; which of them does a user take? Three draws.");
    Console.WriteLine(await NewItems.JudgeAsync(set, chosen == "lsa" ? [("lsa", encoder)] : [(Path.GetFileName(Path.TrimEndingDirectorySeparator(chosen)), encoder), ("lsa", LsaItemEncoder.Fit(set.Catalog))]));

    using Recommender recommender = await new RecommenderBuilder(set.Catalog, set.Log).UseItemEncoder(encoder).BuildAsync(new ConsoleProgress());
    user ??= set.Log.Users[0];
    Console.WriteLine($"\nFor user {user}, who lately saw {string.Join(", ", set.Log.HistoryOf(user).TakeLast(3).Select(e => set.Catalog.TryGet(e.Item, out Item? i) ? i.Title : e.Item))}:");
    foreach (Recommendation r in recommender.Recommend(user, new() { Diversity = 0.2 }))
        Console.WriteLine($"{r.Rank,3}. {r.Item.Title,-48} {r.Score,6:0.00}  {r.Explanation}");
    if (save is not null)
    {
        await recommender.SaveAsync(save);
        Console.WriteLine($"\nsaved to {Path.GetFullPath(save)}");
    }
    return 0;
}
catch (Exception e) when (e is IOException or InvalidDataException or InvalidOperationException or ArgumentException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;
