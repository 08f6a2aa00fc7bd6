using System.Numerics.Tensors;
using LlmRec.Kernels;

namespace LlmRec;

/// <summary>
/// Factors of cold items from their texts: a ridge regression with an intercept from text vectors to the factors of warm items,
/// T ≈ 1·t̄ + (V − v̄)R, in the eigenbasis of the centred VᵀV, so that every penalty costs one product and the best one is found by the
/// leave-one-out error, which has a closed form (D. Allen, The relationship between variable selection and data augmentation, Technometrics 16, 1974).
/// </summary>
internal static class TextFactors
{
    private const int MaxFitItems = 20_000;

    /// <summary>Factors and biases in which cold items with a text have theirs; the given ones when there is nothing to do.</summary>
    /// <param name="training">The training.</param>
    /// <param name="warm">Which items were trained.</param>
    /// <param name="y">Y (m, f).</param>
    /// <param name="f">f.</param>
    /// <param name="biases">b (m), or null.</param>
    public static (double[] Y, double[]? B) Fill(Training training, Func<int, bool> warm, double[] y, int f, double[]? biases)
    {
        if (training.Vectors is null) return (y, biases);
        int m = training.Items.Length, d = training.Dimensions, k = f + (biases is null ? 0 : 1);
        int[] said = [.. Enumerable.Range(0, m).Where(i => training.VectorOf(i).ContainsAnyExcept(0f))];
        int[] known = [.. said.Where(warm)], cold = [.. said.Where(i => !warm(i))];
        if (known.Length < 2 || cold.Length == 0 || k == 0) return (y, biases);
        int step = (known.Length + MaxFitItems - 1) / MaxFitItems;
        int[] fit = [.. known.Where((_, n) => n % step == 0)];

        double[] meanVector = new double[d], meanTarget = new double[k];
        foreach (int i in fit)
        {
            ReadOnlySpan<float> v = training.VectorOf(i);
            for (int c = 0; c < d; c++) meanVector[c] += (double)v[c] / fit.Length;
            for (int c = 0; c < k; c++) meanTarget[c] += Target(i, c) / fit.Length;
        }
        double[] z = new double[fit.Length * d], t = new double[fit.Length * k], gram = new double[d * d];
        for (int r = 0; r < fit.Length; r++)
        {
            Centre(fit[r], z.AsSpan(r * d, d));
            for (int c = 0; c < k; c++) t[r * k + c] = Target(fit[r], c) - meanTarget[c];
        }
        NormalEquations.AddOuterProducts(z, d, 1, gram);
        for (int p = 0; p < d; p++)
            for (int q = 0; q < p; q++) gram[p * d + q] = gram[q * d + p];
        double[] values = new double[d], basis = new double[d * d];
        SymmetricEigen.Decompose(gram, d, values, basis);

        double[] turned = new double[fit.Length * d], right = new double[d * k];   // Z·Q and (Z·Q)ᵀT
        for (int r = 0; r < fit.Length; r++)
        {
            Turn(z.AsSpan(r * d, d), turned.AsSpan(r * d, d));
            for (int c = 0; c < d; c++)
                TensorPrimitives.MultiplyAdd(t.AsSpan(r * k, k), turned[r * d + c], right.AsSpan(c * k, k), right.AsSpan(c * k, k));
        }
        double[] best = [], weights = new double[d * k], guess = new double[k];
        double least = double.PositiveInfinity, mean = Math.Max(1e-12, values.Sum(v => Math.Max(0, v)) / d);
        for (int power = -6; power <= 6; power++)
        {
            double lambda = mean * Math.Pow(10, power / 2.0), error = 0;
            for (int c = 0; c < d; c++) TensorPrimitives.Divide(right.AsSpan(c * k, k), Math.Max(0, values[c]) + lambda, weights.AsSpan(c * k, k));
            for (int r = 0; r < fit.Length; r++)
            {
                double leverage = 1.0 / fit.Length;
                guess.AsSpan().Clear();
                for (int c = 0; c < d; c++)
                {
                    double x = turned[r * d + c];
                    leverage += x * x / (Math.Max(0, values[c]) + lambda);
                    TensorPrimitives.MultiplyAdd(weights.AsSpan(c * k, k), x, guess, guess);
                }
                double miss = TensorPrimitives.Distance<double>(t.AsSpan(r * k, k), guess) / Math.Max(1e-9, 1 - leverage);
                error += miss * miss;
            }
            if (!(error < least)) continue;
            least = error;
            best = [.. weights];
        }

        double[] filled = [.. y], vector = new double[d], place = new double[d];
        double[]? bias = biases is null ? null : [.. biases];
        foreach (int i in cold)
        {
            Centre(i, vector);
            Turn(vector, place);
            meanTarget.CopyTo(guess, 0);
            for (int c = 0; c < d; c++) TensorPrimitives.MultiplyAdd(best.AsSpan(c * k, k), place[c], guess, guess);
            guess.AsSpan(0, f).CopyTo(filled.AsSpan(i * f));
            if (bias is not null) bias[i] = guess[f];
        }
        return (filled, bias);

        double Target(int i, int c) => c < f ? y[i * f + c] : biases![i];

        void Centre(int i, Span<double> to)
        {
            ReadOnlySpan<float> v = training.VectorOf(i);
            for (int c = 0; c < d; c++) to[c] = v[c] - meanVector[c];
        }

        void Turn(ReadOnlySpan<double> from, Span<double> to)
        {
            for (int c = 0; c < d; c++) to[c] = TensorPrimitives.Dot(from, basis.AsSpan(c * d, d));
        }
    }
}
