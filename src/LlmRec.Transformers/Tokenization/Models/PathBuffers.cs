namespace LlmRec.Transformers;

/// <summary>Working memory of the Viterbi search: the best path that ends before each unit of the word.</summary>
internal sealed class PathBuffers
{
    /// <summary>Score of the best path, the token it ends with, and where that token begins (-1: no path yet).</summary>
    public double[] Scores = [];
    public int[] Ids = [], Starts = [];

    public int Capacity => Scores.Length;

    public void Reserve(int length)
    {
        if (Scores.Length >= length) return;
        int size = Math.Max(length, Math.Max(64, Scores.Length * 2));
        (Scores, Ids, Starts) = (new double[size], new int[size], new int[size]);
    }
}
