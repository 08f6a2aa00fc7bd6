using System.Runtime.InteropServices;
using LlmRec.Kernels;

namespace LlmRec.Perf;

/// <summary>Rows to work on: drawn from a seed, or read from a file of packed little-endian float32 values.</summary>
internal static class Vectors
{
    /// <summary>Unit rows from a mixture of gaussians (within-cluster deviation 0.7 of the centres'), the shape embeddings have.</summary>
    /// <param name="n">Rows.</param>
    /// <param name="d">Columns.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="centres">Seed of the centres, the same for a catalog and its queries.</param>
    public static RowMatrix Clustered(int n, int d, int seed, int centres = 7)
    {
        const int clusters = 1000;
        var middle = new float[clusters * d];
        Gaussian(new Random(centres), middle);
        var random = new Random(seed);
        var rows = new RowMatrix(n, d);
        for (int i = 0; i < n; i++)
        {
            Span<float> row = rows.Row(i);
            ReadOnlySpan<float> centre = middle.AsSpan(random.Next(clusters) * d, d);
            Gaussian(random, row);
            double norm = 0;
            for (int j = 0; j < d; j++)
            {
                row[j] = centre[j] + 0.7f * row[j];
                norm += (double)row[j] * row[j];
            }
            float inverse = (float)(1 / Math.Sqrt(norm));
            for (int j = 0; j < d; j++)
                row[j] *= inverse;
        }
        return rows;
    }

    /// <summary>Unit rows drawn evenly from a cube: no structure at all, the hardest case for a coarse search.</summary>
    public static RowMatrix Uniform(int n, int d, int seed)
    {
        var random = new Random(seed);
        var rows = new RowMatrix(n, d);
        for (int i = 0; i < n; i++)
        {
            Span<float> row = rows.Row(i);
            float square = 0;
            foreach (ref float v in row)
            {
                v = random.NextSingle() - 0.5f;
                square += v * v;
            }
            float inverse = 1 / MathF.Sqrt(square);
            foreach (ref float v in row) v *= inverse;
        }
        return rows;
    }

    /// <summary>The first <paramref name="n"/> rows of a file.</summary>
    public static RowMatrix Read(string path, int d, int n = int.MaxValue)
    {
        long inFile = new FileInfo(path).Length / (sizeof(float) * d);
        var rows = new RowMatrix((int)Math.Min(inFile, n), d);
        using FileStream file = File.OpenRead(path);
        for (int i = 0; i < rows.Rows; i++)
            file.ReadExactly(MemoryMarshal.AsBytes(rows.Row(i)));
        return rows;
    }

    private static void Gaussian(Random random, Span<float> values)
    {
        for (int i = 0; i < values.Length; i += 2)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())), angle = 2 * Math.PI * random.NextDouble();
            values[i] = (float)(radius * Math.Cos(angle));
            if (i + 1 < values.Length)
                values[i + 1] = (float)(radius * Math.Sin(angle));
        }
    }
}
