using System.Numerics.Tensors;
using LlmRec.Kernels;

namespace LlmRec.Transformers;

/// <summary>A dense module after the pooling: y = f(x·W + b).</summary>
internal sealed class DenseModule
{
    private readonly Linear _linear;
    private readonly string _function;

    private DenseModule(Linear linear, string function)
    {
        _linear = linear;
        _function = function;
    }

    public int Outputs => _linear.Outputs;

    /// <summary>Reads a module's folder: <c>config.json</c> and <c>model.safetensors</c>.</summary>
    public static DenseModule Load(string folder, int inputs)
    {
        ConfigObject c = ConfigObject.Load(Path.Combine(folder, "config.json"));
        int own = c.Int("in_features"), outputs = c.Int("out_features", most: 1 << 20);
        if (own != inputs) throw new InvalidDataException($"{c.Where}: the dense module takes {own} dimensions, the module before it gives {inputs}");
        string path = c.String("activation_function") ?? "torch.nn.modules.activation.Tanh";
        string function = path[(path.LastIndexOf('.') + 1)..];
        if (function is not ("Identity" or "Tanh" or "ReLU" or "GELU" or "SiLU" or "Sigmoid"))
            throw new InvalidDataException($"{c.Where}: the activation '{path}' is not supported; supported are Identity, Tanh, ReLU, GELU, SiLU and Sigmoid");
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        float[] bias = c.Bool("bias", true) ? checkpoint.ReadFloats("linear.bias", outputs) : [];
        return new(new(checkpoint.ReadFloats("linear.weight", outputs, inputs), inputs, outputs, bias, WeightFormat.Float32), function);
    }

    /// <summary>y (n, outputs) from x (n, inputs).</summary>
    public void Apply(ReadOnlyMatrixSpan x, MatrixSpan y)
    {
        _linear.Apply(x, y, 1);
        for (int i = 0; i < y.Rows; i++)
        {
            Span<float> row = y.Row(i);
            switch (_function)
            {
                case "Tanh": TensorPrimitives.Tanh(row, row); break;
                case "ReLU": TensorPrimitives.Max(row, 0, row); break;
                case "GELU": RowFunctions.Gelu(row, row); break;
                case "SiLU": RowFunctions.Silu(row, row); break;
                case "Sigmoid": TensorPrimitives.Sigmoid(row, row); break;
            }
        }
    }
}
