namespace LlmRec;

internal sealed partial class BehaviourModel
{
    [ThreadStatic] private static CandidateScratch? s_candidates;

    /// <summary>The items best reached from the history through followers and companions, best first, ties by lower handle.</summary>
    /// <param name="user">The user; items of the history may be among the answers.</param>
    /// <param name="handles">Receives the handles; its length is the number wanted.</param>
    /// <returns>The number found, perhaps fewer than wanted.</returns>
    /// <remarks>Takes time in the neighbours of the last 50 events. No allocation once a thread has seen its largest request. Removed items are gone from the rows, so they never come up.</remarks>
    public int Successors(UserProfile user, Span<int> handles)
    {
        if (user.Count == 0 || handles.IsEmpty) return 0;
        CandidateScratch scratch = s_candidates ??= new();
        scratch.Reserve(HandleCount);
        const float Decay = 0.85f;
        float fade = 1f;
        ReadOnlySpan<int> history = user.Handles;
        for (int r = 0; r < history.Length && r < BehaviourPlan.MaxHistory; r++)
        {
            int item = history[r];
            if (item < HandleCount)
            {
                scratch.Add(Followers.Ids(item), Followers.Weights(item), fade / MathF.Sqrt(BehaviourPlan.Size(this, BehaviourSignal.Followers, item)));
                scratch.Add(Predecessors.Ids(item), Predecessors.Weights(item), 0.5f * fade / MathF.Sqrt(BehaviourPlan.Size(this, BehaviourSignal.Predecessors, item)));
                scratch.Add(Companions.Ids(item), Companions.Weights(item), 0.5f * fade / MathF.Sqrt(BehaviourPlan.Size(this, BehaviourSignal.Companions, item)));
            }
            fade *= Decay;
        }
        return scratch.Take(this, handles);
    }

    private sealed class CandidateScratch
    {
        private float[] _sums = [];   // all zero between calls
        private int[] _touched = [];
        private int _count;

        public float[] Scores = [];

        public void Reserve(int handles)
        {
            if (_sums.Length >= handles) return;
            int size = handles + (handles >> 2);
            (_sums, _touched, Scores) = (new float[size], new int[size], new float[size]);
        }

        public void Add(ReadOnlySpan<int> ids, ReadOnlySpan<float> weights, float factor)
        {
            for (int e = 0; e < ids.Length; e++)
            {
                ref float sum = ref _sums[ids[e]];
                if (sum == 0f) _touched[_count++] = ids[e];
                sum += factor * weights[e];
            }
        }

        public int Take(BehaviourModel model, Span<int> handles)
        {
            ReadOnlySpan<int> touched = _touched.AsSpan(0, _count);
            Span<float> scores = Scores.AsSpan(0, _count);
            for (int i = 0; i < touched.Length; i++)
            {
                float damping = MathF.Sqrt(MathF.Sqrt(BehaviourPlan.Size(model, BehaviourSignal.Followers, touched[i])));
                scores[i] = _sums[touched[i]] / damping;
                _sums[touched[i]] = 0f;
            }
            int n = TopScores.Select(scores, touched, handles);
            for (int i = 0; i < n; i++) handles[i] = touched[handles[i]];
            _count = 0;
            return n;
        }
    }
}
