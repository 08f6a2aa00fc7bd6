namespace LlmRec.Tests;

/// <summary>What a piece of work allocates once everything it keeps for itself exists.</summary>
public static class Allocations
{
    private const int Rounds = 8;

    /// <summary>
    /// The bytes that <paramref name="work"/>, done <paramref name="times"/> times, allocates on this thread: the least of a few rounds,
    /// since the runtime itself allocates now and then on whichever thread it finds (a thread for the pool, a tier of compiled code).
    /// Work that allocates each time does so in every round.
    /// </summary>
    public static long Of(Action work, int times = 1)
    {
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least != 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < times; i++) work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
