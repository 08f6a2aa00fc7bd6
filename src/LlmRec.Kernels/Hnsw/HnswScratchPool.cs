namespace LlmRec.Kernels;

/// <summary>Hands out scratch memory to the threads that search at the same time, and keeps it for the next. Thread-safe, lock-free.</summary>
internal sealed class HnswScratchPool
{
    private readonly HnswScratch?[] _free = new HnswScratch?[Math.Max(8, 2 * Environment.ProcessorCount)];

    public HnswScratch Rent(int nodes, int pool, int block, int columns)
    {
        HnswScratch? scratch = null;
        for (int i = 0; i < _free.Length && scratch is null; i++)
        {
            if (_free[i] is not null)
                scratch = Interlocked.Exchange(ref _free[i], null);
        }
        scratch ??= new();
        scratch.Fit(nodes, pool, block, columns);
        return scratch;
    }

    public void Return(HnswScratch scratch)
    {
        // A filter that threw leaves marks behind.
        scratch.Forget();
        for (int i = 0; i < _free.Length; i++)
        {
            if (_free[i] is null && Interlocked.CompareExchange(ref _free[i], scratch, null) is null)
                return;
        }
    }
}
