namespace LlmRec;

/// <summary>How a column writes its times.</summary>
public enum TimeFormat
{
    /// <summary>Seconds since 1970-01-01 UTC, with or without decimals.</summary>
    Seconds = 0,

    /// <summary>Milliseconds since 1970-01-01 UTC.</summary>
    Milliseconds = 1,

    /// <summary>Microseconds since 1970-01-01 UTC; kept to the millisecond.</summary>
    Microseconds = 2,

    /// <summary><c>2024-01-31</c>, <c>2024-01-31 12:30:00</c>, <c>2024-01-31T12:30:00.5+02:00</c>; UTC when no offset is written.</summary>
    Iso8601 = 3,
}
