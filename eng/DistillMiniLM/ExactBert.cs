using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using LlmRec.Transformers;

namespace DistillMiniLM;

/// <summary>
/// BERT in double precision, for [CLS] token [SEP] and the mean of the three positions. It is here for one reason: in float32 the last bits
/// depend on the order of summation, so on the processor and on every change of a kernel, and with them some of the bytes that are made of
/// the vectors. In double precision they differ a billion times less than a byte can show.
/// </summary>
internal sealed class ExactBert
{
    private const int T = 3;   // positions

    private static readonly int Width = 2 * Vector<double>.Count;

    private readonly TransformerConfig _config;
    private readonly double[] _words, _positions, _types;
    private readonly Norm _embeddingNorm;
    private readonly Layer[] _layers;

    // weights lie in panels of Width outputs, (outputs / Width, inputs, Width), so that a product reads them in a row
    private sealed record Matrix(double[] Weights, double[] Bias, int Inputs, int Outputs);

    private sealed record Norm(double[] Scale, double[] Shift);

    private sealed record Layer(Matrix Query, Matrix Key, Matrix Value, Matrix Output, Norm First, Matrix Up, Matrix Down, Norm Second);

    public ExactBert(string folder)
    {
        _config = TransformerConfig.Load(folder);
        using Checkpoint c = Checkpoint.Open(folder);
        int h = _config.HiddenSize, i = _config.IntermediateSize;
        _words = Doubles(c, "embeddings.word_embeddings.weight");
        _positions = Doubles(c, "embeddings.position_embeddings.weight");
        _types = Doubles(c, "embeddings.token_type_embeddings.weight");
        _embeddingNorm = ReadNorm(c, "embeddings.LayerNorm");
        _layers = [.. Enumerable.Range(0, _config.Layers).Select(l => $"encoder.layer.{l}.").Select(p => new Layer(
            ReadMatrix(c, p + "attention.self.query", h, h), ReadMatrix(c, p + "attention.self.key", h, h), ReadMatrix(c, p + "attention.self.value", h, h),
            ReadMatrix(c, p + "attention.output.dense", h, h), ReadNorm(c, p + "attention.output.LayerNorm"),
            ReadMatrix(c, p + "intermediate.dense", h, i), ReadMatrix(c, p + "output.dense", i, h), ReadNorm(c, p + "output.LayerNorm")))];
    }

    public int Dimensions => _config.HiddenSize;

    /// <summary>The mean hidden states of [first] token [last] for each token.</summary>
    /// <param name="tokens">n token ids.</param>
    /// <param name="first">The token before.</param>
    /// <param name="last">The token behind.</param>
    /// <param name="means">Receives (n, h).</param>
    public void Encode(ReadOnlySpan<int> tokens, int first, int last, Span<float> means)
    {
        int n = tokens.Length, h = _config.HiddenSize, heads = _config.Heads, size = h / heads, rows = n * T;
        double[] x = new double[rows * h], q = new double[rows * h], k = new double[rows * h], v = new double[rows * h], a = new double[rows * h], u = new double[rows * _config.IntermediateSize];
        for (int r = 0; r < rows; r++)
        {
            int token = (r % T) switch { 0 => first, 1 => tokens[r / T], _ => last };
            for (int j = 0; j < h; j++) x[r * h + j] = _words[token * h + j] + _positions[r % T * h + j] + _types[j];
        }
        Normalize(x, _embeddingNorm, h);
        Span<double> p = stackalloc double[T];
        foreach (Layer layer in _layers)
        {
            Multiply(x, layer.Query, q);
            Multiply(x, layer.Key, k);
            Multiply(x, layer.Value, v);
            Array.Clear(a);
            for (int r = 0; r < rows; r++)
                for (int head = 0; head < heads; head++)
                {
                    int from = r / T * T, at = head * size;
                    // softmax(q·k / √size)
                    for (int t = 0; t < T; t++) p[t] = TensorPrimitives.Dot<double>(q.AsSpan(r * h + at, size), k.AsSpan((from + t) * h + at, size)) / Math.Sqrt(size);
                    double most = Math.Max(p[0], Math.Max(p[1], p[2]));
                    for (int t = 0; t < T; t++) p[t] = Math.Exp(p[t] - most);
                    double sum = p[0] + p[1] + p[2];
                    for (int t = 0; t < T; t++)
                        for (int j = 0; j < size; j++) a[r * h + at + j] += p[t] / sum * v[(from + t) * h + at + j];
                }
            Multiply(a, layer.Output, q);
            Add(x, q);
            Normalize(x, layer.First, h);
            Multiply(x, layer.Up, u);
            for (int j = 0; j < u.Length; j++) u[j] *= 0.5 * (1 + ErrorFunction.Erf(u[j] / Math.Sqrt(2)));
            Multiply(u, layer.Down, q);
            Add(x, q);
            Normalize(x, layer.Second, h);
        }
        for (int i = 0; i < n; i++)
            for (int j = 0; j < h; j++) means[i * h + j] = (float)((x[i * T * h + j] + x[(i * T + 1) * h + j] + x[(i * T + 2) * h + j]) / T);
    }

