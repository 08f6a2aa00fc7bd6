namespace LlmRec;

/// <summary>SplitMix64 (Steele, Lea and Flood 2014): a generator whose stream is part of the contract, unlike <see cref="Random"/>'s.</summary>
internal struct SplitMix(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A stream of its own for each number, so that work can be shared out among threads in any way.</summary>
    public static SplitMix Of(int seed, int stream) => new(Mix((ulong)(uint)seed << 32 | (uint)stream));

    public ulong Next() => Mix(_state += 0x9E3779B97F4A7C15);

    /// <summary>Uniform in [0, n) by multiplication (Lemire 2019), without the rejection step: the bias is below n / 2^64.</summary>
    public int Next(int n) => (int)Math.BigMul(Next(), (ulong)n, out _);

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1L << 53));

    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
