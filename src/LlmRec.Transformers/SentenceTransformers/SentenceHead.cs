using System.Numerics.Tensors;
using LlmRec.Kernels;

namespace LlmRec.Transformers;

/// <summary>What turns the hidden states of a text into its vector: pooling, dense modules, cut, length 1.</summary>
internal sealed class SentenceHead
{
    private readonly Pooling _pooling;
    private readonly DenseModule[] _dense;
    private readonly bool _normalizes;
    private readonly int _widest;

    /// <param name="pooling">The pooling.</param>
    /// <param name="hidden">Width of the hidden states.</param>
    /// <param name="denseFolders">Folders of the dense modules, in order.</param>
    /// <param name="normalizes">Whether vectors are divided by their length.</param>
    /// <param name="dimensions">Dimensions to keep, 0 for all.</param>
    public SentenceHead(Pooling pooling, int hidden, IReadOnlyList<string> denseFolders, bool normalizes, int dimensions)
    {
        _pooling = pooling;
        _normalizes = normalizes;
        int width = _widest = pooling.Modes.Count * hidden;
        _dense = new DenseModule[denseFolders.Count];
        for (int i = 0; i < _dense.Length; i++)
        {
            _dense[i] = DenseModule.Load(denseFolders[i], width);
            width = _dense[i].Outputs;
            _widest = Math.Max(_widest, width);
        }

        if (dimensions < 0 || dimensions > width) throw new ArgumentOutOfRangeException(nameof(dimensions), dimensions, $"the model's vectors have {width} dimensions; from 1 to as many can be kept, 0 keeps all");
        FullDimensions = width;
        Dimensions = dimensions == 0 ? width : dimensions;
    }

    /// <summary>Dimensions of the model's vectors.</summary>
    public int FullDimensions { get; }

    /// <summary>Dimensions that are kept.</summary>
    public int Dimensions { get; }

    public bool IncludesPrompt => _pooling.IncludesPrompt;

    /// <summary>Writes a text's vector.</summary>
    /// <param name="x">Hidden states (t, h).</param>
    /// <param name="prompt">Tokens of the prompt.</param>
    /// <param name="vector">Takes <see cref="Dimensions"/> values.</param>
    /// <param name="unscaled">Whether to leave the length as it is in any case.</param>
    /// <exception cref="ArithmeticException">The vector is not finite.</exception>
    public void Apply(ReadOnlyMatrixSpan x, int prompt, Span<float> vector, bool unscaled = false)
    {
        float[] rented = System.Buffers.ArrayPool<float>.Shared.Rent(2 * _widest);
        Span<float> from = rented.AsSpan(0, _widest), to = rented.AsSpan(_widest, _widest);
        int width = _pooling.Modes.Count * x.Columns;
        _pooling.Apply(x, prompt, from[..width]);
        foreach (DenseModule dense in _dense)
        {
            dense.Apply(new ReadOnlyMatrixSpan(from[..width], 1, width), new(to[..dense.Outputs], 1, dense.Outputs));
            width = dense.Outputs;
            Span<float> spare = from;
            from = to;
            to = spare;
        }

        from[..Dimensions].CopyTo(vector);
        System.Buffers.ArrayPool<float>.Shared.Return(rented);
        double squares = 0;
        foreach (float value in vector) squares += (double)value * value;
        if (!double.IsFinite(squares)) throw new ArithmeticException("a text's vector holds NaN or infinity: the model's weights are damaged, or its values overflow");
        if (_normalizes && !unscaled) TensorPrimitives.Multiply(vector, (float)(1 / Math.Max(Math.Sqrt(squares), 1e-12)), vector);
    }
}
