namespace LlmRec;

/// <summary>Tells the language of a text: by its script where that decides, else by its most frequent small words.</summary>
internal static class LanguageGuess
{
    private static readonly (string Code, HashSet<string> Words)[] Latin =
    [
        ("en", Words("the of and to in is for with on that this by from are it as at an be your you or")),
        ("de", Words("der die das und ist in den mit von für auf ein eine nicht zu dem des sich im auch es")),
        ("fr", Words("le la les de des et un une est pour dans en du sur avec qui que pas au par ce")),
        ("es", Words("el la los las de y en un una es para con por que del se su al lo como más")),
        ("it", Words("il la le di e un una è per con che in del della si non gli da al sono nel")),
        ("pt", Words("o a os as de e em um uma é para com que do da se não no na por mais")),
        ("nl", Words("de het een en van in is voor met op dat niet zijn te aan er ook om bij naar")),
        ("sv", Words("och att det i en som på är av för med till den inte om ett han var så")),
        ("pl", Words("i w na z do nie się jest to że dla od po o jak przez oraz jego który")),
        ("tr", Words("ve bir bu için ile da de çok olarak daha en gibi olan ne kadar sonra her")),
    ];

    /// <summary>A two-letter code, or null when nothing decides.</summary>
    public static string? Of(string text)
    {
        Span<int> scripts = stackalloc int[8];
        int kana = 0;
        foreach (char c in text)
        {
            int script = c switch
            {
                >= 'a' and <= 'z' or >= 'A' and <= 'Z' or >= '\u00C0' and <= '\u024F' => 1,
                >= '\u0370' and <= '\u03FF' => 2,
                >= '\u0400' and <= '\u04FF' => 3,
                >= '\u0590' and <= '\u05FF' => 4,
                >= '\u0600' and <= '\u06FF' => 5,
                >= '\u3040' and <= '\u30FF' or >= '\u4E00' and <= '\u9FFF' => 6,
                >= '\uAC00' and <= '\uD7AF' => 7,
                _ => 0,
            };
            scripts[script]++;
            kana += c is >= '\u3040' and <= '\u30FF' ? 1 : 0;
        }
        int main = 1;
        for (int s = 2; s < scripts.Length; s++)
            if (scripts[s] > scripts[main])
                main = s;
        if (scripts[main] < 4)
            return null;
        return main switch
        {
            2 => "el",
            3 => "ru",
            4 => "he",
            5 => "ar",
            6 => kana > 0 ? "ja" : "zh",
            7 => "ko",
            _ => ByWords(text),
        };
    }

    private static string? ByWords(string text)
    {
        string[] words = text.ToLowerInvariant().Split([' ', ',', '.', ';', ':', '!', '?', '(', ')', '"', '\n', '\t', '/'], StringSplitOptions.RemoveEmptyEntries);
        (string? best, int most, int second) = (null, 0, 0);
        foreach ((string code, HashSet<string> known) in Latin)
        {
            int hits = words.Count(known.Contains);
            if (hits > most)
                (best, most, second) = (code, hits, most);
            else if (hits > second)
                second = hits;
        }
        return most >= 2 && most > second ? best : null;
    }

    private static HashSet<string> Words(string words) => [.. words.Split(' ')];
}
