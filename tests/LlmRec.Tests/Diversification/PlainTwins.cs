namespace LlmRec.Tests;

/// <summary>MMR and MSD as they are written in the papers, in double precision, without a bound or a vector instruction.</summary>
internal static class PlainTwins
{
    public static (int, double)[] Mmr(RankedCandidates c, double lambda, int k) =>
        Greedy(c, lambda, k, (i, basis) => -(1 - lambda) * basis.Max(b => Math.Clamp(Cosine(c.VectorAt(i).ToArray(), b), 0, 1)));

    public static (int, double)[] Msd(RankedCandidates c, double lambda, int k) =>
        Greedy(c, lambda, k, (i, basis) => (1 - lambda) * basis.Sum(b => 1 - Math.Clamp(Cosine(c.VectorAt(i).ToArray(), b), -1, 1)));

    private static (int, double)[] Greedy(RankedCandidates c, double lambda, int k, Func<int, List<float[]>, double> variety)
    {
        var basis = new List<float[]>();
        for (int m = 0; m < c.ShownVectors.Length; m += c.Dimensions)
            basis.Add(c.ShownVectors.Slice(m, c.Dimensions).ToArray());
        var left = Enumerable.Range(0, c.Count).ToList();
        var picks = new (int, double)[k];
        for (int t = 0; t < k; t++)
        {
            // Without anything to compare with, relevance alone decides.
            double[] values = [.. left.Select(i => basis.Count == 0 ? c.Scores.Span[i] : lambda * c.Scores.Span[i] + variety(i, basis))];
            int best = Array.IndexOf(values, values.Max());
            picks[t] = (left[best], basis.Count == 0 ? lambda * values[best] : values[best]);
            basis.Add(c.VectorAt(left[best]).ToArray());
            left.RemoveAt(best);
        }
        return picks;
    }

    private static double Cosine(float[] x, float[] y)
    {
        double xy = 0, xx = 0, yy = 0;
        for (int j = 0; j < x.Length; j++)
        {
            xy += (double)x[j] * y[j];
            xx += (double)x[j] * x[j];
            yy += (double)y[j] * y[j];
        }
        return xx > 0 && yy > 0 ? xy / Math.Sqrt(xx * yy) : 0;
    }
}
