using LlmRec.Transformers;

namespace LlmRec;

/// <summary>
/// What a model was fitted on: the items it ranks, and a copy of the events of those items, so that the model can take new events, forget
/// a user, be fitted again and be saved. With the items' text vectors it also says which warm items a cold one is like.
/// </summary>
/// <remarks>Immutable and thread-safe. Words that came with events are not kept.</remarks>
internal sealed class Training
{
    private readonly Dictionary<string, int> _index;

    private Training(string[] items, Dictionary<string, int> index, InteractionLog events, float[]? vectors, ColdItemOptions cold)
    {
        Items = items;
        _index = index;
        Events = events;
        Vectors = vectors;
        Cold = cold;
    }

    /// <summary>Ids of the m items, those of the catalog in its order and then those added later.</summary>
    public string[] Items { get; }

    /// <summary>Events of these items in the order of arrival; nobody may add to it.</summary>
    public InteractionLog Events { get; }

    /// <summary>Text vectors (m, d), unit length or zero; null when the model knows no text.</summary>
    public float[]? Vectors { get; }

    public int Dimensions => Vectors is null || Items.Length == 0 ? 0 : Vectors.Length / Items.Length;

    public ColdItemOptions Cold { get; }

    public static Training From(Catalog catalog, InteractionLog log)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(log);
        return From([.. catalog.Select(i => i.Id)], log);
    }

    public static Training From(string[] items, InteractionLog log)
    {
        Dictionary<string, int> index = IndexOf(items);
        return new(items, index, Known(log, index), null, new());
    }

    /// <summary>The number of an item, or −1.</summary>
    public int IndexOf(string item) => _index.GetValueOrDefault(item, -1);

    /// <summary>The vector of an item; empty when there is none.</summary>
    public ReadOnlySpan<float> VectorOf(int item) => Vectors is null ? [] : Vectors.AsSpan(item * Dimensions, Dimensions);

    /// <summary>These events and then others, of which those of unknown items are left out. The same as a training from both logs.</summary>
    public Training With(InteractionLog later) => new(Items, _index, Events.Append(Known(later, _index)), Vectors, Cold);

    /// <summary>All but the events of a user. The same as a training from a log without that user.</summary>
    public Training Without(string user)
    {
        int u = Events.UserTable.Find(user);
        if (u < 0) return this;
        var kept = new List<int>(Events.Count);
        for (int p = 0; p < Events.Count; p++)
            if (Events.UserAt(p) != u) kept.Add(p);
        return new(Items, _index, Events.Select(kept.ToArray()), Vectors, Cold);
    }

    /// <summary>Some of the events, by ascending position.</summary>
    public Training Of(int[] positions) => new(Items, _index, Events.Select(positions), Vectors, Cold);

    /// <summary>The same with text vectors, and with the items that the vectors have beyond these.</summary>
    /// <param name="items">All items: those there are, in their order, and then new ones.</param>
    /// <param name="vectors">Their vectors (items, d).</param>
    /// <param name="cold">How cold items are served.</param>
    public Training WithVectors(string[] items, float[] vectors, ColdItemOptions cold) => new(items, IndexOf(items), Events, vectors, cold);

    public void Save(SafeTensorsWriter writer)
    {
        int n = Events.Count;
        int[] users = new int[n], items = new int[n];
        byte[] kinds = new byte[n];
        float[] values = new float[n];
        long[] times = new long[n];
        int[] number = [.. Events.Items.Select(IndexOf)];
        for (int p = 0; p < n; p++)
        {
            users[p] = Events.UserAt(p);
            items[p] = number[Events.ItemAt(p)];
            kinds[p] = (byte)Events.KindAt(p);
            values[p] = Events.ValueAt(p);
            times[p] = Events.TimeAt(p);
        }
        writer.AddStrings("items", Items);
        writer.AddStrings("users", Events.Users);
        writer.Add("event.user", users);
        writer.Add("event.item", items);
        writer.Add("event.kind", kinds);
        writer.Add("event.value", values);
        writer.Add("event.time", times);
        if (Vectors is not null) writer.Add("item.vectors", Vectors, Items.Length, Dimensions);
    }

    public static Training Read(SafeTensorsFile file, ColdItemOptions cold)
    {
        string[] items = file.ReadStrings("items"), users = file.ReadStrings("users");
        ReadOnlySpan<int> user = file.Get<int>("event.user", -1), item = file.Get<int>("event.item", user.Length);
        ReadOnlySpan<byte> kind = file.Get<byte>("event.kind", user.Length);
        ReadOnlySpan<float> value = file.Get<float>("event.value", user.Length);
        ReadOnlySpan<long> time = file.Get<long>("event.time", user.Length);
        var events = new InteractionLog();
        for (int p = 0; p < user.Length; p++)
        {
            if ((uint)user[p] >= (uint)users.Length || (uint)item[p] >= (uint)items.Length || !Enum.IsDefined((InteractionKind)kind[p]) || float.IsInfinity(value[p]))
                throw new InvalidDataException($"{file.Name}: event {p} has a user, item, kind or value that cannot be");
            events.AddRow(events.UserTable.Add(users[user[p]]), events.ItemTable.Add(items[item[p]]), (InteractionKind)kind[p], value[p], time[p], null);
        }
        float[]? vectors = file.Tensors.ContainsKey("item.vectors") ? file.Get<float>("item.vectors", items.Length, -1).ToArray() : null;
        if (items.Distinct(StringComparer.Ordinal).Count() != items.Length) throw new InvalidDataException($"{file.Name}: an item occurs twice");
        return new(items, IndexOf(items), events, vectors, cold);
    }

    private static Dictionary<string, int> IndexOf(string[] items)
    {
        var index = new Dictionary<string, int>(items.Length, StringComparer.Ordinal);
        for (int i = 0; i < items.Length; i++) index.Add(items[i], i);
        return index;
    }

    /// <summary>A copy with the events of known items only, without their words.</summary>
    private static InteractionLog Known(InteractionLog log, Dictionary<string, int> index)
    {
        bool[] known = [.. log.Items.Select(index.ContainsKey)];
        var copy = new InteractionLog();
        int[] user = new int[log.UserTable.Count], item = new int[known.Length];   // 1 + the number in the copy, 0 while it has none
        for (int p = 0; p < log.Count; p++)
        {
            int from = log.ItemAt(p);
            if (!known[from]) continue;
            ref int u = ref user[log.UserAt(p)], i = ref item[from];
            if (u == 0) u = 1 + copy.UserTable.Add(log.UserTable[log.UserAt(p)]);
            if (i == 0) i = 1 + copy.ItemTable.Add(log.ItemTable[from]);
            copy.AddRow(u - 1, i - 1, log.KindAt(p), log.ValueAt(p), log.TimeAt(p), null);
        }
        return copy;
    }
}
