namespace LlmRec;

/// <summary>An evenly spread sample: one place in each of equal stretches, the same every time.</summary>
internal static class FitSample
{
    /// <summary>Ascending numbers below <paramref name="count"/>, at most <paramref name="most"/> of them; all when there are no more.</summary>
    public static IEnumerable<int> Indices(int count, int most, ulong seed)
    {
        if (count <= most)
        {
            for (int i = 0; i < count; i++) yield return i;
            yield break;
        }
        ulong x = seed * 0x9E3779B97F4A7C15 >> 1;
        double stretch = (double)count / most;
        for (int i = 0; i < most; i++)
        {
            x = x * 6364136223846793005 + 1442695040888963407;
            yield return (int)((i + (x >> 11) * (1.0 / (1UL << 53))) * stretch);
        }
    }
}
