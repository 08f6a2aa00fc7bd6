using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace LlmRec.Kernels;

/// <summary>
/// Runs numbered slices of work on the calling thread and on helpers from the thread pool, without allocating: the object itself
/// is the work item and is used again by its owner. The caller takes part, so a busy pool only costs speed, never a wait for it.
/// </summary>
internal abstract class SlicedJob : IThreadPoolWorkItem
{
    /// <summary>Most slices a run may have.</summary>
    public const int MaxSlices = 0x7FFF;

    // Two cores seldom read memory equally fast, and a helper starts late: with 4 slices a thread the last one kept the caller waiting
    // 5 % of a scan of 100,000 rows, with 16 it is 1 %.
    private const int SlicesPerThread = 16;

    // Waking a sleeping thread takes 0.2 to 0.35 ms on a virtual machine, a tenth of a scan of 100,000 rows; so a helper that is done
    // looks out for the caller's next run for this long before it sleeps.
    private static readonly long LookOut = Stopwatch.Frequency / 20_000;

    // One word, so that a helper claims a slice of exactly the run it belongs to: run number (32 bits), slices (16), next slice (16).
    private long _ticket;
    private int _remaining;

    // Helpers that are certain to read the ticket again: queued in the pool, or looking out.
    private int _due;
    private Exception? _failure;

    /// <summary>Runs slices 0 to <paramref name="slices"/> − 1, each once, on at most <paramref name="threads"/> threads, and returns when all have ended.</summary>
    protected void Run(int slices, int threads)
    {
        _failure = null;
        _remaining = slices;
        long run = ((_ticket >> 32) + 1) & 0x7FFFFFFF;
        // A full fence, as in Execute: either a helper that gives up is seen here as gone, or it sees this ticket.
        Interlocked.Exchange(ref _ticket, run << 32 | (long)slices << 16);
        // Helpers of an earlier run that the pool has not started yet will serve this one, so a starved pool's queue does not grow.
        for (int helpers = Math.Min(threads, slices) - 1 - Volatile.Read(ref _due); helpers > 0; helpers--)
        {
            Interlocked.Increment(ref _due);
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        Work();
        var wait = new SpinWait();
        while (Volatile.Read(ref _remaining) != 0)
            wait.SpinOnce(sleep1Threshold: -1);
        if (_failure is not null) ExceptionDispatchInfo.Throw(_failure);
    }

    /// <summary>Does one slice. Several run at once on different threads.</summary>
    protected abstract void RunSlice(int slice);

    /// <summary>How many slices to cut a scan into: several a thread, to even out a neighbour's load, but none so short that filling its heap shows.</summary>
    protected static int SliceCount(long rows, int k, int threads) =>
        (int)Math.Clamp(Math.Min((long)threads * SlicesPerThread, rows / Math.Max(64L, 16L * k)), Math.Min(threads, MaxSlices), MaxSlices);

    /// <summary>The best of all slices' best. Slice s left <c>found[s]</c> hits at s·k.</summary>
    protected static int Merge(Span<Hit> hits, Hit[] parts, ReadOnlySpan<int> found)
    {
        var heap = new HitHeap(hits);
        for (int s = 0; s < found.Length; s++)
            foreach (Hit hit in parts.AsSpan(s * hits.Length, found[s]))
                if (hit.Score >= heap.Threshold) heap.Offer(hit.Index, hit.Score);
        return heap.Sort();
    }

    /// <inheritdoc/>
    public void Execute()
    {
        do
        {
            Interlocked.Decrement(ref _due);
            Work();
            Interlocked.Increment(ref _due);
        }
        while (NextRunComes());
        Interlocked.Decrement(ref _due);
        Work();
    }

    private bool NextRunComes()
    {
        long since = Stopwatch.GetTimestamp(), until = since + LookOut;
        for (long now = since; now < until; now = Stopwatch.GetTimestamp())
        {
            long ticket = Volatile.Read(ref _ticket);
            if ((ticket & 0xFFFF) < (ticket >> 16 & 0xFFFF)) return true;
            // The others' last slices are still being read.
            if (Volatile.Read(ref _remaining) != 0 && now - since < 16 * LookOut) until = now + LookOut;
            if (ThreadPool.PendingWorkItemCount != 0) return false;
            Thread.SpinWait(4);
        }
        return false;
    }

    private void Work()
    {
        while (true)
        {
            long ticket = Volatile.Read(ref _ticket);
            int next = (int)(ticket & 0xFFFF), slices = (int)(ticket >> 16 & 0xFFFF);
            if (next >= slices) return;
            if (Interlocked.CompareExchange(ref _ticket, ticket + 1, ticket) != ticket) continue;
            try
            {
                RunSlice(next);
            }
#pragma warning disable CA1031 // Whatever a caller's predicate throws must reach the caller, not the pool's thread.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref _failure, e, null);
            }
            Interlocked.Decrement(ref _remaining);
        }
    }
}
