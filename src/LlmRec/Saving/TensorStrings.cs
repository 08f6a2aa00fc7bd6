using LlmRec.Transformers;

namespace LlmRec;

/// <summary>Lists of strings as tensors: all characters as UTF-16 in one, where each string ends in another. Loses nothing, not even a lone surrogate.</summary>
internal static class TensorStrings
{
    public static void AddStrings(this SafeTensorsWriter writer, string name, IReadOnlyList<string> strings)
    {
        var ends = new long[strings.Count];
        long total = 0;
        for (int i = 0; i < ends.Length; i++) ends[i] = total += strings[i].Length;
        if (total > int.MaxValue / sizeof(char))
            throw new InvalidDataException($"the strings of '{name}' have {total} characters together, more than one tensor can hold");
        var characters = new ushort[total];
        Span<char> text = System.Runtime.InteropServices.MemoryMarshal.Cast<ushort, char>(characters.AsSpan());
        for (int i = 0, at = 0; i < ends.Length; at += strings[i++].Length) strings[i].CopyTo(text[at..]);
        writer.Add<ushort>(name + ".utf16", characters);
        writer.Add<long>(name + ".ends", ends);
    }

    public static string[] ReadStrings(this SafeTensorsFile file, string name)
    {
        ReadOnlySpan<char> text = System.Runtime.InteropServices.MemoryMarshal.Cast<ushort, char>(file.Get<ushort>(name + ".utf16", -1));
        ReadOnlySpan<long> ends = file.Get<long>(name + ".ends", -1);
        var strings = new string[ends.Length];
        long at = 0;
        for (int i = 0; i < strings.Length; i++)
        {
            if (ends[i] < at || ends[i] > text.Length)
                throw new InvalidDataException($"{file.Name}: string {i} of '{name}' ends at {ends[i]}, outside of the text");
            strings[i] = text[(int)at..(int)ends[i]].ToString();
            at = ends[i];
        }
        return strings;
    }
}
