namespace LlmRec;

/// <summary>The few distribution functions that paired tests need, to about 1e-13 relative.</summary>
internal static class SpecialFunctions
{
    /// <summary>ln Γ(x) for x &gt; 0 (Lanczos, g = 7, nine terms).</summary>
    public static double LogGamma(double x)
    {
        ReadOnlySpan<double> c =
        [
            0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
            12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
        ];
        if (x < 0.5) return Math.Log(Math.PI / Math.Sin(Math.PI * x)) - LogGamma(1 - x);
        x--;
        double sum = c[0], t = x + 7.5;
        for (int i = 1; i < c.Length; i++) sum += c[i] / (x + i);
        return 0.5 * Math.Log(2 * Math.PI) + (x + 0.5) * Math.Log(t) - t + Math.Log(sum);
    }

    /// <summary>Two-sided tail of the normal distribution, P(|Z| ≥ |z|) = erfc(|z| / √2).</summary>
    public static double NormalTwoSided(double z)
    {
        double x = z * z / 2;   // erfc(√x) is the upper incomplete gamma function Q(½, x)
        if (x < 1.5)
        {
            double term = 2, sum = 2;   // P(½, x) = e⁻ˣ √x / Γ(½) · Σ xⁿ / (½ · 3/2 ⋯ (½ + n))
            for (int n = 1; n < 500; n++)
            {
                term *= x / (0.5 + n);
                sum += term;
                if (term < sum * 1e-17) break;
            }
            return 1 - sum * Math.Exp(-x) * Math.Sqrt(x / Math.PI);
        }
        // Continued fraction of Q(½, x), evaluated by Lentz's method.
        const double Tiny = 1e-300;
        double b = x + 0.5, c = 1 / Tiny, d = 1 / b, h = d;
        for (int i = 1; i < 1000; i++)
        {
            double a = -i * (i - 0.5);
            b += 2;
            d = 1 / Safe(a * d + b);
            c = Safe(b + a / c);
            double step = d * c;
            h *= step;
            if (Math.Abs(step - 1) < 1e-16) break;
        }
        return h * Math.Exp(-x) * Math.Sqrt(x / Math.PI);

        static double Safe(double v) => Math.Abs(v) < Tiny ? Tiny : v;
    }

    /// <summary>Two-sided tail of Student's distribution, P(|T| ≥ |t|) with ν degrees of freedom: I_{ν/(ν+t²)}(ν/2, ½).</summary>
    public static double StudentTwoSided(double t, double degrees) => IncompleteBeta(degrees / 2, 0.5, degrees / (degrees + t * t), t * t / (degrees + t * t));

    /// <summary>Regularised incomplete beta function I_x(a, b); y = 1 − x is given so that no digits are lost.</summary>
    private static double IncompleteBeta(double a, double b, double x, double y)
    {
        if (x <= 0) return 0;
        if (y <= 0) return 1;
        double front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + a * Math.Log(x) + b * Math.Log(y));
        return x < (a + 1) / (a + b + 2) ? front * Fraction(a, b, x) / a : 1 - front * Fraction(b, a, y) / b;
    }

    private static double Fraction(double a, double b, double x)
    {
        const double Tiny = 1e-300;
        double c = 1, d = 1 / Safe(1 - (a + b) * x / (a + 1)), h = d;
        for (int m = 1; m < 10_000; m++)
        {
            double step = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / Safe(1 + step * d);
            c = Safe(1 + step / c);
            h *= d * c;
            step = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / Safe(1 + step * d);
            c = Safe(1 + step / c);
            double factor = d * c;
            h *= factor;
            if (Math.Abs(factor - 1) < 1e-16) break;
        }
        return h;

        static double Safe(double v) => Math.Abs(v) < Tiny ? Tiny : v;
    }
}
