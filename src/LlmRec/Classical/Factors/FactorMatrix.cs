using LlmRec.Kernels;

namespace LlmRec;

/// <summary>Factors between float64, row after row, and aligned float32 rows.</summary>
internal static class FactorMatrix
{
    /// <summary>Rounds to float32.</summary>
    public static RowMatrix Narrow(ReadOnlySpan<double> factors, int columns)
    {
        var narrow = new RowMatrix(factors.Length / columns, columns);
        for (int i = 0; i < narrow.Rows; i++)
        {
            Span<float> row = narrow.Row(i);
            for (int k = 0; k < columns; k++) row[k] = (float)factors[i * columns + k];
        }
        return narrow;
    }

    /// <summary>The same values in float64.</summary>
    public static double[] Widen(RowMatrix factors)
    {
        double[] wide = new double[factors.Rows * factors.Columns];
        for (int i = 0; i < factors.Rows; i++)
        {
            Span<float> row = factors.Row(i);
            for (int k = 0; k < row.Length; k++) wide[i * row.Length + k] = row[k];
        }
        return wide;
    }
}