    /// <summary>y (rows, outputs) = x (rows, inputs) · W + b: three rows and a pair of vectors of outputs at a time in registers.</summary>
    private static void Multiply(double[] x, Matrix m, double[] y)
    {
        int inputs = m.Inputs, outputs = m.Outputs, rows = x.Length / inputs, half = Vector<double>.Count;
        for (int o = 0; o < outputs; o += Width)
            for (int r = 0; r < rows; r += T)
            {
                ref double w = ref m.Weights[o * inputs];
                ref double x0 = ref x[r * inputs], x1 = ref x[(r + 1) * inputs], x2 = ref x[(r + 2) * inputs];
                Vector<double> a0 = new(m.Bias, o), b0 = new(m.Bias, o + half), a1 = a0, b1 = b0, a2 = a0, b2 = b0;
                for (int i = 0; i < inputs; i++)
                {
                    Vector<double> w0 = Vector.LoadUnsafe(ref w, (nuint)(i * Width)), w1 = Vector.LoadUnsafe(ref w, (nuint)(i * Width + half));
                    Vector<double> v0 = new(Unsafe.Add(ref x0, i)), v1 = new(Unsafe.Add(ref x1, i)), v2 = new(Unsafe.Add(ref x2, i));
                    a0 = Vector.FusedMultiplyAdd(v0, w0, a0);
                    b0 = Vector.FusedMultiplyAdd(v0, w1, b0);
                    a1 = Vector.FusedMultiplyAdd(v1, w0, a1);
                    b1 = Vector.FusedMultiplyAdd(v1, w1, b1);
                    a2 = Vector.FusedMultiplyAdd(v2, w0, a2);
                    b2 = Vector.FusedMultiplyAdd(v2, w1, b2);
                }
                int to = r * outputs + o;
                a0.CopyTo(y, to);
                b0.CopyTo(y, to + half);
                a1.CopyTo(y, to + outputs);
                b1.CopyTo(y, to + outputs + half);
                a2.CopyTo(y, to + 2 * outputs);
                b2.CopyTo(y, to + 2 * outputs + half);
            }
    }

    private static void Add(double[] x, double[] y)
    {
        for (int i = 0; i < x.Length; i++) x[i] += y[i];
    }

    private void Normalize(double[] x, Norm norm, int h)
    {
        for (int from = 0; from < x.Length; from += h)
        {
            Span<double> row = x.AsSpan(from, h);
            double mean = 0, variance = 0;
            foreach (double value in row) mean += value / h;
            foreach (double value in row) variance += (value - mean) * (value - mean) / h;
            double scale = 1 / Math.Sqrt(variance + _config.NormEpsilon);
            for (int j = 0; j < h; j++) row[j] = (row[j] - mean) * scale * norm.Scale[j] + norm.Shift[j];
        }
    }

    private static Matrix ReadMatrix(Checkpoint c, string name, int inputs, int outputs)
    {
        float[] w = c.ReadFloats(name + ".weight", outputs, inputs);
        if (outputs % Width != 0) throw new InvalidDataException($"'{name}' has {outputs} outputs, no multiple of {Width}");
        var panels = new double[w.Length];
        for (int o = 0; o < outputs; o++)
            for (int i = 0; i < inputs; i++) panels[o / Width * Width * inputs + i * Width + o % Width] = w[o * inputs + i];
        return new(panels, Doubles(c, name + ".bias"), inputs, outputs);
    }

    private static Norm ReadNorm(Checkpoint c, string name) => new(Doubles(c, name + ".weight"), Doubles(c, name + ".bias"));

    private static double[] Doubles(Checkpoint c, string name) => Array.ConvertAll(c.ReadFloats(name), x => (double)x);
}
