using System.Numerics;
using System.Numerics.Tensors;
using LlmRec.Kernels;

namespace LlmRec;

// The stages of one answer, in the order in which they run, under the read lock.
public sealed partial class Recommender
{
    /// <summary>Looks the history up, adds what the request brings, and attaches the vector of the user's words.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="scratch">Where the profile is made.</param>
    /// <param name="until">Stored events after this time (milliseconds) are passed over.</param>
    private UserProfile Resolve(UserContext user, RequestScratch scratch, long until = long.MaxValue)
    {
        UserProfile profile = scratch.Profile;
        profile.Reset(user, _items, user.Time ?? _options.TimeProvider.GetUtcNow());
        if (user.Id is not null)
        {
            ReadOnlySpan<HistoryStore.Event> events = _histories.Of(user.Id);
            while (events.Length > 0 && events[^1].Time > until) events = events[..^1];
            int room = Math.Max(0, _options.HistoryLimit - user.History.Count);
            foreach (ref readonly HistoryStore.Event e in events[Math.Max(0, events.Length - room)..])
                if (!e.Kind.IsNegative() && _items.Catalog.ItemAt(e.Item) is not null)
                    profile.Push(e.Item, e.Kind, e.Value, e.Time);
        }
        for (int i = Math.Max(0, user.History.Count - _options.HistoryLimit); i < user.History.Count; i++)
        {
            Interaction e = user.History[i];
            int handle = _items.Catalog.HandleOf(e.Item);
            if (handle < 0) profile.PushUnknown(e.Item);
            else if (!e.Kind.IsNegative()) profile.Push(handle, e.Kind, e.Value ?? float.NaN, e.Time?.ToUnixTimeMilliseconds() ?? InteractionLog.NoTime);
        }
        if (scratch.HasText) scratch.TextVector.AsSpan(0, _items.Dimensions).CopyTo(profile.SetText(_items.Dimensions));
        return profile;
    }

    /// <summary>Marks the items that may be recommended: live, passed by the filter, not seen.</summary>
    private void Admit(UserProfile profile, RecommendOptions options, RequestScratch scratch)
    {
        Span<ulong> allowed = RequestScratch.Of(ref scratch.Allowed, _items.Live.Length);
        _items.Live.CopyTo(allowed);
        if (options.ExcludeSeen)
        {
            if (profile.Context.Id is { } id)
                foreach (ref readonly HistoryStore.Event e in _histories.Of(id)) Bits.Clear(allowed, e.Item);
            IReadOnlyList<Interaction> history = profile.Context.History;
            for (int i = 0; i < history.Count; i++)
                if (_items.Catalog.HandleOf(history[i].Item) is >= 0 and int handle) Bits.Clear(allowed, handle);
        }
        options.Filter?.Restrict(_items, allowed);
    }

    /// <summary>Collects candidates: all admitted items when they are few, else the union of the sources.</summary>
    private void Gather(UserProfile profile, RequestScratch scratch)
    {
        ReadOnlySpan<ulong> allowed = scratch.Allowed.AsSpan(0, _items.Live.Length);
        Candidates candidates = scratch.Candidates;
        candidates.Reset(_items);
        if (Bits.Count(allowed) <= _options.RankAllUpTo)
        {
            for (int w = 0; w < allowed.Length; w++)
                for (ulong word = allowed[w]; word != 0; word &= word - 1)
                    candidates.Add((w << 6) + BitOperations.TrailingZeroCount(word));
            return;
        }

        Span<ulong> left = RequestScratch.Of(ref scratch.Taken, allowed.Length);   // admitted and not yet a candidate
        allowed.CopyTo(left);
        AddNearest(profile, scratch, left);
        Span<int> handles = RequestScratch.Of(ref scratch.Handles, _options.CandidatesPerSource);
        Take(handles[.._behaviour.Successors(profile, handles)], left, candidates);
        Take(handles[.._behaviour.Popular(profile.NowMilliseconds, handles)], left, candidates);
        FillUp(left, candidates);
    }

    private static void Take(ReadOnlySpan<int> handles, Span<ulong> left, Candidates candidates)
    {
        foreach (int handle in handles)
        {
            if (handle >> 6 >= left.Length || !Bits.Get(left, handle)) continue;
            Bits.Clear(left, handle);
            candidates.Add(handle);
        }
    }

