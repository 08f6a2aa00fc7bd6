using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace LlmRec.Kernels;

/// <summary>
/// Runs numbered slices of work on the calling thread and on helpers from the thread pool, without allocating: the object itself
/// is the work item and is used again by its owner. The caller takes part, so a busy pool only costs speed, never a wait for it.
/// </summary>
internal abstract class SlicedJob : IThreadPoolWorkItem
{
    /// <summary>Most slices a run may have, and most threads.</summary>
    public const int MaxSlices = 0x7FFF, MaxThreads = 0xFF;

    private const int RunShift = 40, WorkersShift = 32;

    // Two cores seldom read memory equally fast, and a helper starts late: with 4 slices a thread the last one kept the caller waiting
    // 5 % of a scan of 100,000 rows, with 16 it is 1 %.
    private const int SlicesPerThread = 16;

    // Waking a sleeping thread takes 0.2 to 0.35 ms on a virtual machine, a tenth of a scan of 100,000 rows; so a helper that is done
    // looks out for the caller's next run for this long before it sleeps.
    private static readonly long LookOut = Stopwatch.Frequency / 20_000;

    // One word, so that a helper claims a slice of exactly the run it belongs to, and its number among the run's workers with it:
    // run number (24 bits), workers so far (8), slices (16), next slice (16).
    private long _ticket;
    private int _threads;
    private int _remaining;

    // Helpers that are certain to read the ticket again: queued in the pool, or looking out.
    private int _due;
    private Exception? _failure;

    /// <summary>Runs slices 0 to <paramref name="slices"/> − 1, each once, on at most <paramref name="threads"/> threads, and returns when all have ended.</summary>
    protected void Run(int slices, int threads)
    {
        _failure = null;
        _remaining = slices;
        _threads = Math.Min(threads, MaxThreads);
        long run = ((_ticket >> RunShift) + 1) & 0x7FFFFF;
        // A full fence, as in Execute: either a helper that gives up is seen here as gone, or it sees this ticket.
        Interlocked.Exchange(ref _ticket, run << RunShift | (long)slices << 16);
        // Helpers of an earlier run that the pool has not started yet will serve this one, so a starved pool's queue does not grow.
        for (int helpers = Math.Min(_threads, slices) - 1 - Volatile.Read(ref _due); helpers > 0; helpers--)
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

    /// <summary>Does one slice. Several run at once, each on the thread of another worker; workers are numbered from 0 to one less than the run's threads.</summary>
    protected abstract void RunSlice(int slice, int worker);

    /// <summary>How many slices to cut a scan into: many a thread, to even out a neighbour's load, but none so short that claiming it shows.</summary>
    protected static int SliceCount(long rows, int threads) =>
        (int)Math.Clamp(Math.Min((long)threads * SlicesPerThread, rows / 64), Math.Min(threads, MaxSlices), MaxSlices);

    /// <summary>The best of all workers' best. Worker w left <c>found[w]</c> hits at w·k.</summary>
    protected static int Merge(Span<Hit> hits, Hit[] parts, ReadOnlySpan<int> found)
    {
        var heap = new HitHeap(hits);
        for (int w = 0; w < found.Length; w++)
            foreach (Hit hit in parts.AsSpan(w * hits.Length, found[w]))
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
        long myRun = -1;
        int worker = -1;
        while (true)
        {
            long ticket = Volatile.Read(ref _ticket), run = ticket >> RunShift, claimed = ticket + 1;
            int next = (int)(ticket & 0xFFFF), slices = (int)(ticket >> 16 & 0xFFFF);
            if (next >= slices) return;
            bool joins = run != myRun;
            int workers = (int)(ticket >> WorkersShift & 0xFF);
            if (joins)
            {
                // A helper still on its way out of the run before may find the places taken.
                if (workers >= Volatile.Read(ref _threads)) return;
                claimed += 1L << WorkersShift;
            }
            if (Interlocked.CompareExchange(ref _ticket, claimed, ticket) != ticket) continue;
            if (joins) (myRun, worker) = (run, workers);
            try
            {
                RunSlice(next, worker);
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
