using System.Globalization;

namespace LlmRec.Perf;

/// <summary>The <c>--name value</c> pairs of the command line. Every option a workload reads, given or defaulted, is echoed in the JSON line.</summary>
internal sealed class PerfArguments
{
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, string>> _read = [];

    /// <exception cref="ArgumentException">An option lacks its value or a word does not start with <c>--</c>.</exception>
    public static PerfArguments Parse(ReadOnlySpan<string> words)
    {
        var result = new PerfArguments();
        for (int i = 0; i < words.Length; i += 2)
        {
            if (!words[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == words.Length)
                throw new ArgumentException($"expected --name value, found '{words[i]}'");
            result._given[words[i][2..]] = words[i + 1];
        }
        return result;
    }

    /// <summary>Threads to use, default 1.</summary>
    public int Threads => Int("threads", 1);

    /// <summary>Seed of everything random, default 42.</summary>
    public int Seed => Int("seed", 42);

    /// <summary>Seconds to keep repeating, default 2.</summary>
    public double Seconds => Double("seconds", 2);

    /// <summary>What was read, in the order of first reading.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Read => _read;

    public int Int(string name, int otherwise) =>
        int.TryParse(Text(name, otherwise.ToString(CultureInfo.InvariantCulture)), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int v)
            ? v : throw new ArgumentException($"--{name} wants a whole number, got '{_given[name]}'");

    public double Double(string name, double otherwise) =>
        double.TryParse(Text(name, otherwise.ToString(CultureInfo.InvariantCulture)), NumberStyles.Float, CultureInfo.InvariantCulture, out double v)
            ? v : throw new ArgumentException($"--{name} wants a number, got '{_given[name]}'");

    public string Text(string name, string otherwise)
    {
        string value = _given.TryGetValue(name, out string? given) ? given : otherwise;
        if (!_read.Exists(r => r.Key == name))
            _read.Add(new(name, value));
        return value;
    }

    /// <summary>A comma-separated list of whole numbers.</summary>
    public int[] Ints(string name, string otherwise) =>
        [.. Text(name, otherwise).Split(',', StringSplitOptions.RemoveEmptyEntries).Select(x => int.Parse(x, CultureInfo.InvariantCulture))];

    /// <exception cref="ArgumentException">An option was given that the workload never read: a misspelling, most likely.</exception>
    public void ThrowIfUnread()
    {
        string[] unread = [.. _given.Keys.Where(k => !_read.Exists(r => r.Key == k))];
        if (unread.Length > 0)
            throw new ArgumentException($"this workload does not know --{string.Join(", --", unread)}; it reads --{string.Join(", --", _read.Select(r => r.Key))}");
    }
}
