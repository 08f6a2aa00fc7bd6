namespace LlmRec;

/// <summary>A few scratch objects that threads take and give back without a lock.</summary>
internal sealed class ScratchPool<T> where T : class, new()
{
    private readonly T?[] _free = new T?[Math.Max(4, Environment.ProcessorCount * 2)];

    public T Rent()
    {
        for (int i = 0; i < _free.Length; i++)
            if (_free[i] is not null && Interlocked.Exchange(ref _free[i], null) is { } item)
                return item;
        return new T();
    }

    public void Return(T item)
    {
        for (int i = 0; i < _free.Length; i++)
            if (_free[i] is null && Interlocked.CompareExchange(ref _free[i], item, null) is null)
                return;
    }
}
