using System.Text.Json;
using CsvHelper;
using FsCheck;
using FsCheck.Fluent;

namespace LlmRec.Tests.Data.Reading;

[TestFixture]
public sealed class RoundTripTests
{
    private static readonly string[] s_columns = ["user", "item", "rating", "timestamp", "review"];

    /// <summary>Events with ids and texts full of what a file could stumble over.</summary>
    private static Arbitrary<Interaction[]> Events()
    {
        Gen<string> awkward = Gen.Elements("a", "b", ",", "\"", "\n", "\r\n", ";", "\t", "|", " ", "é", "中", "😀", "'", "\\", "::", "{", "[").ListOf().Select(string.Concat);
        Gen<string> id = from head in Gen.Elements("x", "7", "é", "\"", "中") from tail in awkward select head + tail;
        Gen<Interaction> row =
            from user in id
            from item in id
            from value in Gen.OneOf(Gen.Constant<float?>(null), Gen.Choose(-1_000_000, 1_000_000).Select(v => (float?)(v / 1024f)))
            from time in Gen.OneOf(Gen.Constant<long?>(null), Gen.Choose(0, int.MaxValue).Select(t => (long?)(t * 1000L)))
            from text in awkward
            select new Interaction(user, item, value is null ? InteractionKind.View : InteractionKind.Rating, value,
                time is { } t ? DateTimeOffset.FromUnixTimeMilliseconds(t) : null, text.Length == 0 ? null : text);
        return row.ListOf().Select(l => l.ToArray()).ToArbitrary();
    }

    [Test]
    public void Read_GivesBackWhatCsvWroteDown() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Events(), events =>
    {
        var bytes = new MemoryStream();
        using (CsvWriter csv = CsvWriter.Create(bytes, new CsvWriterOptions { Quoting = CsvQuoting.WhenNeededOrWhitespace }, leaveOpen: true))
        {
            csv.WriteHeader(s_columns);
            foreach (Interaction e in events)
                csv.WriteRecord(e.User, e.Item, e.Value?.ToString("R"), e.Time?.ToUnixTimeMilliseconds().ToString(), e.Text);
        }
        InteractionLog log = Given.Log(bytes.ToArray(), new() { TimeFormat = TimeFormat.Milliseconds, Delimiter = "," }).GetAwaiter().GetResult();
        Assert.That(log, Is.EqualTo(events));
    }));

    [Test]
    public void Read_GivesBackWhatJsonLinesWroteDown() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Events(), events =>
    {
        if (events.Length == 0) return;   // an empty file is no table
        string text = string.Concat(events.Select(e => JsonSerializer.Serialize(
            new Dictionary<string, object?> { ["item"] = e.Item, ["user"] = e.User, ["rating"] = e.Value, ["time"] = e.Time?.ToString("O"), ["review"] = e.Text }) + "\n"));
        InteractionLog log = Given.Log(text).GetAwaiter().GetResult();
        Assert.That(log, Is.EqualTo(events));
    }));
}
