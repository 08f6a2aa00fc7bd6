namespace LlmRec.Kernels.Tests;

/// <summary>Seeded vectors for tests.</summary>
internal static class TestVectors
{
    public static float[] Uniform(int n, int seed)
    {
        var random = new Random(seed);
        var x = new float[n];
        for (int i = 0; i < n; i++) x[i] = (float)(random.NextDouble() * 2 - 1);
        return x;
    }

    /// <summary>Rows of unit length.</summary>
    public static RowMatrix Unit(int rows, int columns, int seed)
    {
        var matrix = RowMatrix.From(Uniform(rows * columns, seed), columns);
        for (int i = 0; i < rows; i++) LlmRec.Kernels.Similarity.Normalize(matrix.Row(i), matrix.Row(i));
        return matrix;
    }

    /// <summary>Rows of small whole numbers: products are exact in any order, and ties are common.</summary>
    public static RowMatrix Whole(int rows, int columns, int seed, int limit = 2)
    {
        var random = new Random(seed);
        var matrix = new RowMatrix(rows, columns);
        for (int i = 0; i < rows; i++)
            foreach (ref float v in matrix.Row(i)) v = random.Next(-limit, limit + 1);
        return matrix;
    }

    public static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++) sum += (double)x[i] * y[i];
        return sum;
    }
}
