using System.Globalization;
using LlmRec;
using LlmRec.Quality;
using ItemSpace = LlmRec.Quality.ItemSpace;

// LlmRec.Quality DATA [--threads N] [--validation] [--slit] [--encoder lsa|minilm|FOLDER[:STRENGTH]]: leave-last-out figures of each feature alone and of the fitted head, as one JSON line.
if (args.Length == 0)
{
    Console.Error.WriteLine("LlmRec.Quality DATA [--threads N] [--validation] [--slit] [--encoder lsa|minilm|FOLDER[:STRENGTH]]   DATA: a folder ml-100k or ml-1m, or a file s3rec/Beauty.txt");
    Console.Error.WriteLine("LlmRec.Quality DATA-FOLDER --benchmark JOURNAL.jsonl [PAGE.md] [--data NAME] [--model NAME] [--titles ENCODER-FOLDER] [--threads N]   the tables of all models");
    return 2;
}
int at = Array.IndexOf(args, "--threads");
int threads = at >= 0 ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : 2;
if (Array.IndexOf(args, "--benchmark") is int b and >= 0)
{
    // DATA-FOLDER --benchmark JOURNAL.jsonl [PAGE.md] [--data NAME] [--model NAME] [--titles ENCODER-FOLDER]: every model on every data set; goes on where the journal ends.
    string Option(string name) => Array.IndexOf(args, name) is int o and >= 0 ? args[o + 1] : "";
    var run = new BenchmarkRun(args[b + 1], Option("--titles"), threads, Console.Error);
    await run.RunAsync(args[0], Option("--data"), Option("--model"));
    if (b + 2 < args.Length && args[b + 2].EndsWith(".md", StringComparison.Ordinal)) BenchmarkPage.Write(args[b + 2], run.Lines);
    else Console.Write(BenchmarkPage.Tables(run.Lines));
    return 0;
}
NamedDataset data = await DataSets.ReadAsync(Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(args[0])), Directory.Exists(args[0]) ? args[0] : Path.GetDirectoryName(Path.GetFullPath(args[0]))!);
if (Array.IndexOf(args, "--diversity") is int d and >= 0)
{
    // --diversity USERS [PICTURE.svg]: what every diversifier costs and wins.
    DiversityExperiment.Run(data, args[0], int.Parse(args[d + 1], CultureInfo.InvariantCulture), d + 2 < args.Length ? args[d + 2] : "", Console.Out);
    return 0;
}
if (Array.IndexOf(args, "--compress") is int compress and >= 0)
{
    // --compress FOLDER: what int8, static, truncated and pruned forms of a sentence encoder cost and keep on the data set's titles.
    CompressionExperiment.Run(data, args[compress + 1], Console.Out);
    return 0;
}
if (Array.IndexOf(args, "--cold") is int cold and >= 0)
{
    // --cold FOLDER [NAME]: items never seen in training, by their text, with the encoders whose name has NAME in it.
    string named = cold + 2 < args.Length && !args[cold + 2].StartsWith("--", StringComparison.Ordinal) ? args[cold + 2] : "";
    await ColdItemExperiment.RunAsync(data, args[cold + 1], named, args.Contains("--validation"), threads, Console.Out);
    return 0;
}
LinearScoringHead head = args.Contains("--slit") ? new([.. Features.Default(), .. TransitionFeatures.Of(data, threads)]) : new();
LeaveLastOut.Result r = await LeaveLastOut.RunAsync(data, head, threads, args.Contains("--validation"), new(), catalog => EncoderAsync(catalog, Array.IndexOf(args, "--encoder") is var e and >= 0 ? args[e + 1] : "lsa"));

var buffer = new System.Buffers.ArrayBufferWriter<byte>();
using (var json = new System.Text.Json.Utf8JsonWriter(buffer))
{
    json.WriteStartObject();
    json.WriteString("data", data.Name);
    json.WriteNumber("ndcg@10", Math.Round(r.Head.Ndcg, 5));
    json.WriteNumber("hr@10", Math.Round(r.Head.HitRate, 5));
    json.WriteNumber("words_only_ndcg@10", Math.Round(r.Newcomer.Ndcg, 5));
    json.WriteNumber("words_only_hr@10", Math.Round(r.Newcomer.HitRate, 5));
    json.WriteNumber("encode_cpu_s", Math.Round(r.EncodeCpuSeconds, 2));
    json.WriteNumber("count_cpu_s", Math.Round(r.CountCpuSeconds, 2));
    json.WriteNumber("fit_cpu_s", Math.Round(r.FitCpuSeconds, 2));
    json.WriteNumber("evaluate_cpu_s", Math.Round(r.EvaluateCpuSeconds, 2));
    if (double.IsFinite(r.RankMicroseconds)) json.WriteNumber("rank_500_us", Math.Round(r.RankMicroseconds, 1));
    json.WriteNumber("examples", r.Report.Examples);
    json.WriteNumber("iterations", r.Report.Iterations);
    json.WriteNumber("loss", Math.Round(r.Report.Loss, 4));
    json.WriteNumber("held_out_loss", Math.Round(r.Report.HeldOutLoss, 4));
    json.WriteStartObject("alone");
    foreach ((string name, RankMetrics metrics) in r.Untrained)
    {
        json.WriteStartArray(name == "head" ? "untrained head" : name);
        json.WriteNumberValue(Math.Round(metrics.Ndcg, 4));
        json.WriteNumberValue(Math.Round(metrics.HitRate, 4));
        json.WriteEndArray();
    }
    json.WriteEndObject();
    json.WriteStartObject("weights");
    for (int i = 0; i < head.Weights.Count; i++) json.WriteNumber(head.FeatureNames[i], Math.Round(head.Weights[i], 4));
    json.WriteEndObject();
    json.WriteEndObject();
}
Console.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan));
return 0;

// --encoder: what the items' words are read by; a folder's vectors are levelled on the catalog, wholly or with the strength behind a colon, others only with one.
async Task<IItemEncoder> EncoderAsync(Catalog catalog, string choice)
{
    int colon = choice.LastIndexOf(':');
    double? strength = colon > 1 && double.TryParse(choice[(colon + 1)..], CultureInfo.InvariantCulture, out double s) ? s : null;
    string name = strength is null ? choice : choice[..colon];
    IItemEncoder encoder = name switch
    {
        "lsa" => LsaItemEncoder.Fit(catalog, new() { MaxThreads = threads }),
        "minilm" => MiniLM.ItemEncoder(),
        _ => TransformerItemEncoder.Load(name, null, new() { Threads = threads }),
    };
    if (strength is null && name is not ("lsa" or "minilm")) strength = 1;
    return strength is { } level ? await GeometryItemEncoder.FitAsync(encoder, catalog, new() { Dimensions = 256, Strength = level }).ConfigureAwait(false) : encoder;
}
