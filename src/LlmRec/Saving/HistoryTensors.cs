using LlmRec.Transformers;

namespace LlmRec;

/// <summary>Histories as tensors: users, where each user's events end, and one column a property.</summary>
internal static class HistoryTensors
{
    public static SafeTensorsWriter Write(HistoryStore histories)
    {
        int users = histories.UserCount, n = checked((int)histories.EventCount);
        var ends = new int[users];
        var times = new long[n];
        var items = new int[n];
        var values = new float[n];
        var kinds = new byte[n];
        var ids = new string[users];
        int at = 0;
        for (int u = 0; u < users; u++)
        {
            ids[u] = histories.UserAt(u);
            foreach (ref readonly HistoryStore.Event e in histories.Of(u))
            {
                times[at] = e.Time;
                items[at] = e.Item;
                values[at] = e.Value;
                kinds[at++] = (byte)e.Kind;
            }
            ends[u] = at;
        }
        var writer = new SafeTensorsWriter();
        writer.AddStrings("user", ids);
        writer.Add<int>("user.end", ends);
        writer.Add<long>("event.time", times);
        writer.Add<int>("event.item", items);
        writer.Add<float>("event.value", values);
        writer.Add<byte>("event.kind", kinds);
        return writer;
    }

    public static HistoryStore Read(SafeTensorsFile file, int handles)
    {
        string[] ids = file.ReadStrings("user");
        ReadOnlySpan<int> ends = file.Get<int>("user.end", ids.Length);
        ReadOnlySpan<long> times = file.Get<long>("event.time", -1);
        ReadOnlySpan<int> items = file.Get<int>("event.item", times.Length);
        ReadOnlySpan<float> values = file.Get<float>("event.value", times.Length);
        ReadOnlySpan<byte> kinds = file.Get<byte>("event.kind", times.Length);
        var histories = new HistoryStore();
        int at = 0;
        for (int u = 0; u < ids.Length; u++)
        {
            if (ends[u] < at || ends[u] > times.Length) throw new InvalidDataException($"{file.Name}: the events of user {u} end at {ends[u]}, outside of the {times.Length} there are");
            if (ids[u].Length == 0 || histories.Knows(ids[u])) throw new InvalidDataException($"{file.Name}: the user id '{ids[u]}' is empty or occurs twice");
            for (; at < ends[u]; at++)
            {
                if ((uint)items[at] >= (uint)handles || !Enum.IsDefined((InteractionKind)kinds[at]) || float.IsInfinity(values[at]))
                    throw new InvalidDataException($"{file.Name}: event {at} of user '{ids[u]}' has an item, kind or value that cannot be");
                histories.Add(ids[u], new HistoryStore.Event(times[at], items[at], values[at], (InteractionKind)kinds[at]));
            }
        }
        return histories;
    }
}
