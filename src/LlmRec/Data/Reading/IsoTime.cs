namespace LlmRec;

/// <summary>A strict reader of the ISO 8601 forms that data sets use: <c>yyyy-MM-dd[(T| )HH:mm[:ss[.f+]]][ ]?[Z|UTC|±HH[:]mm|±HH]</c>.</summary>
internal static class IsoTime
{
    /// <summary>Unix milliseconds, rounded down; UTC when no offset is written.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long milliseconds)
    {
        milliseconds = 0;
        if (text.Length < 10 || text[4] != '-' || text[7] != '-'
            || !Digits(text[..4], out int year) || !Digits(text[5..7], out int month) || !Digits(text[8..10], out int day)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        var date = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc);
        if (!TryParseClock(text[10..], out long ticks)) return false;
        long total = date.Ticks + ticks;
        if (total < 0 || total > DateTime.MaxValue.Ticks) return false;
        // Both counts start at whole milliseconds, so that rounding each down rounds their difference down.
        milliseconds = total / TimeSpan.TicksPerMillisecond - DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMillisecond;
        return true;
    }

    private static bool TryParseClock(ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        if (text.IsEmpty) return true;
        if (text.Length < 6 || text[0] is not ((byte)'T' or (byte)'t' or (byte)' ') || text[3] != ':'
            || !Digits(text[1..3], out int hour) || !Digits(text[4..6], out int minute) || hour > 23 || minute > 59)
            return false;
        ticks = hour * TimeSpan.TicksPerHour + minute * TimeSpan.TicksPerMinute;
        text = text[6..];
        if (text.StartsWith(":"u8))
        {
            if (text.Length < 3 || !Digits(text[1..3], out int second) || second > 59) return false;
            ticks += second * TimeSpan.TicksPerSecond;
            text = text[3..];
            if (text.StartsWith("."u8))
            {
                text = text[1..];
                int n = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
                if (n < 0) n = text.Length;
                if (n is 0 or > 9) return false;
                long unit = TimeSpan.TicksPerSecond / 10;
                for (int i = 0; i < n; i++, unit /= 10) ticks += (text[i] - '0') * unit;
                text = text[n..];
            }
        }
        if (!TryParseOffset(text, out long offset)) return false;
        ticks -= offset;
        return true;
    }

    private static bool TryParseOffset(ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        if (text.StartsWith(" "u8)) text = text[1..];
        if (text.IsEmpty || text.SequenceEqual("Z"u8) || text.SequenceEqual("z"u8) || text.SequenceEqual("UTC"u8)) return true;
        if (text[0] is not ((byte)'+' or (byte)'-')) return false;
        int sign = text[0] == '-' ? -1 : 1;
        text = text[1..];
        int minute = 0;
        if (text.Length < 2 || !Digits(text[..2], out int hour)) return false;
        text = text[2..];
        if (text.StartsWith(":"u8)) text = text[1..];
        if (!text.IsEmpty && (text.Length != 2 || !Digits(text, out minute))) return false;
        if (hour > 14 || minute > 59) return false;
        ticks = sign * (hour * TimeSpan.TicksPerHour + minute * TimeSpan.TicksPerMinute);
        return true;
    }

    private static bool Digits(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        foreach (byte b in text)
        {
            if (b is < (byte)'0' or > (byte)'9') return false;
            number = number * 10 + (b - '0');
        }
        return true;
    }
}
