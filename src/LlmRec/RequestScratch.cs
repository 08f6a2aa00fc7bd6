using LlmRec.Kernels;

namespace LlmRec;

/// <summary>All the buffers of one request, grown as needed and used again, so that a warm request allocates only its answer.</summary>
internal sealed class RequestScratch
{
    public UserProfile Profile { get; } = new();

    public Candidates Candidates { get; } = new();

    public RankedCandidates Ranked { get; } = new();

    public UserProfile[] One { get; }

    /// <summary>Handles that may be recommended.</summary>
    public ulong[] Allowed = [];

    /// <summary>Handles that are candidates already.</summary>
    public ulong[] Taken = [];

    /// <summary>True when <see cref="TextVector"/> holds the user's words.</summary>
    public bool HasText;

    public float[] TextVector = [];
    public float[] QueryVectors = [];
    public float[] QueryWeights = [];
    public Hit[] Hits = [];
    public int[] Handles = [];
    public float[] Scores = [];
    public float[] Contributions = [];
    public float[] PoolScores = [];
    public float[] PoolVectors = [];
    public Pick[] Picks = [];
    public Hit[] ChosenHits = [];
    public float[] HistoryShares = [];
    public List<Item> PoolItems { get; } = [];

    public RequestScratch() => One = [Profile];

    /// <summary>The first <paramref name="length"/> elements of a buffer that is at least that long.</summary>
    public static Span<T> Of<T>(ref T[] buffer, int length)
    {
        if (buffer.Length < length) buffer = new T[Math.Max(length, buffer.Length * 2)];
        return buffer.AsSpan(0, length);
    }
}
