namespace LlmRec.Kernels;

/// <summary>
/// Mends links to removed nodes: a node that linked to one weighs that one's own neighbours instead and chooses anew. Reads the old
/// state only and writes each list of the new one once, so the result does not depend on the number of threads.
/// </summary>
internal sealed unsafe class HnswRepair<TSpace>(HnswState old, HnswState mended, int[] order, int[] place, TSpace space, int breadth, HnswScratchPool scratches)
    where TSpace : struct, IHnswSpace
{
    /// <summary>Mends every node.</summary>
    public void Run(int threads) =>
        Parallel.For(0, order.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
        {
            for (int level = old.Graph.Level(order[i]); level >= 0; level--)
            {
                if (HasDeadLink(order[i], level))
                    Mend(i, level);
            }
        });

    private bool HasDeadLink(int node, int level)
    {
        int* links = old.Graph.Links(node, level);
        for (int j = 0; j < old.Graph.Places(level) && links[j] >= 0; j++)
        {
            if (old.IsDead(links[j]))
                return true;
        }
        return false;
    }

    private void Mend(int i, int level)
    {
        HnswGraph graph = old.Graph;
        int node = order[i], places = graph.Places(level), most = places * (places + 1);
        HnswScratch scratch = scratches.Rent(graph.Count, Math.Max(most, breadth), most, old.Rows.Columns);
        TSpace aimed = space;
        aimed.AimAt(node, scratch);

        scratch.Visit(node);
        int count = 0;
        int* links = graph.Links(node, level);
        for (int j = 0; j < places && links[j] >= 0; j++)
        {
            if (!old.IsDead(links[j]))
            {
                Meet(links[j]);
                continue;
            }
            int* beyond = graph.Links(links[j], level);
            for (int b = 0; b < places && beyond[b] >= 0; b++)
                Meet(beyond[b]);
        }
        scratch.Forget();

        int pool;
        if (count >= Math.Min(graph.M, old.LiveCount - 1) || level > 0)
        {
            aimed.Score(scratch.Ids, count, scratch.Scores);
            for (int j = 0; j < count; j++)
                scratch.Pool[j] = HnswKey.Of(scratch.Scores[j], scratch.Ids[j]);
            pool = count;
            new Span<ulong>(scratch.Pool, pool).Sort(static (a, b) => b.CompareTo(a));
        }
        else
        {
            // A whole neighbourhood is gone: look for a new one.
            int entry = HnswTraversal<TSpace>.Descend(ref aimed, graph, scratch, level);
            HnswTraversal<TSpace>.Search(ref aimed, graph, scratch, entry, level, breadth);
            pool = 0;
            for (int j = 0; j < scratch.PoolCount; j++)
            {
                int found = HnswKey.Node(scratch.Pool[j]);
                if (found != node && !old.IsDead(found))
                    scratch.Pool[pool++] = scratch.Pool[j];
            }
        }

        int* mendedLinks = mended.Graph.Links(i, level);
        int kept = HnswTraversal<TSpace>.Diversify(ref aimed, scratch.Pool, pool, mendedLinks, places);
        for (int j = 0; j < kept; j++)
            mendedLinks[j] = place[mendedLinks[j]];
        new Span<int>(mendedLinks + kept, places - kept).Fill(-1);
        scratches.Return(scratch);

        void Meet(int other)
        {
            if (!old.IsDead(other) && scratch.Visit(other))
                scratch.Ids[count++] = other;
        }
    }
}
