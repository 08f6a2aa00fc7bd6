using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace LlmRec;

/// <summary>Times of one column: finds out from the first how they are written, and holds the others to it.</summary>
internal sealed class TimeParser(TimeFormat? format, DateTimeOffset? earliest, DateTimeOffset? latest)
{
    private static readonly SearchValues<byte> s_digits = SearchValues.Create("0123456789."u8);

    private readonly long _earliest = earliest?.ToUnixTimeMilliseconds() ?? long.MinValue;
    private readonly long _latest = latest?.ToUnixTimeMilliseconds() ?? long.MaxValue;
    private readonly bool _given = format is not null;
    private TimeFormat? _format = format;

    /// <summary>How the column is written, as far as it is known.</summary>
    public TimeFormat? Format => _format;

    /// <summary>Unix milliseconds, rounded down; or what is wrong.</summary>
    public string? TryParse(ReadOnlySpan<byte> text, out long milliseconds)
    {
        string? wrong = IsNumber(text)
            ? TryParseNumber(text, out milliseconds)
            : TryParseIso(text, out milliseconds);
        if (wrong is not null) return wrong;
        if (milliseconds < _earliest) return $"the time {Show(text)} is before {earliest:yyyy-MM-dd HH:mm:ss} UTC, the Earliest allowed";
        return milliseconds > _latest ? $"the time {Show(text)} is after {latest:yyyy-MM-dd HH:mm:ss zzz}, the Latest allowed" : null;
    }

    private string? TryParseIso(ReadOnlySpan<byte> text, out long milliseconds)
    {
        if (!IsoTime.TryParse(text, out milliseconds))
            return $"{Show(text)} is not a time: give seconds, milliseconds or microseconds since 1970, or ISO 8601 such as 2024-01-31T12:30:00Z";
        _format ??= TimeFormat.Iso8601;
        return _format == TimeFormat.Iso8601 ? null : $"{Show(text)} is a date where times are {Name(_format)}";
    }

    private string? TryParseNumber(ReadOnlySpan<byte> text, out long milliseconds)
    {
        milliseconds = 0;
        // Nearly every time of nearly every file: whole seconds or milliseconds like the ones before, and no doubt about them.
        if (_format is TimeFormat.Seconds or TimeFormat.Milliseconds && text.Length is >= 9 and <= 13
            && Utf8Parser.TryParse(text, out ulong whole, out int read) && read == text.Length && Guess(whole) == _format)
        {
            milliseconds = (long)whole * (_format == TimeFormat.Seconds ? 1000 : 1);
            return null;
        }
        if (_format == TimeFormat.Iso8601) return $"{Show(text)} is a number where times are ISO 8601";
        if (!Utf8Parser.TryParse(text, out decimal number, out int used) || used != text.Length)
            return $"{Show(text)} is not a time";
        if (!_given)
        {
            if (number < 0) return $"the time {Show(text)} is negative; if that is meant, set TimeFormat, and Earliest to before 1970";
            TimeFormat? guess = number < long.MaxValue ? Guess((ulong)number) : null;
            if (guess is null) return $"the time {Show(text)} is ambiguous: say in TimeFormat how times are written, or set TimeColumn to \"\" if this is no time";
            _format ??= guess;
            if (_format != guess) return $"the time {Show(text)} looks like {Name(guess)} where those before are {Name(_format)}; if it is right, set TimeFormat";
        }
        decimal scaled = decimal.Floor(_format switch
        {
            TimeFormat.Seconds => number * 1000m,
            TimeFormat.Milliseconds => number,
            _ => number / 1000m,
        });
        if (scaled < DateTimeOffset.MinValue.ToUnixTimeMilliseconds() || scaled > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
            return $"the time {Show(text)} in {Name(_format)} is beyond the years 1 to 9999";
        milliseconds = (long)scaled;
        return null;
    }

    /// <summary>The unit in which a number is a time between 1973 and 2286.</summary>
    private static TimeFormat? Guess(ulong number) => number switch
    {
        >= 100_000_000 and < 10_000_000_000 => TimeFormat.Seconds,
        >= 100_000_000_000 and < 10_000_000_000_000 => TimeFormat.Milliseconds,
        >= 100_000_000_000_000 and < 10_000_000_000_000_000 => TimeFormat.Microseconds,
        _ => null,
    };

    /// <summary>Up to 20 characters, so that decimal's 28 digits always hold the number; a date has more than one dash, or none in front.</summary>
    private static bool IsNumber(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> digits = text.StartsWith("-"u8) ? text[1..] : text;
        return digits.Length is > 0 and <= 20 && !digits.ContainsAnyExcept(s_digits);
    }

    private static string Name(TimeFormat? format) => format switch
    {
        TimeFormat.Iso8601 => "ISO 8601",
        _ => format.ToString()!.ToLower(CultureInfo.InvariantCulture),
    };

    private static string Show(ReadOnlySpan<byte> text) => Excerpt.Of(Encoding.UTF8.GetString(text[..Math.Min(text.Length, 200)]));
}
