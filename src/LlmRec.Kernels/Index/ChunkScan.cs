namespace LlmRec.Kernels;

/// <summary>Scans the chunks of an index as of one moment, on one thread or in slices on several.</summary>
internal static unsafe class ChunkScan
{
    public static int Search<TScorer>(in TScorer scorer, IndexState state, long stamp, ScanTarget target, Span<Hit> hits, RowFilter filter, int maxThreads)
        where TScorer : struct, IStoreScorer<TScorer>
    {
        long rows = Rows(state, stamp);
        int threads = (int)Math.Min(maxThreads, Math.Max(1, rows * scorer.BytesPerRow / ExactSearch.BytesWorthAThread));
        fixed (ulong* words = filter.Allowed)
        {
            // An empty bitmap lets nothing pass; fixed gives a null pointer for it, which would mean "no bitmap".
            ulong nothing = 0;
            ulong* bitmap = filter.HasBitmap && words == null ? &nothing : words;
            if (threads > 1)
                return SlicedChunkScan<TScorer>.Mine.Search(scorer, state, stamp, target, rows, hits, bitmap, filter.Allowed.Length, filter.Predicate, threads);
            var heap = new HitHeap(hits);
            Run(scorer, state, stamp, target, 0, rows, ref heap, bitmap, filter.Allowed.Length, filter.Predicate);
            return heap.Sort();
        }
    }

    /// <summary>Rows in all chunks, dead ones included.</summary>
    public static long Rows(IndexState state, long stamp)
    {
        long rows = IndexState.OpenRows(stamp);
        for (int c = 0; c < state.Chunks.Length; c++)
            if (c != state.Open && state.Chunks[c] is { } chunk) rows += chunk.Count;
        return rows;
    }

    /// <summary>Scans rows <paramref name="begin"/> to <paramref name="end"/> − 1, counted through all chunks one after the other.</summary>
    public static void Run<TScorer>(in TScorer scorer, IndexState state, long stamp, ScanTarget target, long begin, long end, ref HitHeap heap,
        ulong* bitmap, int words, Func<int, bool>? predicate)
        where TScorer : struct, IStoreScorer<TScorer>
    {
        long version = IndexState.Version(stamp), start = 0;
        for (int c = 0; c < state.Chunks.Length && start < end; c++)
        {
            if (state.Chunks[c] is not { } chunk) continue;
            int count = c == state.Open ? IndexState.OpenRows(stamp) : chunk.Count;
            int from = (int)Math.Clamp(begin - start, 0, count), to = (int)Math.Clamp(end - start, 0, count);
            chunk.Verify(from, to);
            RowScan.Run(scorer.Over(target == ScanTarget.Rows ? chunk.Rows : chunk.Coarse!), from, to, chunk.Keys, chunk.DiedAt, version,
                target == ScanTarget.Rows ? -1 : c << IndexChunk.PlaceBits, ref heap, bitmap, words, predicate);
            GC.KeepAlive(chunk);
            start += count;
        }
    }

    /// <summary>Scores the rows at the candidates' places and keeps the best, now by key.</summary>
    public static int Rescore<TScorer>(in TScorer scorer, IndexState state, ReadOnlySpan<Hit> candidates, Span<Hit> hits)
        where TScorer : struct, IStoreScorer<TScorer>
    {
        var heap = new HitHeap(hits);
        foreach (Hit candidate in candidates)
        {
            IndexChunk chunk = state.Chunks[candidate.Index >> IndexChunk.PlaceBits]!;
            int i = candidate.Index & (IndexChunk.MaxRows - 1);
            heap.Offer(chunk.Keys[i], scorer.Over(chunk.Rows).Score(i));
        }
        GC.KeepAlive(state);
        return heap.Sort();
    }
}
