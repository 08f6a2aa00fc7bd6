using System.Numerics.Tensors;
using LlmRec.Kernels;

namespace LlmRec;

/// <summary>One power iteration of XᵀX from directions that are nearly right: Q = orth(XᵀX V), then the best basis of its span (Rayleigh and Ritz).</summary>
internal static class SubspaceStep
{
    /// <param name="x">X (rows, m).</param>
    /// <param name="v">V (m, k).</param>
    /// <param name="k">k.</param>
    /// <returns>V (m, k) and the singular values, largest first; a direction that vanished is 0.</returns>
    public static (double[] V, double[] Sigma) From(SparseMatrix x, double[] v, int k)
    {
        int m = x.Columns;
        double[] q = Product(x, v, k);
        Orthonormalise(q, k);
        // the Gram matrix of XQ: (XQ)ᵀ(XQ) = Qᵀ(XᵀX Q)
        double[] image = Product(x, q, k), gram = new double[k * k], values = new double[k], vectors = new double[k * k];
        for (int i = 0; i < m; i++)
            for (int a = 0; a < k; a++)
                if (q[i * k + a] is not 0 and var w) TensorPrimitives.MultiplyAdd(image.AsSpan(i * k, k), w, gram.AsSpan(a * k, k), gram.AsSpan(a * k, k));
        for (int a = 0; a < k; a++)
            for (int b = 0; b < a; b++) gram[a * k + b] = gram[b * k + a] = (gram[a * k + b] + gram[b * k + a]) / 2;
        SymmetricEigen.Decompose(gram, k, values, vectors);
        double[] turned = new double[m * k], sigma = new double[k];
        for (int a = 0; a < k; a++) sigma[a] = Math.Sqrt(Math.Max(0, values[a]));
        for (int i = 0; i < m; i++)
            for (int a = 0; a < k; a++) turned[i * k + a] = TensorPrimitives.Dot<double>(q.AsSpan(i * k, k), vectors.AsSpan(a * k, k));
        return (turned, sigma);
    }

    /// <summary>XᵀX V, a row of X at a time.</summary>
    private static double[] Product(SparseMatrix x, double[] v, int k)
    {
        double[] product = new double[v.Length], row = new double[k];
        for (int r = 0; r < x.Rows; r++)
        {
            ReadOnlySpan<int> columns = x.ColumnsOf(r);
            row.AsSpan().Clear();
            foreach (int c in columns) TensorPrimitives.Add<double>(row, v.AsSpan(c * k, k), row);
            foreach (int c in columns) TensorPrimitives.Add(product.AsSpan(c * k, k), row, product.AsSpan(c * k, k));
        }
        return product;
    }

    /// <summary>Gram and Schmidt, twice, which is as good as Householder (Kahan and Parlett).</summary>
    private static void Orthonormalise(double[] q, int k)
    {
        int m = q.Length / Math.Max(1, k);
        double[] column = new double[m], dots = new double[k];
        for (int a = 0; a < k; a++)
        {
            for (int i = 0; i < m; i++) column[i] = q[i * k + a];
            double before = TensorPrimitives.Norm<double>(column);
            for (int pass = 0; pass < 2; pass++)
            {
                dots.AsSpan().Clear();
                for (int i = 0; i < m; i++) TensorPrimitives.MultiplyAdd(q.AsSpan(i * k, a), column[i], dots.AsSpan(0, a), dots.AsSpan(0, a));
                for (int i = 0; i < m; i++) column[i] -= TensorPrimitives.Dot<double>(q.AsSpan(i * k, a), dots.AsSpan(0, a));
            }
            double norm = TensorPrimitives.Norm<double>(column);
            for (int i = 0; i < m; i++) q[i * k + a] = norm > 1e-12 * before && norm > 0 ? column[i] / norm : 0;
        }
    }
}
