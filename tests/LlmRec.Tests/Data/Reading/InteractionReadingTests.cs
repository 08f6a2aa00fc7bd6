using System.Text;

namespace LlmRec.Tests.Data.Reading;

[TestFixture]
public sealed class InteractionReadingTests
{
    private static readonly DateTimeOffset s_time = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    [TestCase("user,item")]
    [TestCase("user_id,item_id")]
    [TestCase("userId,movieId")]
    [TestCase("User ID,Product ID")]
    [TestCase("USERID,ASIN")]
    [TestCase("uid,iid")]
    [TestCase("customer-id,sku")]
    [TestCase("user_id:token,item_id:token")]
    [TestCase("item_name,visitorid,itemid", "x,")]
    public async Task Read_FindsColumnsByTheNamesPeopleUse(string header, string before = "")
    {
        InteractionLog log = await Given.Log($"{header}\n{before}u1,i1\n");
        Assert.That(log.Single(), Is.EqualTo(new Interaction("u1", "i1")));
    }

    [TestCase(',')]
    [TestCase(';')]
    [TestCase('\t')]
    [TestCase('|')]
    public async Task Read_FindsTheDelimiter(char delimiter)
    {
        InteractionLog log = await Given.Log("user,item,rating,timestamp\nu1,i1,4.5,1700000000\n".Replace(',', delimiter));
        Assert.That(log.Single(), Is.EqualTo(new Interaction("u1", "i1", InteractionKind.Rating, 4.5f, s_time)));
    }