    /// <summary>Where the sources bring too little, as for a newcomer behind a narrow filter, any admitted item is a candidate, in the order of the catalog.</summary>
    private void FillUp(Span<ulong> left, Candidates candidates)
    {
        for (int w = 0; w < left.Length && candidates.Count < _options.CandidatesPerSource; w++)
            for (ulong word = left[w]; word != 0 && candidates.Count < _options.CandidatesPerSource; word &= word - 1)
                candidates.Add((w << 6) + BitOperations.TrailingZeroCount(word));
    }

    /// <summary>The items nearest to the user's vectors, by a scan of the int8 copy that never looks at what may not be recommended.</summary>
    private void AddNearest(UserProfile profile, RequestScratch scratch, Span<ulong> left)
    {
        int d = _items.Dimensions, m = _userEncoder.VectorsPerUser;
        Span<float> vectors = RequestScratch.Of(ref scratch.QueryVectors, m * d);
        Span<float> weights = RequestScratch.Of(ref scratch.QueryWeights, m);
        _userEncoder.Encode(scratch.One, d, vectors, weights);
        Span<Hit> hits = RequestScratch.Of(ref scratch.Hits, _options.CandidatesPerSource);
        for (int v = 0; v < m; v++)
        {
            if (!(weights[v] > 0)) continue;
            int found = ExactSearch.Search(vectors.Slice(v * d, d), _items.Compact, hits, new RowFilter(left), _items.HandleCount);
            foreach (Hit hit in hits[..found])
            {
                Bits.Clear(left, hit.Index);
                scratch.Candidates.Add(hit.Index);
            }
        }
    }

    /// <summary>Scores the candidates.</summary>
    private static void Rank(UserProfile profile, RequestScratch scratch, IRanker ranker)
    {
        Candidates candidates = scratch.Candidates;
        ranker.Rank(profile, candidates, RequestScratch.Of(ref scratch.Scores, candidates.Count));
    }

    /// <summary>Takes the best by score and, when variety is wanted, lets the diversifier choose among them; leaves the choice in <c>scratch.Hits</c>.</summary>
    private int Choose(RecommendOptions options, RequestScratch scratch)
    {
        Candidates candidates = scratch.Candidates;
        bool varied = options.Diversity > 0;
        int pool = Math.Min(candidates.Count, varied ? Math.Max(_options.DiversityPool, options.Count) : options.Count);
        if (pool == 0) return 0;
        Span<Hit> best = RequestScratch.Of(ref scratch.Hits, pool);
        pool = TopScores(scratch.Scores.AsSpan(0, candidates.Count), candidates.Handles, best);
        if (!varied) return pool;

        int d = _items.Dimensions, wanted = Math.Min(pool, options.Count);
        Span<float> scores = RequestScratch.Of(ref scratch.PoolScores, pool), vectors = RequestScratch.Of(ref scratch.PoolVectors, pool * d);
        scratch.PoolItems.Clear();
        for (int i = 0; i < pool; i++)
        {
            scores[i] = best[i].Score;
            _items.VectorOf(best[i].Index).CopyTo(vectors[(i * d)..]);
            scratch.PoolItems.Add(_items.Catalog.ItemAt(best[i].Index)!);
        }
        RankedCandidates ranked = scratch.Ranked;
        ranked.Scores = scratch.PoolScores.AsMemory(0, pool);
        ranked.Vectors = scratch.PoolVectors.AsMemory(0, pool * d);
        ranked.Dimensions = d;
        ranked.Items = scratch.PoolItems;
        Span<Pick> picks = RequestScratch.Of(ref scratch.Picks, wanted);
        int found = _diversifier.Diversify(ranked, options.Diversity, picks);
        Span<Hit> chosen = RequestScratch.Of(ref scratch.ChosenHits, found);
        for (int i = 0; i < found; i++) chosen[i] = best[picks[i].Index];
        chosen.CopyTo(best);
        return found;
    }

