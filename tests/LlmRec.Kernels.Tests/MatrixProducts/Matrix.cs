namespace LlmRec.Kernels.Tests;

/// <summary>A matrix for tests: an array with a stride whose gaps hold a mark.</summary>
internal sealed class Matrix
{
    private const float Mark = 12345;

    public Matrix(int rows, int columns, int? stride = null)
    {
        (Rows, Columns, Stride) = (rows, columns, stride ?? columns);
        Values = new float[rows * Stride];
        for (int i = 0; i < rows; i++) Values.AsSpan(i * Stride + columns, Stride - columns).Fill(Mark);
    }

    public int Rows { get; }

    public int Columns { get; }

    public int Stride { get; }

    public float[] Values { get; }

    public MatrixSpan View => new(Values, Rows, Columns, Stride);

    public ref float this[int i, int j] => ref Values[i * Stride + j];

    public bool GapsAreUntouched
    {
        get
        {
            for (int i = 0; i < Rows; i++)
                if (Values.AsSpan(i * Stride + Columns, Stride - Columns).ContainsAnyExcept(Mark)) return false;
            return true;
        }
    }

    public static Matrix Random(int rows, int columns, int seed, int? stride = null)
    {
        var matrix = new Matrix(rows, columns, stride);
        float[] values = TestVectors.Uniform(rows * columns, seed);
        for (int i = 0; i < rows; i++) values.AsSpan(i * columns, columns).CopyTo(matrix.View.Row(i));
        return matrix;
    }

    public Matrix Transposed()
    {
        var t = new Matrix(Columns, Rows);
        for (int i = 0; i < Rows; i++)
            for (int j = 0; j < Columns; j++) t[j, i] = this[i, j];
        return t;
    }

    public void Fill(float value)
    {
        for (int i = 0; i < Rows; i++) View.Row(i).Fill(value);
    }
}
