namespace LlmRec;

/// <summary>How one model did.</summary>
public sealed class ModelResult
{
    private readonly ModelPicture? _picture;

    internal ModelResult(string name, IReadOnlyList<MetricValue> values, IReadOnlyList<double?[]?> perUser, ModelPicture? picture, TimeSpan time, int users)
    {
        Name = name;
        Values = values;
        PerUserValues = perUser;
        _picture = picture;
        Time = time;
        Users = users;
    }

    /// <summary>The model's name.</summary>
    public string Name { get; }

    /// <summary>Values in the order of the report's metrics.</summary>
    public IReadOnlyList<MetricValue> Values { get; }

    /// <summary>Number of users evaluated.</summary>
    public int Users { get; }

    /// <summary>Time spent in the model's own answers, all threads together.</summary>
    public TimeSpan Time { get; }

    /// <summary>Time of one user's list.</summary>
    public TimeSpan TimePerUser => Users == 0 ? TimeSpan.Zero : Time / Users;

    /// <summary>Time of fitting, when the evaluation did it.</summary>
    public TimeSpan? FitTime { get; internal set; }

    /// <summary>For each metric the values by user, or null for a metric of all lists.</summary>
    internal IReadOnlyList<double?[]?> PerUserValues { get; }

    internal ModelPicture Picture => _picture ?? throw new InvalidOperationException("a search keeps no pictures");
}
