namespace LlmRec.Kernels;

/// <summary>The walks over the graph (algorithms 2 and 5 of the paper), compiled once for each kind of row.</summary>
internal static unsafe class HnswTraversal<TSpace> where TSpace : struct, IHnswSpace
{
    /// <summary>Walks from the entry down to just above <paramref name="level"/>, each time to the nearest neighbour, and returns where it ends.</summary>
    public static int Descend(ref TSpace space, HnswGraph graph, HnswScratch scratch, int level)
    {
        int best = graph.Entry;
        if (graph.TopLevel <= level)
            return best;
        float bestScore;
        space.Score(&best, 1, &bestScore);
        for (int l = graph.TopLevel; l > level; l--)
        {
            for (bool moved = true; moved;)
            {
                moved = false;
                int* links = graph.Links(best, l);
                int block = 0;
                for (int i = 0; i < graph.M && links[i] >= 0; i++)
                {
                    // A node scored before, here or on a level above, lost to the best there is.
                    if (scratch.Visit(links[i]))
                        scratch.Ids[block++] = links[i];
                }
                space.Score(scratch.Ids, block, scratch.Scores);
                for (int i = 0; i < block; i++)
                {
                    if (scratch.Scores[i] > bestScore)
                        (best, bestScore, moved) = (scratch.Ids[i], scratch.Scores[i], true);
                }
            }
        }
        scratch.Forget();
        return best;
    }

    /// <summary>
    /// Best-first search of one level: leaves the best <paramref name="breadth"/> nodes met in the scratch's pool, best first.
    /// The pool is a sorted array; a node that falls out of it would never be expanded, so it is also the queue of candidates.
    /// </summary>
    public static void Search(ref TSpace space, HnswGraph graph, HnswScratch scratch, int entry, int level, int breadth)
    {
        ulong* pool = scratch.Pool;
        int* ids = scratch.Ids;
        float* scores = scratch.Scores;
        int places = graph.Places(level);

        scratch.Visit(entry);
        ids[0] = entry;
        space.Score(ids, 1, scores);
        pool[0] = HnswKey.Of(scores[0], entry);
        int count = 1;
        float worst = float.NegativeInfinity;
        if (count == breadth)
            worst = scores[0];

        for (int next = 0; next < count;)
        {
            ulong key = pool[next];
            pool[next++] = key | HnswKey.Expanded;

            int* links = graph.Links(HnswKey.Node(key), level);
            int block = 0;
            for (int i = 0; i < places; i++)
            {
                int node = links[i];
                if (node < 0)
                    break;
                if (scratch.Visit(node))
                    ids[block++] = node;
            }
            space.Score(ids, block, scores);

            for (int i = 0; i < block; i++)
            {
                // At a full pool an equal score loses: the earlier find stays.
                if (scores[i] <= worst && count == breadth)
                    continue;
                int at = Insert(pool, ref count, breadth, HnswKey.Of(scores[i], ids[i]));
                if (at < next)
                    next = at;
                if (count == breadth)
                    worst = HnswKey.Score(pool[count - 1]);
            }
            while (next < count && (pool[next] & HnswKey.Expanded) != 0)
                next++;
        }
        scratch.PoolCount = count;
        scratch.Forget();
    }

    /// <summary>Puts a key into the sorted pool and lets the worst fall out when it is full. Returns its place.</summary>
    public static int Insert(ulong* pool, ref int count, int breadth, ulong key)
    {
        int low = 0, high = count;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (pool[middle] > key)
                low = middle + 1;
            else
                high = middle;
        }
        if (low == breadth)
            return low;
        int tail = Math.Min(count, breadth - 1) - low;
        Buffer.MemoryCopy(pool + low, pool + low + 1, tail * 8L, tail * 8L);
        pool[low] = key;
        if (count < breadth)
            count++;
        return low;
    }

    /// <summary>
    /// The paper's heuristic (algorithm 4): walks the sorted candidates and keeps one that is nearer to the query than to everything
    /// kept before, so that links point in different directions.
    /// </summary>
    /// <returns>Number of nodes written to <paramref name="kept"/>, at most <paramref name="most"/>.</returns>
    public static int Diversify(ref TSpace space, ulong* candidates, int count, int* kept, int most)
    {
        int n = 0;
        for (int i = 0; i < count && n < most; i++)
        {
            int node = HnswKey.Node(candidates[i]);
            float own = HnswKey.Score(candidates[i]);
            bool keep = true;
            for (int j = 0; j < n && keep; j++)
                keep = space.Between(node, kept[j]) <= own;
            if (keep)
                kept[n++] = node;
        }
        return n;
    }
}