    /// <summary>Takes the score of each chosen item apart and names the history behind it.</summary>
    private RecommendationList Explain(UserProfile profile, RequestScratch scratch, IRanker ranker, int found)
    {
        Candidates chosen = scratch.Candidates;
        chosen.Reset(_items);
        for (int i = 0; i < found; i++) chosen.Add(scratch.Hits[i].Index);
        IReadOnlyList<string> names = ranker.FeatureNames;
        int features = names.Count;
        Span<float> scores = RequestScratch.Of(ref scratch.Scores, found);
        Span<float> contributions = RequestScratch.Of(ref scratch.Contributions, found * features);
        ranker.Rank(profile, chosen, scores, contributions);

        var list = new Recommendation[found];
        for (int i = 0; i < found; i++)
        {
            ReadOnlySpan<float> row = contributions.Slice(i * features, features);
            var parts = new ScorePart[features];
            for (int f = 0; f < features; f++) parts[f] = new ScorePart(names[f], row[f]);
            HistoryReason[] because = ranker is LinearScoringHead head ? Because(head, profile, chosen.Handles[i], row, scratch) : [];
            list[i] = new Recommendation(i + 1, chosen.ItemAt(i), scores[i], new Explanation(parts, because));
        }
        return new RecommendationList(list, Unknown(profile));
    }

    /// <summary>The same list for those who do not ask why.</summary>
    private RecommendationList List(UserProfile profile, RequestScratch scratch, int found)
    {
        var list = new Recommendation[found];
        for (int i = 0; i < found; i++)
            list[i] = new Recommendation(i + 1, _items.Catalog.ItemAt(scratch.Hits[i].Index)!, scratch.Hits[i].Score, Explanation.None);
        return new RecommendationList(list, Unknown(profile));
    }

    private static string[] Unknown(UserProfile profile) =>
        profile.UnknownItems.Count == 0 ? [] : [.. profile.UnknownItems.Distinct(StringComparer.Ordinal)];

    /// <summary>At most three history items with large positive shares, strongest first; an item that occurs several times counts once, with all its places.</summary>
    private static HistoryReason[] Because(LinearScoringHead head, UserProfile profile, int handle, ReadOnlySpan<float> contributions, RequestScratch scratch)
    {
        const int Most = 3;
        Span<float> shares = RequestScratch.Of(ref scratch.HistoryShares, profile.Count);
        head.HistoryShares(profile, handle, contributions, shares);
        ReadOnlySpan<int> items = profile.Handles;
        Span<(int Place, float Value)> top = stackalloc (int, float)[Most];
        int n = 0;
        while (n < Most)
        {
            int place = TensorPrimitives.IndexOfMax(shares);
            if (place < 0 || !(shares[place] > 1e-4f)) break;
            float value = 0;
            for (int i = 0; i < shares.Length; i++)
            {
                if (items[i] != items[place]) continue;
                value += shares[i];
                shares[i] = 0;
            }
            int at = n++;
            for (; at > 0 && value > top[at - 1].Value; at--) top[at] = top[at - 1];
            top[at] = (place, value);
        }
        if (n == 0) return [];
        var reasons = new HistoryReason[n];
        for (int i = 0; i < n; i++) reasons[i] = new HistoryReason(profile.ItemAt(top[i].Place), top[i].Value);
        return reasons;
    }

    private ValueTask EncodeTextAsync(UserContext user, RequestScratch scratch, CancellationToken cancellationToken)
    {
        scratch.HasText = !string.IsNullOrWhiteSpace(user.Text);
        if (!scratch.HasText) return ValueTask.CompletedTask;
        RequestScratch.Of(ref scratch.TextVector, _itemEncoder.Dimensions);
        return _itemEncoder.EncodeAsync([new Item { Id = "?", Text = user.Text! }], scratch.TextVector.AsMemory(0, _itemEncoder.Dimensions), cancellationToken);
    }

    /// <summary>The highest scores with their handles, best first; equal scores by the lower handle.</summary>
    private static int TopScores(ReadOnlySpan<float> scores, ReadOnlySpan<int> handles, Span<Hit> best)
    {
        int n = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            var hit = new Hit(handles[i], scores[i]);
            if (n == best.Length && !Before(hit, best[n - 1])) continue;
            int at = n == best.Length ? n - 1 : n++;
            while (at > 0 && Before(hit, best[at - 1]))
            {
                best[at] = best[at - 1];
                at--;
            }
            best[at] = hit;
        }
        return n;
    }

    private static bool Before(Hit a, Hit b) => a.Score > b.Score || (a.Score == b.Score && a.Index < b.Index);
}
