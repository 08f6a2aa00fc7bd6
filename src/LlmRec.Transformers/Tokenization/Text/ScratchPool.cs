namespace LlmRec.Transformers;

/// <summary>Lends scratch to the threads that encode; nothing is allocated while at most as many run as have run before.</summary>
internal sealed class ScratchPool
{
    private readonly EncodeScratch?[] _free = new EncodeScratch?[Math.Max(4, 2 * Environment.ProcessorCount)];

    public EncodeScratch Rent()
    {
        foreach (ref EncodeScratch? slot in _free.AsSpan())
            if (slot is not null && Interlocked.Exchange(ref slot, null) is { } scratch) return scratch;
        return new EncodeScratch();
    }

    public void Return(EncodeScratch scratch)
    {
        if (scratch.IsBulky) return;
        foreach (ref EncodeScratch? slot in _free.AsSpan())
            if (slot is null && Interlocked.CompareExchange(ref slot, scratch, null) is null) return;
    }
}
