using System.Globalization;
using System.Text;

namespace LlmRec.Quality;

/// <summary>Writes the tables of a journal between two marks of a Markdown page, and the picture of them beside it.</summary>
internal static class BenchmarkPage
{
    private const string Begin = "<!-- tables of all models: begin -->", End = "<!-- tables of all models: end -->";

    public static void Write(string page, IReadOnlyList<BenchmarkLine> lines)
    {
        string text = File.ReadAllText(page);
        int from = text.IndexOf(Begin, StringComparison.Ordinal), to = text.IndexOf(End, StringComparison.Ordinal);
        if (from < 0 || to < from) throw new InvalidDataException($"'{page}' has no place for the tables: put the lines '{Begin}' and '{End}' where they should stand");
        string images = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(page))!, "images");
        Directory.CreateDirectory(images);
        File.WriteAllText(Path.Combine(images, "models.svg"), BenchmarkPicture.Of(lines));
        File.WriteAllText(page, text[..(from + Begin.Length)] + "\n" + Tables(lines) + text[to..]);
    }

    /// <summary>The reported rows of a data set, best first.</summary>
    public static BenchmarkLine[] Rows(IReadOnlyList<BenchmarkLine> lines, string data) =>
        [.. lines.Where(l => l.Data == data && l.Phase == "test").DistinctBy(l => l.Model).OrderByDescending(l => l.Ndcg)];

    public static string Title(string data) => data == "gowalla" ? "Gowalla (LightGCN's split)" : data;

    public static int Cutoff(string data) => data == "gowalla" ? 20 : 10;

    public static string Tables(IReadOnlyList<BenchmarkLine> lines)
    {
        var s = new StringBuilder();
        foreach (string data in BenchmarkData.Names)
        {
            BenchmarkLine[] rows = Rows(lines, data);
            if (rows.Length == 0) continue;
            int k = Cutoff(data);
            s.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"**{Title(data)}**").AppendLine();
            s.AppendLine(CultureInfo.InvariantCulture, $"| Model | options | NDCG@{k} | {(data == "gowalla" ? "Recall" : "HR")}@{k} | fit, CPU | a list | memory |").AppendLine("|---|---|---|---|---|---|---|");
            foreach (BenchmarkLine row in rows)
            {
                string name = BenchmarkRun.Heads.Contains(row.Model) ? $"**{row.Model}**" : row.Model;
                s.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {row.Options} | {row.Ndcg:0.0000} | {row.Hit:0.0000} | {Seconds(row.FitCpuSeconds)} | {Micro(row.UserMicroseconds)} | {Megabytes(row.Megabytes)} |");
            }
        }

        BenchmarkLine[] ratings = [.. lines.Where(l => l.Data == RatingFolds.Data).DistinctBy(l => l.Model).OrderBy(l => l.Ndcg)];
        if (ratings.Length == 0) return s.AppendLine().ToString();
        s.AppendLine().AppendLine("**Ratings, ml-100k, mean of the folds u1 to u5**").AppendLine();
        s.AppendLine("| Model | options | RMSE | MAE | fit of all five, CPU | a rating | memory |").AppendLine("|---|---|---|---|---|---|---|");
        foreach (BenchmarkLine row in ratings)
            s.AppendLine(CultureInfo.InvariantCulture, $"| {row.Model} | {row.Options} | {row.Ndcg:0.0000} | {row.Hit:0.0000} | {Seconds(row.FitCpuSeconds)} | {row.UserMicroseconds:0.0} µs | {Megabytes(row.Megabytes)} |");
        return s.AppendLine().ToString();
    }

    private static string Seconds(double value) => value < 0.1 ? "< 0.1 s" : value < 10 ? string.Create(CultureInfo.InvariantCulture, $"{value:0.0} s") : string.Create(CultureInfo.InvariantCulture, $"{value:0} s");

    private static string Micro(double value) => double.IsNaN(value) ? "" : value < 9999.5 ? string.Create(CultureInfo.InvariantCulture, $"{value:0} µs") : string.Create(CultureInfo.InvariantCulture, $"{value / 1000:0} ms");

    private static string Megabytes(double value) => double.IsNaN(value) ? "" : value < 10 ? string.Create(CultureInfo.InvariantCulture, $"{value:0.0} MB") : string.Create(CultureInfo.InvariantCulture, $"{value:0} MB");
}
