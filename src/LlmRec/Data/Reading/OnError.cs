namespace LlmRec;

/// <summary>What reading does with a row it cannot take as it stands.</summary>
public enum OnError
{
    /// <summary>The load fails with an <see cref="InvalidDataException"/> that lists the first ten such rows.</summary>
    Throw = 0,

    /// <summary>The row is left out and listed in <see cref="ReadOptions.Report"/>.</summary>
    Skip = 1,
}
