using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>The mean loss of blocks as a function of the weights of standardised features, with its gradient.</summary>
/// <remarks>Blocks are summed in fixed groups whose sums are added in order, so the threads leave no trace in the result.</remarks>
internal sealed class LinearObjective
{
    private const int Groups = 64;

    private readonly TrainingBlock[] _blocks;
    private readonly double[] _scale;   // multiplies a raw feature
    private readonly LinearScoringOptions _options;
    private readonly bool _bias;
    private readonly double[] _prior;

    /// <summary>Prepares an objective.</summary>
    /// <param name="blocks">The examples.</param>
    /// <param name="scale">Factor of each raw feature; 0 switches a feature off.</param>
    /// <param name="prior">Where the penalty pulls, in standardised weights.</param>
    /// <param name="options">Loss, penalty, threads.</param>
    /// <param name="bias">True when a bias follows the weights.</param>
    public LinearObjective(TrainingBlock[] blocks, double[] scale, double[] prior, LinearScoringOptions options, bool bias)
    {
        _blocks = blocks;
        _scale = scale;
        _prior = prior;
        _options = options;
        _bias = bias;
    }

    /// <summary>Value with penalty, and gradient.</summary>
    public double Evaluate(double[] x, double[] gradient)
    {
        double loss = Loss(x, gradient);
        for (int f = 0; f < _scale.Length; f++)
        {
            double away = x[f] - _prior[f];
            loss += 0.5 * _options.L2 * away * away;
            gradient[f] += _options.L2 * away;
        }
        return loss;
    }

    /// <summary>Mean loss without penalty; fills the gradient when one is given.</summary>
    public double Loss(double[] x, double[]? gradient = null)
    {
        int features = _scale.Length, size = features + (_bias ? 1 : 0);
        var losses = new double[Groups];
        var gradients = new double[Groups][];
        var weights = new float[features];
        for (int f = 0; f < features; f++) weights[f] = (float)(x[f] * _scale[f]);
        float bias = _bias ? (float)x[features] : 0f;

        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.Threads > 0 ? _options.Threads : Environment.ProcessorCount };
        Parallel.For(0, Groups, parallel, group =>
        {
            int start = (int)((long)_blocks.Length * group / Groups), end = (int)((long)_blocks.Length * (group + 1) / Groups);
            double[] sums = gradients[group] = new double[size];
            float[] scores = [], slopes = [];
            for (int b = start; b < end; b++)
            {
                TrainingBlock block = _blocks[b];
                int n = block.Count;
                if (scores.Length < n) (scores, slopes) = (new float[n], new float[n]);
                Span<float> s = scores.AsSpan(0, n), d = slopes.AsSpan(0, n);
                s.Fill(bias);
                for (int f = 0; f < features; f++)
                    if (weights[f] != 0) TensorPrimitives.MultiplyAdd(block.Column(f), weights[f], s, s);
                losses[group] += ScoreLoss.Evaluate(_options.Loss, s, block.Labels, block.LogWeights, _options.PositiveWeight, d);
                if (gradient is null) continue;
                for (int f = 0; f < features; f++)
                    if (_scale[f] != 0) sums[f] += TensorPrimitives.Dot(block.Column(f), d);
                if (_bias) sums[features] += TensorPrimitives.Sum<float>(d);
            }
        });

        double total = 0;
        gradient?.AsSpan().Clear();
        for (int g = 0; g < Groups; g++)
        {
            total += losses[g];
            for (int f = 0; gradient is not null && f < size; f++)
                gradient[f] += gradients[g][f] * (f < features ? _scale[f] : 1) / _blocks.Length;
        }
        return total / Math.Max(1, _blocks.Length);
    }

    /// <summary>One over the standard deviation of each feature over all items of all blocks; 0 for a feature that never varies.</summary>
    public static double[] Scales(TrainingBlock[] blocks, int features)
    {
        var scale = new double[features];
        for (int f = 0; f < features; f++)
        {
            double sum = 0, squares = 0;
            long n = 0;
            foreach (TrainingBlock block in blocks)
            {
                sum += TensorPrimitives.Sum(block.Column(f));
                squares += TensorPrimitives.SumOfSquares(block.Column(f));
                n += block.Count;
            }
            double mean = sum / Math.Max(1, n), variance = squares / Math.Max(1, n) - mean * mean;
            scale[f] = variance > 1e-10 * Math.Max(1e-12, squares / Math.Max(1, n)) ? 1 / Math.Sqrt(variance) : 0;
        }
        return scale;
    }
}
