namespace LlmRec;

/// <summary>What makes a string an id.</summary>
internal static class Ids
{
    /// <summary>Refuses lone surrogates: no file can hold them, so that two ids could become one when they are saved.</summary>
    /// <exception cref="ArgumentException">The id has one.</exception>
    public static void Check(ReadOnlySpan<char> id, string what, string parameter)
    {
        int at = id.IndexOfAnyInRange('\uD800', '\uDFFF');
        while (at >= 0)
        {
            if (at + 1 >= id.Length || !char.IsSurrogatePair(id[at], id[at + 1]))
                throw new ArgumentException($"the {what} id {Excerpt.Of(id[..at])}... has a lone surrogate (U+{(int)id[at]:X4}) at position {at}: half a character, from cutting a string in the middle of one?", parameter);
            int next = id[(at + 2)..].IndexOfAnyInRange('\uD800', '\uDFFF');
            at = next < 0 ? -1 : at + 2 + next;
        }
    }
}
