namespace LlmRec.Transformers;

/// <summary>Cosines and sines of all pairs of a head by position, made as far as they are asked for. Thread-safe.</summary>
internal sealed class RotaryTable
{
    private readonly float[] _frequencies; // (d / 2)
    private readonly double _factor;
    private volatile Angles _angles = new(0, [], []);

    private sealed record Angles(int Positions, float[] Cosines, float[] Sines); // (positions, d / 2) each

    public RotaryTable(RotaryConfig config, int headSize)
    {
        int half = headSize / 2;
        _frequencies = new float[half];
        _factor = config.Scaling != RotaryScaling.Yarn ? 1 : config.AttentionFactor > 0 ? config.AttentionFactor : 0.1 * Math.Log(config.Factor) + 1;
        for (int i = 0; i < half; i++)
            _frequencies[i] = (float)Scaled(config, headSize, i, 1 / Math.Pow(config.Theta, 2.0 * i / headSize));
    }

    /// <summary>Angles of at least the first <paramref name="positions"/> positions.</summary>
    public (float[] Cosines, float[] Sines) Get(int positions)
    {
        Angles angles = _angles;
        if (angles.Positions < positions) _angles = angles = Make(Math.Max(64, (int)Math.Min(int.MaxValue, 1.5 * positions)));
        return (angles.Cosines, angles.Sines);
    }

    private Angles Make(int positions)
    {
        int half = _frequencies.Length;
        float[] cosines = new float[checked(positions * half)], sines = new float[positions * half];
        for (int p = 0; p < positions; p++)
        {
            for (int i = 0; i < half; i++)
            {
                // rounded to float32 where the reference rounds
                float angle = p * _frequencies[i];
                cosines[p * half + i] = (float)(Math.Cos(angle) * _factor);
                sines[p * half + i] = (float)(Math.Sin(angle) * _factor);
            }
        }

        return new(positions, cosines, sines);
    }

    private static double Scaled(RotaryConfig c, int headSize, int i, double frequency)
    {
        switch (c.Scaling)
        {
            case RotaryScaling.Linear:
                return frequency / c.Factor;
            case RotaryScaling.Llama3:
                double turns = c.OriginalPositions * frequency / (2 * Math.PI);
                if (turns > c.HighFrequencyFactor) return frequency;
                if (turns < c.LowFrequencyFactor) return frequency / c.Factor;
                double smooth = (turns - c.LowFrequencyFactor) / (c.HighFrequencyFactor - c.LowFrequencyFactor);
                return (1 - smooth) * frequency / c.Factor + smooth * frequency;
            case RotaryScaling.Yarn:
                // the pair that makes a number of turns over the original length
                double Pair(double t) => headSize * Math.Log(c.OriginalPositions / (t * 2 * Math.PI)) / (2 * Math.Log(c.Theta));
                double low = Math.Max(Math.Floor(Pair(c.BetaFast)), 0), high = Math.Min(Math.Ceiling(Pair(c.BetaSlow)), headSize - 1);
                double ramp = Math.Clamp((i - low) / Math.Max(high - low, 0.001), 0, 1);
                return frequency / c.Factor * ramp + frequency * (1 - ramp);
            default:
                return frequency;
        }
    }
}
