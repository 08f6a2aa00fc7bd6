using LlmRec.Kernels;

namespace LlmRec.Transformers;

/// <summary>A linear layer y = x·W + b, its weights packed once in the format that was asked for.</summary>
internal sealed class Linear
{
    private readonly PackedMatrix? _single;
    private readonly WinogradMatrix? _paired;
    private readonly BFloat16Matrix? _narrow;
    private readonly QuantizedMatrix? _bytes;
    private readonly float[] _bias; // (outputs), or empty

    /// <param name="weights">(outputs, inputs), or (inputs, outputs) when <paramref name="inputsFirst"/>.</param>
    /// <param name="inputs">Number of inputs.</param>
    /// <param name="outputs">Number of outputs.</param>
    /// <param name="bias">(outputs), or empty.</param>
    /// <param name="format">Format to keep.</param>
    /// <param name="inputsFirst">Whether the weights lie (inputs, outputs).</param>
    /// <param name="memory">Where to put them; null for memory of their own.</param>
    public Linear(ReadOnlySpan<float> weights, int inputs, int outputs, float[] bias, WeightFormat format, bool inputsFirst = false, MatrixMemory? memory = null)
    {
        Inputs = inputs;
        Outputs = outputs;
        _bias = bias;
        ReadOnlyMatrixSpan w = inputsFirst ? new(weights, inputs, outputs) : new(weights, outputs, inputs);
        switch (format)
        {
            case WeightFormat.Int8: _bytes = inputsFirst ? QuantizedMatrix.Pack(w, memory) : QuantizedMatrix.PackTransposed(w, memory); break;
            case WeightFormat.BFloat16: _narrow = inputsFirst ? BFloat16Matrix.Pack(w, memory) : BFloat16Matrix.PackTransposed(w, memory); break;
            case WeightFormat.Float32 when WinogradMatrix.IsFaster: _paired = inputsFirst ? WinogradMatrix.Pack(w, memory) : WinogradMatrix.PackTransposed(w, memory); break;
            default: _single = inputsFirst ? PackedMatrix.Pack(w, memory) : PackedMatrix.PackTransposed(w, memory); break;
        }
    }

    public int Inputs { get; }

    public int Outputs { get; }

    /// <summary>Bytes of weights and bias.</summary>
    public long Bytes => (long)Inputs * Outputs * (_bytes is not null ? 1 : _narrow is not null ? 2 : 4) + (_bytes is not null ? 8L * Outputs : 0) + 4L * _bias.Length;

    /// <summary>y (t, outputs) = activation(x (t, inputs) · W + b) [+ residual (t, outputs), which may be y].</summary>
    public void Apply(ReadOnlyMatrixSpan x, MatrixSpan y, int threads, Activation activation = Activation.None, ReadOnlyMatrixSpan residual = default)
    {
        var options = new ProductOptions { Bias = _bias, Activation = activation, Residual = residual, Threads = threads };
        if (_paired is not null) MatrixProduct.Multiply(x, _paired, y, options);
        else if (_single is not null) MatrixProduct.Multiply(x, _single, y, options);
        else if (_narrow is not null) MatrixProduct.Multiply(x, _narrow, y, options);
        else MatrixProduct.Multiply(x, _bytes!, y, options);
    }
}
