namespace LlmRec;

internal sealed partial class BehaviourModel
{
    private const long Hour = 3_600_000;
    private const float ShareOfAllTime = 0.1f;

    private volatile PopularList? _popular;

    /// <summary>The most popular items of late (of all time where no event has a time), best first, ties by lower handle.</summary>
    /// <param name="now">Unix milliseconds; popularity is taken as of the last full hour.</param>
    /// <param name="handles">Receives the handles; its length is the number wanted.</param>
    /// <returns>The number found: items with at least one event.</returns>
    /// <remarks>The list is kept, exact, from event to event, and made anew once an hour of the requests' clock.</remarks>
    public int Popular(long now, Span<int> handles)
    {
        long hour = now / Hour;
        PopularList? list = _popular;
        if (list is null || list.Hour != hour || (list.Count < handles.Length && list.Count == list.Capacity))
            _popular = list = MakePopular(hour, Math.Max(handles.Length, 1024));
        int n = Math.Min(handles.Length, list.Count);
        list.Handles.AsSpan(0, n).CopyTo(handles);
        return n;
    }

    private PopularList MakePopular(long hour, int capacity)
    {
        float[] scores = new float[HandleCount];
        for (int h = 0; h < scores.Length; h++) scores[h] = PopularScore(h, hour);
        var list = new PopularList(hour, capacity);
        list.Count = TopScores.Select(scores, list.Handles);
        for (int i = 0; i < list.Count; i++) list.Scores[i] = scores[list.Handles[i]];
        while (list.Count > 0 && _popularity[list.Handles[list.Count - 1]] <= 0) list.Count--;
        return list;
    }

    /// <summary>Keeps the list exact after an event: only the item of the event can have risen.</summary>
    private void RisePopular(int handle)
    {
        if (_popular is { } list) list.Rise(handle, PopularScore(handle, list.Hour));
    }

    private float PopularScore(int handle, long hour) => RecentPopularity(handle, hour * Hour) + ShareOfAllTime * _popularity[handle];

    /// <summary>The best items and their scores as of one hour.</summary>
    private sealed class PopularList(long hour, int capacity)
    {
        public long Hour { get; } = hour;

        public int Capacity { get; } = capacity;

        public int[] Handles { get; } = new int[capacity];

        public float[] Scores { get; } = new float[capacity];

        public int Count { get; set; }

        public void Rise(int handle, float score)
        {
            int at = Handles.AsSpan(0, Count).IndexOf(handle);
            if (at < 0)
            {
                if (Count < Capacity) at = Count++;
                else if (Before(handle, score, Count - 1)) at = Count - 1;
                else return;
            }
            for (; at > 0 && Before(handle, score, at - 1); at--) (Handles[at], Scores[at]) = (Handles[at - 1], Scores[at - 1]);
            (Handles[at], Scores[at]) = (handle, score);
        }

        private bool Before(int handle, float score, int place) =>
            score > Scores[place] || (score == Scores[place] && handle < Handles[place]);
    }
}
