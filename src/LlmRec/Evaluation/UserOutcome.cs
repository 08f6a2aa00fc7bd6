namespace LlmRec;

/// <summary>What a model recommended to one user, beside what the user then did.</summary>
public sealed class UserOutcome
{
    internal UserOutcome(DataSplit split, EvaluationWorld world, int user, int[] list, double[] gains, int[] relevant, double[] grades, int[] history)
    {
        Split = split;
        World = world;
        UserNumber = user;
        List = list;
        GainsArray = gains;
        Relevant = relevant;
        GradesArray = grades;
        HistoryItems = history;
    }

    /// <summary>The user's id.</summary>
    public string User => Split.Log.UserTable[UserNumber];

    /// <summary>Ids of the list, best first.</summary>
    public IReadOnlyList<string> Items => [.. List.Select(i => Split.Items[i])];

    /// <summary>At each rank the grade of the item there, 0 when it is not relevant.</summary>
    public ReadOnlySpan<double> Gains => GainsArray;

    /// <summary>Grades of all relevant items, in the order of the items.</summary>
    public ReadOnlySpan<double> RelevantGrades => GradesArray;

    /// <summary>Ids of the relevant items, in the order of the items.</summary>
    public IReadOnlyList<string> RelevantItems => [.. Relevant.Select(i => Split.Items[i])];

    /// <summary>Number of relevant items.</summary>
    public int RelevantCount => Relevant.Length;

    /// <summary>Share of (relevant, other candidate) pairs in the right order, ties half, over all candidates; <see langword="null"/> for a model that only gives lists.</summary>
    public double? Auc { get; internal init; }

    internal DataSplit Split { get; }

    internal EvaluationWorld World { get; }

    internal int UserNumber { get; }

    /// <summary>Item indices, best first.</summary>
    internal int[] List { get; }

    internal double[] GainsArray { get; }

    internal int[] Relevant { get; }

    internal double[] GradesArray { get; }

    /// <summary>Distinct item indices of the history, in ascending order.</summary>
    internal int[] HistoryItems { get; }
}
