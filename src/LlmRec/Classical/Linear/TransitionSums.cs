namespace LlmRec;

/// <summary>
/// SᵀS and SᵀT over all places of all sequences. At place t of a sequence S has decay^r for the r-th newest of the last L items and T
/// has decay^r for the r-th of the next H. A pair of positions p &lt; q meets in many places t, but what all of them add is a
/// geometric sum, so a pair costs one addition and not L.
/// </summary>
internal sealed class TransitionSums
{
    private readonly int _past;
    private readonly double[] _decay;      // a^d
    private readonly double[] _geometric;  // Σ a^2s for s < count
    private readonly double[] _onward;     // what positions d apart add to SᵀT

    public TransitionSums(ItemTransitionOptions options, int longest)
    {
        // no pair is farther apart than the longest sequence, so that windows "without end" cost nothing
        _past = Math.Min(options.Past, Math.Max(1, longest));
        int next = Math.Min(options.Next, Math.Max(1, longest));
        double a = options.PastDecay, b = options.NextDecay;
        _decay = new double[_past];
        _geometric = new double[_past + 1];
        for (int d = 0; d < _past; d++)
        {
            _decay[d] = Math.Pow(a, d);
            _geometric[d + 1] = _geometric[d] + _decay[d] * _decay[d];
        }
        _onward = new double[_past + next];
        for (int d = 1; d < _onward.Length; d++)
            for (int r = Math.Max(0, d - next); r <= Math.Min(_past - 1, d - 1); r++)
                _onward[d] += Math.Pow(a, r) * Math.Pow(b, d - 1 - r);
    }

    /// <summary>Adds a sequence.</summary>
    /// <param name="sequence">Places of the items, oldest first.</param>
    /// <param name="weight">The weight of the sequence.</param>
    /// <param name="n">Number of items.</param>
    /// <param name="past">SᵀS (n, n): its lower triangle.</param>
    /// <param name="onward">SᵀT (n, n).</param>
    public void Add(ReadOnlySpan<int> sequence, double weight, int n, float[] past, float[] onward)
    {
        int last = sequence.Length - 2;   // the last place with a next item
        for (int p = 0; p <= last; p++)
        {
            int i = sequence[p], end = Math.Min(p + _past - 1, last);
            past[i * n + i] += (float)(weight * _geometric[end - p + 1]);
            for (int q = p + 1; q <= end; q++)
            {
                int j = sequence[q];
                double both = weight * _decay[q - p] * _geometric[end - q + 1];
                // an item met twice in one row stands on the diagonal, where the pair counts in both orders
                past[Math.Max(i, j) * n + Math.Min(i, j)] += (float)(i == j ? 2 * both : both);
            }
            int stop = Math.Min(sequence.Length - 1, p + _onward.Length - 1);
            for (int q = p + 1; q <= stop; q++) onward[i * n + sequence[q]] += (float)(weight * _onward[q - p]);
        }
    }
}
