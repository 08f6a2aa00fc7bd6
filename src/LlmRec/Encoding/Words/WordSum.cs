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
        for (int i = 0; i < values.Length; i++) values[i] += weight * vector[i];
        Count += times;
    }
}
