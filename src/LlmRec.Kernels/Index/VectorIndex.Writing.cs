namespace LlmRec.Kernels;

/// <content>The writer's side: room, publishing, compaction. All of it runs under the writers' lock.</content>
public sealed partial class VectorIndex
{
    /// <summary>A block with one dead row in this many is rewritten.</summary>
    private const int DeadShare = 8;

    private IndexChunk NewChunk(int rows) =>
        new(Math.Clamp((rows + 63) & ~63, FirstRows, IndexChunk.MaxRows), Dimensions, _options.Format, _options.Coarse);

    // The next free place of the open chunk, after opening a new chunk where it is full.
    private IndexChunk RoomForOne(out int i)
    {
        while (true)
        {
            IndexState state = _state;
            IndexChunk chunk = state.Chunks[state.Open]!;
            i = IndexState.OpenRows(state.Stamp);
            if (i < chunk.Capacity) return chunk;
            Close(chunk);
        }
    }

    private void Close(IndexChunk full)
    {
        IndexState state = _state;
        full.Count = full.Capacity;
        int hole = Array.IndexOf(state.Chunks, null);
        IndexChunk?[] chunks = state.Chunks;
        if (hole < 0)
        {
            hole = chunks.Length;
            if (hole > int.MaxValue >> IndexChunk.PlaceBits)
                throw new InvalidOperationException("the index holds as many rows as its keys can number");
            Array.Resize(ref chunks, hole + 1);
        }
        else
        {
            chunks = [.. chunks];
        }
        // As large as all that is there: the index doubles while it is small, and a small one stays small.
        chunks[hole] = NewChunk(Math.Max(_map.Count, FirstRows));
        Volatile.Write(ref _state, new IndexState(chunks, hole, IndexState.MakeStamp(IndexState.Version(state.Stamp), 0)));
        CompactIfSparse(state.Open);
    }

    // The row has been written; make it the key's, and the old place dead, as one change.
    private void Publish(int key, int i, int old)
    {
        long version = IndexState.Version(_state.Stamp) + 1;
        _map.Set(key, _state.Open << IndexChunk.PlaceBits | i);
        if (old >= 0) Kill(old, version);
        _state.Stamp = IndexState.MakeStamp(version, i + 1);
    }

    private void Kill(int place, long version) =>
        _state.Chunks[place >> IndexChunk.PlaceBits]!.Kill(place & (IndexChunk.MaxRows - 1), version);

    private void CompactIfSparse(int c)
    {
        if (c != _state.Open && _state.Chunks[c] is { } chunk && chunk.Dead * DeadShare >= chunk.Count) Compact(c, chunk);
    }

    // Moves the live rows of a closed chunk to the end and drops it. Each batch becomes visible, and its old places dead, in one store.
    private unsafe void Compact(int c, IndexChunk from)
    {
        from.Verify(0, from.Count);
        for (int i = 0; i < from.Count;)
        {
            IndexChunk to = RoomForOne(out int first);
            long version = IndexState.Version(_state.Stamp) + 1;
            int next = first;
            for (; i < from.Count && next < to.Capacity; i++)
            {
                if (!from.IsLive(i, long.MaxValue - 1)) continue;
                to.Copy(next, from, i);
                _map.Set(to.Keys[next], _state.Open << IndexChunk.PlaceBits | next);
                Kill(c << IndexChunk.PlaceBits | i, version);
                next++;
            }
            _state.Stamp = IndexState.MakeStamp(version, next);
        }
        IndexChunk?[] chunks = [.. _state.Chunks];
        chunks[c] = null;
        Volatile.Write(ref _state, new IndexState(chunks, _state.Open, _state.Stamp));
    }
}