    [Test]
    public async Task Read_TakesADelimiterOfSeveralCharacters()
    {
        InteractionLog found = await Given.Log("u1::i1::3::1700000000\n", new() { Header = ["user", "item", "rating", "time"] });
        InteractionLog given = await Given.Log("user||item\nu:1||i|1\n", new() { Delimiter = "||" });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(found.Single(), Is.EqualTo(new Interaction("u1", "i1", InteractionKind.Rating, 3, s_time)));
            Assert.That(given.Single(), Is.EqualTo(new Interaction("u:1", "i|1")));
        }
    }

    [Test]
    public async Task Read_TakesTheNamesOfAFileWithoutHeader()
    {
        InteractionLog log = await Given.Log("i1\tu1\ni2\tu2\n", new() { Header = ["item", "user"] });
        Assert.That(log.Select(e => e.User + e.Item), Is.EqualTo(new[] { "u1i1", "u2i2" }));
    }

    [Test]
    public async Task Read_TakesTheColumnsThatOptionsName()
    {
        InteractionLog log = await Given.Log("a,b,user,when,mark\nx,y,z,1700000000,2\n",
            new() { UserColumn = "a", ItemColumn = "B", TimeColumn = "when", ValueColumn = "mark" });
        Assert.That(log.Single(), Is.EqualTo(new Interaction("x", "y", Value: 2, Time: s_time)));
    }

    [Test]
    public async Task Read_LeavesAColumnOutWhenItsOptionIsEmpty()
    {
        InteractionLog log = await Given.Log("user,item,rating,date\nu,i,5,someday\n", new() { TimeColumn = "", ValueColumn = "" });
        Assert.That(log.Single(), Is.EqualTo(new Interaction("u", "i")));
    }

    [Test]
    public async Task Read_KeepsQuotedFieldsAndTrimsOnlyUnquotedOnes()
    {
        InteractionLog log = await Given.Log("user, item ,review\n\" u,\"\"1\"\"\n\", i1 ,\"two\nlines\"\n");
        Assert.That(log.Single(), Is.EqualTo(new Interaction(" u,\"1\"\n", "i1", Text: "two\nlines")));
    }

    [Test]
    public async Task Read_TakesQuotesInsideAFieldAsText()
    {
        InteractionLog log = await Given.Log("user,item,review\nu,i,the 12\" one\n");
        InteractionLog unquoted = await Given.Log("user\titem\treview\nu\ti\t\"open\nv\ti\t\"x\" y\n", new() { Quotes = false });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(log.Single().Text, Is.EqualTo("the 12\" one"));
            Assert.That(unquoted.Select(e => e.Text), Is.EqualTo(new[] { "\"open", "\"x\" y" }));
        }
    }

    [Test]
    public async Task Read_UnpacksGzipByItsFirstBytes()
    {
        InteractionLog log = await Given.Log(Given.Gzip("user,item\nu,i\n"u8.ToArray()));
        Assert.That(log, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Read_NamesAFileWhoseGzipIsCutOff()
    {
        byte[] packed = Given.Gzip(Encoding.UTF8.GetBytes("user,item\n" + string.Concat(Enumerable.Range(0, 50_000).Select(i => $"u{i * 7919 % 10007},i{i}\n"))));
        Assert.That(await Given.Failure(Given.Log(packed[..(packed.Length / 2)])), Does.Contain("'events'"));
    }

    [Test]
    public async Task Read_TakesJsonLinesInAnyOrderOfProperties()
    {
        InteractionLog log = await Given.Log("""
            {"user_id": "u\u0031", "asin": 12, "rating": 4.0, "timestamp": 1700000000000, "extra": {"a": [1, {"b": "]}"}]}}

            {"asin": "x", "rating": null, "user_id": true, "more": "später"}
            """);
        Assert.That(log, Is.EqualTo(new[]
        {
            new Interaction("u1", "12", InteractionKind.Rating, 4, s_time),
            new Interaction("true", "x"),
        }));
    }

    [TestCase("""[{"user":"a","item":"b"},{"user":"c","item":"d"}]""")]
    [TestCase("""
        [
          { "user": "a",
            "item": "b" } ,
          { "user": "c", "item": "d" }
        ]
        """)]
    public async Task Read_TakesAJsonArray(string json)
    {
        InteractionLog log = await Given.Log(json);
        Assert.That(log, Is.EqualTo(new[] { new Interaction("a", "b"), new Interaction("c", "d") }));
    }

    [Test]
    public async Task Read_TakesUtf16ByItsByteOrderMark([Values] bool bigEndian)
    {
        var encoding = new UnicodeEncoding(bigEndian, byteOrderMark: true);
        InteractionLog log = await Given.Log([.. encoding.GetPreamble(), .. encoding.GetBytes("user,item\nü,中\n")]);
        Assert.That(log.Single(), Is.EqualTo(new Interaction("ü", "中")));
    }

    [Test]
    public async Task Read_IgnoresAByteOrderMarkOfUtf8()
    {
        InteractionLog log = await Given.Log([0xEF, 0xBB, 0xBF, .. "user,item\nu,i\n"u8]);
        Assert.That(log.Single(), Is.EqualTo(new Interaction("u", "i")));
    }

    [TestCase("1700000000", 1_700_000_000_000)]
    [TestCase("1700000000.25", 1_700_000_000_250)]
    [TestCase("1700000000123", 1_700_000_000_123)]
    [TestCase("1700000000123999", 1_700_000_000_123)]
    [TestCase("2023-11-14T22:13:20Z", 1_700_000_000_000)]
    [TestCase("2023-11-14 22:13:20.1239 UTC", 1_700_000_000_123)]
    [TestCase("2023-11-15T00:13:20+02:00", 1_700_000_000_000)]
    [TestCase("2023-11-14", 1_699_920_000_000)]
    [TestCase("", null)]
    public async Task Read_UnderstandsTimes(string written, long? milliseconds)
    {
        InteractionLog log = await Given.Log($"user,item,time\nu,i,{written}\n");
        Assert.That(log.Single().Time?.ToUnixTimeMilliseconds(), Is.EqualTo(milliseconds));
    }

    [TestCase("17", TimeFormat.Seconds, 17_000)]
    [TestCase("17", TimeFormat.Milliseconds, 17)]
    [TestCase("1700000", TimeFormat.Microseconds, 1700)]
    public async Task Read_TakesATimeAsTheOptionSays(string written, TimeFormat format, long milliseconds)
    {
        InteractionLog log = await Given.Log($"user,item,time\nu,i,{written}\n", new() { TimeFormat = format });
        Assert.That(log.Single().Time?.ToUnixTimeMilliseconds(), Is.EqualTo(milliseconds));
    }

    [TestCase("12345", "ambiguous")]
    [TestCase("0", "ambiguous")]
    [TestCase("20240131", "ambiguous")]
    [TestCase("-5", "negative")]
    [TestCase("-1700000000", "negative")]
    [TestCase("1.7e9", "not a time")]
    [TestCase("31.01.2024", "not a time")]
    [TestCase("2024-02-30", "not a time")]
    [TestCase("2024-01-31T25:00:00", "not a time")]
    [TestCase("2024-01-31T10:00:00+2", "not a time")]
    [TestCase("yesterday", "not a time")]
    [TestCase("1969-12-31", "before 1970")]
    public async Task Read_RefusesATimeItCannotBeSureOf(string written, string why)
    {
        string message = await Given.Failure(Given.Log($"user,item,time\nu,i,{written}\n"));
        Assert.That(message, Does.Contain("events, line 2, column 3 (time)").And.Contain(why));
    }

    [Test]
    public async Task Read_RefusesTimesInTwoUnits()
    {
        string message = await Given.Failure(Given.Log("user,item,time\nu,i,1700000000123\nu,i,1700000000\nu,i,2024-01-31\n"));
        Assert.That(message, Does.Contain("line 3").And.Contain("looks like seconds").And.Contain("line 4").And.Contain("is a date where times are milliseconds"));
    }

    [Test]
    public async Task Read_TakesNegativeTimesWhenEarliestAllowsThem()
    {
        InteractionLog log = await Given.Log("user,item,time\nu,i,-1\n", new() { TimeFormat = TimeFormat.Seconds, Earliest = DateTimeOffset.MinValue });
        string message = await Given.Failure(Given.Log("user,item,time\nu,i,-1\n", new() { TimeFormat = TimeFormat.Seconds }));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(log.Single().Time, Is.EqualTo(DateTimeOffset.UnixEpoch.AddSeconds(-1)));
            Assert.That(message, Does.Contain("before 1970-01-01"));
        }
    }

    [Test]
    public async Task Read_RefusesTimesAfterLatest()
    {
        const string text = "user,item,time\nu,i,1700000000\nu,i,1700000001\n";
        string message = await Given.Failure(Given.Log(text, new() { Latest = s_time }));
        Assert.That(message, Does.StartWith("1 row ").And.Contain("line 3").And.Contain("after 2023-11-14 22:13:20"));
        Assert.That(await Given.Log(text), Has.Count.EqualTo(2));
    }

    [TestCase("good", "not a number")]
    [TestCase("3,5", "not a number")]
    [TestCase("4 stars", "not a number")]
    [TestCase("NaN", "no finite number")]
    [TestCase("Infinity", "no finite number")]
    [TestCase("-Infinity", "no finite number")]
    [TestCase("1e40", "beyond the range")]
    public async Task Read_RefusesAValueThatIsNoFiniteNumber(string written, string why)
    {
        string message = await Given.Failure(Given.Log($"user;item;rating\nu;i;4\nu;j;{written}\n"));
        Assert.That(message, Does.Contain("events, line 3, column 3 (rating)").And.Contain($"'{written}'").And.Contain(why));
    }

    [TestCase("-2.5", -2.5f)]
    [TestCase("1e2", 100f)]
    [TestCase("", null)]
    public async Task Read_TakesAnyFiniteValueOrNone(string written, float? value)
    {
        InteractionLog log = await Given.Log($"user,item,score\nu,i,{written}\n");
        Assert.That(log.Single(), Is.EqualTo(new Interaction("u", "i", Value: value)));
    }

    [TestCase("purchase", InteractionKind.Purchase)]
    [TestCase("AddToCart", InteractionKind.Cart)]
    [TestCase("pv", InteractionKind.View)]
    [TestCase("gift", InteractionKind.Like)]
    [TestCase("", InteractionKind.Click)]
    public async Task Read_UnderstandsKinds(string written, InteractionKind kind)
    {
        InteractionLog log = await Given.Log($"user,item,event\nu,i,{written}\n",
            new() { Kind = InteractionKind.Click, Kinds = new Dictionary<string, InteractionKind> { ["gift"] = InteractionKind.Like } });
        Assert.That(log.Single().Kind, Is.EqualTo(kind));
    }

    [Test]
    public async Task Read_RefusesAnUnknownKind() =>
        Assert.That(await Given.Failure(Given.Log("user,item,event\nu,i,frobnicate\n")), Does.Contain("column 3 (event): 'frobnicate'").And.Contain("Kinds"));

    [TestCase("")]
    [TestCase("  \n\n")]
    public async Task Read_RefusesAnEmptyFile(string text) =>
        Assert.That(await Given.Failure(Given.Log(text)), Does.Contain("'events' is empty"));

    [TestCase("user,item\n")]
    [TestCase("user,item")]
    [TestCase("[]")]
    public async Task Read_TakesATableWithoutRowsAsAnEmptyLog(string text) => Assert.That(await Given.Log(text), Is.Empty);

    [Test]
    public async Task Read_NamesTheColumnsThereAreWhenOneIsMissing() =>
        Assert.That(await Given.Failure(Given.Log("who,item,rating\na,b,3\n")),
            Does.Contain("no column for the user").And.Contain("'who', 'item', 'rating'").And.Contain("UserColumn").And.Contain("Header"));

    [Test]
    public async Task Read_NamesTheOptionWhoseColumnIsMissing() =>
        Assert.That(await Given.Failure(Given.Log("user,item\na,b\n", new() { ValueColumn = "mark" })), Does.Contain("no column 'mark'").And.Contain("ValueColumn"));

    [Test]
    public async Task Read_SaysWhenTheDelimiterSeemsWrong() =>
        Assert.That(await Given.Failure(Given.Log("user,item\na,b\n", new() { Delimiter = ";" })), Does.Contain("contains ','").And.Contain("Delimiter seems to be wrong"));

    [Test]
    public async Task Read_RefusesTwoColumnsOfOneName() =>
        Assert.That(await Given.Failure(Given.Log("userId,user_id,item\na,b,c\n")), Does.Contain("'userId' (column 1)").And.Contain("'user_id' (column 2)"));

    [TestCase("u1", 2)]
    [TestCase("u1,i1,5,6", 4)]
    public async Task Read_RefusesARowWithAWrongNumberOfFields(string row, int column) =>
        Assert.That(await Given.Failure(Given.Log($"user,item,rating\n{row}\n")), Does.Contain($"line 2, column {column}").And.Contain("where there are 3 columns"));

    [TestCase("\"u1\" x,i1\n", "line 2, column 1 (user): text after the closing quote")]
    [TestCase("u1,i1\nu2,\"i2\n", "line 3, column 2 (item): a quoted field is opened and never closed")]
    [TestCase("the \"u\",\"i\" j\n", "line 2, column 2 (item): text after the closing quote")]
    public async Task Read_RefusesBrokenQuoting(string rows, string why) =>
        Assert.That(await Given.Failure(Given.Log("user,item\n" + rows)), Does.Contain(why));

    [TestCase(",i1", 1, "no user id")]
    [TestCase("u1,\"\"", 2, "no item id")]
    public async Task Read_RefusesAnEmptyId(string row, int column, string why) =>
        Assert.That(await Given.Failure(Given.Log($"user,item\n{row}\n")), Does.Contain($"line 2, column {column}").And.Contain(why));

    [Test]
    public async Task Read_RefusesBytesThatAreNotUtf8AndNamesTheWayOut()
    {
        byte[] latin1 = Encoding.Latin1.GetBytes("user,item\nJosé,1\n");
        string message = await Given.Failure(Given.Log(latin1));
        InteractionLog log = await Given.Log(latin1, new() { Encoding = Encoding.Latin1 });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(message, Does.Contain("line 2, column 1 (user): bytes that are not UTF-8").And.Contain("'Jos'").And.Contain("Encoding"));
            Assert.That(log.Single().User, Is.EqualTo("José"));
        }
    }

    [Test]
    public async Task Read_RefusesLoneSurrogates()
    {
        byte[] inCsv = [.. "user,item\nu,"u8, 0xED, 0xA0, 0x80, (byte)'\n'];   // U+D800 written as if it were a character
        byte[] inUtf16 = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("user,item\nu,"), 0x00, 0xD8, (byte)'\n', 0];
        string csv = await Given.Failure(Given.Log(inCsv));
        string json = await Given.Failure(Given.Log("""{"user":"u","item":"a\ud800b"}"""));
        string utf16 = await Given.Failure(Given.Log(inUtf16));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(csv, Does.Contain("line 2, column 2 (item)").And.Contain("lone surrogate"));
            Assert.That(json, Does.Contain("line 1, column 2 (item)").And.Contain("lone surrogate"));
            Assert.That(utf16, Does.Contain("'events' is not in the encoding"));
        }
    }

    [TestCase("{\"user\":\"u\",\"item\":}", "line 1, column 2 (item): malformed JSON")]
    [TestCase("{\"user\":\"u\",\"item\":\"i\"} x", "malformed JSON")]
    [TestCase("{\"user\":\"u\",\"item\":\"i\",\"rating\":NaN}", "line 1, column 3 (rating): malformed JSON")]
    [TestCase("{\"user\":\"u\",\"item\":\"i\",\"user\":\"v\"}", "occurs twice")]
    [TestCase("{\"user\":\"u\"}", "no item id")]
    [TestCase("{\"user\":{\"id\":3},\"item\":\"i\"}", "where a single value is expected")]
    [TestCase("{\"user\":\"u\",\"item\":\"i\",\"rating\":[5]}", "where a number is expected")]
    [TestCase("[1, {\"user\":\"u\",\"item\":\"i\"}]", "not a JSON object")]
    [TestCase("[{\"user\":\"u\",\"item\":\"i\"}", "cut off")]
    public async Task Read_RefusesMalformedJson(string text, string why) => Assert.That(await Given.Failure(Given.Log(text)), Does.Contain(why));

    [Test]
    public async Task Read_NamesThePropertiesOfJsonWhenOneIsMissing()
    {
        const string rows = "{\"who\":\"u\",\"item\":\"i\"}\n{\"who\":\"v\",\"item\":\"i\"}";
        string thrown = await Given.Failure(Given.Log(rows));
        string skipped = await Given.Failure(Given.Log(rows, new() { OnError = OnError.Skip }));
        string named = await Given.Failure(Given.Log(rows, new() { UserColumn = "who", ValueColumn = "mark" }));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(thrown, Does.Contain("line 2: no user id").And.Contain("(who, item)"));
            Assert.That(skipped, Does.Contain("no column for the user").And.Contain("'who', 'item'"));
            Assert.That(named, Does.Contain("no column 'mark'").And.Contain("ValueColumn"));
        }
    }

    [Test]
    public async Task Read_RefusesOptionsWithAnUndefinedKind() =>
        await Assert.ThatAsync(() => Given.Log("user,item\nu,i\n", new() { Kind = (InteractionKind)77 }), Throws.ArgumentException.With.Message.Contains("77"));

    [Test]
    public async Task Read_GoesOnAfterAMalformedLineOfJson()
    {
        var report = new ReadReport();
        InteractionLog log = await Given.Log("{\"user\":\"a\",\"item\":\"b\"}\n{\"user\":\n{\"user\":\"c\",\"item\":\"d\"}\n", new() { OnError = OnError.Skip, Report = report });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(log.Select(e => e.User), Is.EqualTo(new[] { "a", "c" }));
            Assert.That(report.Rejected.Single().Line, Is.EqualTo(2));
        }
    }

    [Test]
    public async Task Read_ListsTheFirstTenMalformedRows()
    {
        string text = "user,item,rating\n" + string.Concat(Enumerable.Range(0, 25).Select(i => $"u{i},i,{(i % 2 == 0 ? "1" : "bad" + i)}\n"));
        var report = new ReadReport();
        string message = await Given.Failure(Given.Log(text, new() { Report = report }));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(message, Does.StartWith("at least 10 rows of 'events'").And.Contain("OnError.Skip"));
            Assert.That(message.Split('\n'), Has.Length.EqualTo(11));
            Assert.That(message, Does.Contain("line 3, column 3 (rating): 'bad1'").And.Contain("'bad19'").And.Not.Contain("'bad21'"));
            Assert.That(report.Rejected, Has.Count.EqualTo(10));
        }
    }

    [Test]
    public async Task Read_SkipsMalformedRowsAndReturnsThem()
    {
        var report = new ReadReport();
        string text = "user,item,rating\n" + string.Concat(Enumerable.Range(0, 25).Select(i => $"u{i},i,{(i % 2 == 0 ? "1" : "bad")}\n"));
        InteractionLog log = await Given.Log(text, new() { OnError = OnError.Skip, Report = report });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(log, Has.Count.EqualTo(13));
            Assert.That(log.Users, Has.Count.EqualTo(13), "a rejected row leaves no user behind");
            Assert.That((report.RowsRead, report.RowsRejected), Is.EqualTo((13, 12)));
            Assert.That(report.Rejected.Select(r => r.Line), Is.EqualTo(Enumerable.Range(0, 12).Select(i => 3L + 2 * i)));
            Assert.That(report.Rejected[0], Is.EqualTo(new RejectedRow("events", 3, "rating", 3, "'bad' is not a number (decimals are written with a point)")));
            Assert.That(report.Columns, Is.EqualTo(new[] { "events: user = user", "events: item = item", "events: value = rating" }));
            Assert.That(report.ToString(), Does.StartWith("13 rows read, 12 rejected").And.Contain("... and 2 more"));
        }
    }

    [Test]
    public async Task Read_CountsLinesThroughQuotedLineBreaksAndEmptyLines() =>
        Assert.That(await Given.Failure(Given.Log("user,item,review\nu,i,\"a\nb\"\n\nu,,c\n")), Does.Contain("events, line 5, column 2 (item)"));

    [Test]
    public async Task Read_ReportsProgress()
    {
        var steps = new List<ReadProgress>();
        string text = "user,item\n" + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"u{i % 100},i{i % 77}\n"));
        await Given.Log(text, new() { Progress = new Listener<ReadProgress>(steps.Add) });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(steps.Select(s => s.Rows), Is.EqualTo(new[] { 65_536, 100_000 }));
            Assert.That(steps[^1], Is.EqualTo(new ReadProgress("events", 100_000, text.Length, text.Length)));
            Assert.That(steps[0].BytesRead, Is.LessThan(text.Length));
        }
    }

    [Test]
    public async Task Read_StopsWhenCancelled()
    {
        using var source = new CancellationTokenSource();
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, "user,item\n" + string.Concat(Enumerable.Range(0, 300_000).Select(i => $"u{i % 100},i{i % 77}\n")));
            var options = new InteractionReadOptions { Progress = new Listener<ReadProgress>(_ => source.Cancel()) };
            await Assert.ThatAsync(() => InteractionLog.ReadAsync(path, options, source.Token), Throws.InstanceOf<OperationCanceledException>());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public async Task Read_SaysWhereItLookedForAMissingFile() =>
        await Assert.ThatAsync(() => InteractionLog.ReadAsync("no-such.csv"), Throws.InstanceOf<FileNotFoundException>().With.Message.Contains("no-such.csv"));

    private sealed class Listener<T>(Action<T> hear) : IProgress<T>
    {
        public void Report(T value) => hear(value);
    }
}
