namespace LlmRec.Transformers;

/// <summary>GPT-2's visible character for every byte: printable Latin-1 stands for itself, the others come from U+0100 on.</summary>
internal static class ByteAlphabet
{
    private static readonly char[] Chars = new char[256];
    private static readonly short[] Bytes = new short[0x144];

    static ByteAlphabet()
    {
        Bytes.AsSpan().Fill(-1);
        int next = 0x100;
        for (int b = 0; b < 256; b++)
        {
            bool visible = b is >= 0x21 and <= 0x7E or >= 0xA1 and <= 0xAC or >= 0xAE;
            Chars[b] = (char)(visible ? b : next++);
            Bytes[Chars[b]] = (short)b;
        }
    }

    public static char CharOf(byte b) => Chars[b];

    /// <summary>The byte of a character, or -1.</summary>
    public static int ByteOf(char c) => c < Bytes.Length ? Bytes[c] : -1;

    /// <summary>Length in UTF-8 of a byte's character: offsets of the reference library count these.</summary>
    public static int WidthOf(byte b) => b is >= 0x21 and <= 0x7E ? 1 : 2;
}
