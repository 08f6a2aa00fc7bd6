namespace DistillMiniLM;

/// <summary>The error function to the last digits of a double, without a table: its power series inside, its continued fraction outside.</summary>
internal static class ErrorFunction
{
    public static double Erf(double x)
    {
        double a = Math.Abs(x);
        double y = a < 2.5 ? Series(a) : a > 6 ? 1 : 1 - Complement(a);
        return x < 0 ? -y : y;
    }

    // erf x = 2/√π · exp(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1)); all terms are positive, so nothing cancels (Abramowitz and Stegun 7.1.6)
    private static double Series(double x)
    {
        double term = x, sum = x;
        for (int n = 1; term > sum * 1e-18; n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    // erfc x = exp(−x²)/√π · 1/(x + ½/(x + 1/(x + 3/2/(x + …)))) (7.1.14), from far inside
    private static double Complement(double x)
    {
        double fraction = x;
        for (int k = 120; k >= 1; k--) fraction = x + k / 2.0 / fraction;
        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / fraction;
    }
}
