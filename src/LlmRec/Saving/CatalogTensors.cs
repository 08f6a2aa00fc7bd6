using LlmRec.Transformers;

namespace LlmRec;

/// <summary>A catalog as tensors: one column a property; lists and maps as counts an item and flat values.</summary>
internal static class CatalogTensors
{
    public static SafeTensorsWriter Write(Catalog catalog)
    {
        int n = catalog.HandleCount;
        var writer = new SafeTensorsWriter();
        List<string> ids = new(n), titles = new(n), texts = new(n), categories = [], names = [], values = [], vectorNames = [];
        var alive = new byte[n];
        var times = new long[n];
        int[] categoryCounts = new int[n], attributeCounts = new int[n], vectorCounts = new int[n];
        var vectorLengths = new List<int>();
        var vectorValues = new List<float>();
        for (int h = 0; h < n; h++)
        {
            Item? item = catalog.ItemAt(h);
            alive[h] = item is null ? (byte)0 : (byte)1;
            ids.Add(catalog.IdAt(h));
            titles.Add(item?.Title ?? "");
            texts.Add(item?.Text ?? "");
            times[h] = item?.Time?.UtcTicks ?? InteractionLog.NoTime;
            if (item is null) continue;
            categoryCounts[h] = item.Categories.Count;
            categories.AddRange(item.Categories);
            attributeCounts[h] = item.Attributes.Count;
            foreach ((string name, string value) in item.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal))
            {
                names.Add(name);
                values.Add(value);
            }
            vectorCounts[h] = item.Vectors.Count;
            foreach ((string name, ReadOnlyMemory<float> vector) in item.Vectors.OrderBy(v => v.Key, StringComparer.Ordinal))
            {
                vectorNames.Add(name);
                vectorLengths.Add(vector.Length);
                vectorValues.AddRange(vector.Span);
            }
        }
        writer.AddStrings("id", ids);
        writer.AddStrings("title", titles);
        writer.AddStrings("text", texts);
        writer.AddStrings("category", categories);
        writer.AddStrings("attribute.name", names);
        writer.AddStrings("attribute.value", values);
        writer.AddStrings("vector.name", vectorNames);
        writer.Add<byte>("alive", alive);
        writer.Add<long>("time.ticks", times);
        writer.Add<int>("category.count", categoryCounts);
        writer.Add<int>("attribute.count", attributeCounts);
        writer.Add<int>("vector.count", vectorCounts);
        writer.Add<int>("vector.length", vectorLengths.ToArray());
        writer.Add<float>("vector.value", vectorValues.ToArray());
        return writer;
    }

    public static Catalog Read(SafeTensorsFile file)
    {
        string[] ids = file.ReadStrings("id"), titles = file.ReadStrings("title"), texts = file.ReadStrings("text");
        int n = ids.Length;
        if (titles.Length != n || texts.Length != n)
            throw new InvalidDataException($"{file.Name}: {n} ids, but {titles.Length} titles and {texts.Length} texts");
        ReadOnlySpan<byte> alive = file.Get<byte>("alive", n);
        ReadOnlySpan<long> times = file.Get<long>("time.ticks", n);
        var categories = new Lists(file, "category.count", n, file.ReadStrings("category").Length);
        string[] categoryValues = file.ReadStrings("category");
        string[] names = file.ReadStrings("attribute.name"), values = file.ReadStrings("attribute.value");
        if (names.Length != values.Length) throw new InvalidDataException($"{file.Name}: {names.Length} attribute names, but {values.Length} values");
        var attributes = new Lists(file, "attribute.count", n, names.Length);
        string[] vectorNames = file.ReadStrings("vector.name");
        var vectors = new Lists(file, "vector.count", n, vectorNames.Length);
        ReadOnlySpan<float> vectorValues = file.Get<float>("vector.value", -1);
        var lengths = new Lists(file, "vector.length", vectorNames.Length, vectorValues.Length);

        var catalog = new Catalog();
        for (int h = 0; h < n; h++)
        {
            if (times[h] != InteractionLog.NoTime && (times[h] < DateTime.MinValue.Ticks || times[h] > DateTime.MaxValue.Ticks))
                throw new InvalidDataException($"{file.Name}: item '{ids[h]}' has the impossible time {times[h]}");
            var map = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (int a in attributes.Of(h)) map[names[a]] = values[a];
            var named = new Dictionary<string, ReadOnlyMemory<float>>(StringComparer.Ordinal);
            foreach (int v in vectors.Of(h))
            {
                Range range = lengths.RangeOf(v);
                named[vectorNames[v]] = vectorValues[range].ToArray();
            }
            if (ids[h].Length == 0 || catalog.HandleOf(ids[h]) >= 0) throw new InvalidDataException($"{file.Name}: the id '{ids[h]}' is empty or occurs twice");
            catalog.Upsert(new Item
            {
                Id = ids[h],
                Title = titles[h],
                Text = texts[h],
                Categories = [.. categories.Of(h).Select(c => categoryValues[c])],
                Attributes = map,
                Vectors = named,
                Time = times[h] == InteractionLog.NoTime ? null : new DateTimeOffset(times[h], TimeSpan.Zero),
            });
        }
        for (int h = 0; h < n; h++)
            if (alive[h] == 0) catalog.Remove(ids[h]);
        return catalog;
    }

    /// <summary>Flat values cut into one run an owner, checked against their number.</summary>
    private sealed class Lists
    {
        private readonly int[] _starts;

        public Lists(SafeTensorsFile file, string counts, int owners, int values)
        {
            ReadOnlySpan<int> each = file.Get<int>(counts, owners);
            _starts = new int[owners + 1];
            for (int i = 0; i < owners; i++)
            {
                long end = (long)_starts[i] + each[i];
                if (each[i] < 0 || end > values) throw new InvalidDataException($"{file.Name}: '{counts}' asks for more than the {values} values there are");
                _starts[i + 1] = (int)end;
            }
            if (_starts[owners] != values) throw new InvalidDataException($"{file.Name}: '{counts}' leaves {values - _starts[owners]} values without an owner");
        }

        public Range RangeOf(int owner) => _starts[owner].._starts[owner + 1];

        public IEnumerable<int> Of(int owner) => Enumerable.Range(_starts[owner], _starts[owner + 1] - _starts[owner]);
    }
}
