namespace LlmRec;

/// <summary>Signs of spam in a text that do not depend on its language.</summary>
internal static class SpamSigns
{
    /// <summary>0 for none, 1 for many; <paramref name="found"/> names the strongest signs.</summary>
    public static double Of(string title, string text, out string found)
    {
        var signs = new List<(double Weight, string Name)>();
        string all = title.Length == 0 ? text : text.Length == 0 ? title : title + " " + text;
        int letters = 0, upper = 0, run = 1, longest = 0, marks = 0, digits = 0;
        for (int i = 0; i < all.Length; i++)
        {
            char c = all[i];
            if (char.IsLetter(c))
            {
                letters++;
                if (char.IsUpper(c))
                    upper++;
            }
            digits += char.IsDigit(c) ? 1 : 0;
            marks += c is '!' or '$' or '€' or '£' or '★' or '✔' or '➤' || char.IsSurrogate(c) ? 1 : 0;
            run = i > 0 && c == all[i - 1] && !char.IsDigit(c) && c is not ' ' and not '.' and not '-' ? run + 1 : 1;
            longest = Math.Max(longest, run);
        }
        if (letters >= 12 && upper > 0.7 * letters)
            signs.Add((0.35, "written in capitals"));
        if (longest >= 4)
            signs.Add((0.35, "the same character again and again"));
        if (marks >= 3 && marks > 0.03 * all.Length)
            signs.Add((0.4, "shouting marks"));
        int links = Count(all, "http://") + Count(all, "https://") + Count(all, "www.");
        if (links > 0)
            signs.Add((Math.Min(0.7, 0.35 * links), links == 1 ? "a link" : $"{links} links"));
        if (all.Contains('@') && all.Contains('.'))
            signs.Add((0.2, "an address"));
        if (digits >= 9 && digits > 0.3 * all.Length)
            signs.Add((0.25, "mostly digits"));
        if (Stuffing(all) is { } word)
            signs.Add((0.7, $"the word '{word}' over and over"));

        double clean = 1;
        foreach ((double weight, _) in signs)
            clean *= 1 - weight;
        found = string.Join(", ", signs.OrderByDescending(s => s.Weight).Select(s => s.Name));
        return 1 - clean;
    }

    /// <summary>A word that makes up a third of at least nine words.</summary>
    private static string? Stuffing(string text)
    {
        string[] words = text.Split([' ', ',', ';', '.', '!', '?', '\n', '\t', '/', '|'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 9)
            return null;
        var most = words.GroupBy(w => w.ToUpperInvariant()).MaxBy(g => g.Count())!;
        return most.Count() * 3 >= words.Length ? most.First() : null;
    }

    private static int Count(string text, string part)
    {
        int count = 0;
        for (int i = text.IndexOf(part, StringComparison.OrdinalIgnoreCase); i >= 0; i = text.IndexOf(part, i + part.Length, StringComparison.OrdinalIgnoreCase))
            count++;
        return count;
    }
}
