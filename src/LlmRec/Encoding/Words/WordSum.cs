using System.Numerics;

namespace LlmRec;

/// <summary>A weighted sum of word vectors in double precision, reused from text to text.</summary>
internal sealed class WordSum(int dimensions)
{
    public double[] Values { get; } = new double[dimensions];

    /// <summary>How many words were added, each as often as it counts.</summary>
    public double Count { get; private set; }

    public void Clear()
    {
        Array.Clear(Values);
        Count = 0;
    }

    public void Add(ReadOnlySpan<float> vector, double times, double weight)
    {
        Span<double> values = Values;
        int i = 0, lanes = Vector<double>.Count;
        if (Vector.IsHardwareAccelerated)
        {
            var w = new Vector<double>(weight);
            for (; i + 2 * lanes <= values.Length; i += 2 * lanes)
            {
                // 2 · lanes float32 become two registers of float64; products are rounded before they are added, as below
                Vector.Widen(new Vector<float>(vector[i..]), out Vector<double> low, out Vector<double> high);
                (new Vector<double>(values[i..]) + w * low).CopyTo(values[i..]);
                (new Vector<double>(values[(i + lanes)..]) + w * high).CopyTo(values[(i + lanes)..]);
            }
        }
        AddScalar(vector, weight, i);
        Count += times;
    }

    /// <summary>The same from a place on, one value after the other.</summary>
    internal void AddScalar(ReadOnlySpan<float> vector, double weight, int from)
    {
        for (int i = from; i < Values.Length; i++) Values[i] += weight * vector[i];
    }
}
