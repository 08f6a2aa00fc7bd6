namespace LlmRec;

/// <summary>Draws numbers in proportion to weights, in constant time. A. Walker, An efficient method for generating discrete random variables with general distributions, ACM TOMS 3 (1977), in M. Vose's form.</summary>
internal sealed class NoiseDraws
{
    private readonly double[] _keep;
    private readonly int[] _alias;

    /// <param name="weights">At least 0, not all 0.</param>
    public NoiseDraws(double[] weights)
    {
        int n = weights.Length;
        double sum = weights.Sum();
        Probabilities = [.. weights.Select(w => w / sum)];
        _keep = new double[n];
        _alias = new int[n];
        double[] scaled = [.. Probabilities.Select(p => p * n)];
        Stack<int> small = new(), large = new();
        for (int i = n - 1; i >= 0; i--) (scaled[i] < 1 ? small : large).Push(i);
        while (small.Count > 0 && large.Count > 0)
        {
            int s = small.Pop(), l = large.Peek();
            (_keep[s], _alias[s]) = (scaled[s], l);
            scaled[l] -= 1 - scaled[s];
            if (scaled[l] < 1) small.Push(large.Pop());
        }
        foreach (int i in large.Concat(small)) (_keep[i], _alias[i]) = (1, i);
    }

    public double[] Probabilities { get; }

    public int Next(ref SplitMix random)
    {
        int i = random.Next(_keep.Length);
        return random.NextDouble() < _keep[i] ? i : _alias[i];
    }
}
