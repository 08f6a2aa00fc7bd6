namespace LlmRec.Tests.Classical;

/// <summary>
/// The order that numpy's <c>RandomState(seed).shuffle(arange(n))</c> gives, so that folds drawn with it can be drawn again: M. Matsumoto and T. Nishimura's MT19937 (ACM TOMACS 8, 1998),
/// and numbers up to a bound by cutting bits off and drawing again what is too large.
/// </summary>
internal static class NumpyShuffle
{
    public static int[] Of(int n, uint seed)
    {
        uint[] state = new uint[624];
        state[0] = seed;
        for (uint i = 1; i < 624; i++) state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >> 30)) + i;
        int at = 624;
        int[] order = [.. Enumerable.Range(0, n)];
        for (int i = n - 1; i > 0; i--)
        {
            uint mask = uint.MaxValue >> System.Numerics.BitOperations.LeadingZeroCount((uint)i), j;
            do j = Next() & mask;
            while (j > i);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;

        uint Next()
        {
            if (at == 624)
            {
                for (int k = 0; k < 624; k++)
                {
                    uint mixed = (state[k] & 0x80000000) | (state[(k + 1) % 624] & 0x7fffffff);
                    state[k] = state[(k + 397) % 624] ^ (mixed >> 1) ^ ((mixed & 1) == 0 ? 0 : 0x9908b0dfu);
                }
                at = 0;
            }
            uint y = state[at++];
            y ^= y >> 11;
            y ^= (y << 7) & 0x9d2c5680;
            y ^= (y << 15) & 0xefc60000;
            return y ^ (y >> 18);
        }
    }
}
