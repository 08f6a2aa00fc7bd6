namespace LlmRec.Kernels.Tests.Hnsw;

/// <summary>Rows shaped like embeddings: a mixture of clusters, so that neighbours exist. Queries come from the same mixture.</summary>
internal static class HnswRowsOf
{
    public static RowMatrix Clusters(int rows, int columns, int seed, int clusters = 40, double lengths = 0)
    {
        var centres = new Random(1);
        float[] middle = [.. Enumerable.Range(0, clusters * columns).Select(_ => Gaussian(centres))];
        var random = new Random(seed);
        var matrix = new RowMatrix(rows, columns);
        for (int i = 0; i < rows; i++)
        {
            int cluster = random.Next(clusters);
            Span<float> row = matrix.Row(i);
            for (int j = 0; j < columns; j++)
                row[j] = middle[cluster * columns + j] + 0.7f * Gaussian(random);
            LlmRec.Kernels.Similarity.Normalize(row, row);
            float length = (float)Math.Exp(lengths * Gaussian(random));
            foreach (ref float x in row)
                x *= length;
        }
        return matrix;
    }

    private static float Gaussian(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
