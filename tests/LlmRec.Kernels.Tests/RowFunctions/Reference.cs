namespace LlmRec.Kernels.Tests;

/// <summary>The functions of rows in double precision, by the book.</summary>
internal static class Reference
{
    public static double Gelu(double x) => 0.5 * x * Erfc(-x / Math.Sqrt(2));

    public static double GeluTanh(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));

    public static double Silu(double x) => x / (1 + Math.Exp(-x));

    public static double[] Softmax(IReadOnlyList<float> x, double scale = 1)
    {
        double max = x.Max();
        double[] e = [.. x.Select(v => Math.Exp(scale * (v - max)))];
        double sum = e.Sum();
        return [.. e.Select(v => v / sum)];
    }

    /// <summary>The complementary error function: its series up to 3, its continued fraction beyond; about 1e-14.</summary>
    public static double Erfc(double x)
    {
        if (x < 0) return 2 - Erfc(-x);
        if (x < 3)
        {
            // erf x = 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (2n+1)!!
            double term = x, sum = x;
            for (int n = 1; n < 200; n++) sum += term *= 2 * x * x / (2 * n + 1);
            return 1 - 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
        }

        double f = x;
        for (int n = 200; n > 0; n--) f = x + n / 2.0 / f;
        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / f;
    }
}
