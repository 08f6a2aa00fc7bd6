using System.Globalization;

namespace LlmRec;

/// <summary>Decimal numbers in UTF-8 as float32, rounded correctly: the common short ones in a few multiplications, all others by the runtime.</summary>
internal static class Utf8Decimal
{
    private const int MostDigits = 19;             // as many as 64 bits hold
    private const ulong MostExact = 1UL << 53;     // integers up to here are exact doubles

    private static readonly double[] PowersOfTen =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    /// <summary>Parses a number that ends at a space or at the end of the text.</summary>
    /// <param name="text">The text; the number starts at its first byte.</param>
    /// <param name="value">The number; may be infinite where the text is beyond float32.</param>
    /// <param name="length">Bytes up to the space or the end.</param>
    /// <returns>False when that is not a number, or is NaN or infinite.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out float value, out int length)
    {
        int i = 0;
        bool negative = false;
        if (i < text.Length && text[i] is (byte)'-' or (byte)'+') negative = text[i++] == '-';
        ulong digits = 0;
        int first = i, written, after = 0;
        for (uint digit; i < text.Length && (digit = text[i] - (uint)'0') <= 9; i++) digits = digits * 10 + digit;
        written = i - first;
        if (i < text.Length && text[i] == '.')
        {
            int point = i++;
            for (uint digit; i < text.Length && (digit = text[i] - (uint)'0') <= 9; i++) digits = digits * 10 + digit;
            after = i - point - 1;
            written += after;
        }
        bool plain = written <= MostDigits && digits <= MostExact;   // more digits than these may have overflown
        int exponent = 0;
        if (plain && i + 1 < text.Length && text[i] is (byte)'e' or (byte)'E')
        {
            int e = i + 1;
            bool down = false;
            if (text[e] is (byte)'-' or (byte)'+') down = text[e++] == '-';
            int start = e;
            for (; e < text.Length && e - start < 4 && text[e] - (uint)'0' <= 9; e++) exponent = exponent * 10 + (text[e] - '0');
            if (e == start) plain = false;
            if (down) exponent = -exponent;
            i = e;
        }
        exponent -= after;
        if (plain && written > 0 && (i == text.Length || text[i] == ' ') && Math.Abs(exponent) <= 22)
        {
            // Both are exact doubles, so the quotient is the nearest double; only from the middle between two floats could a second rounding go astray.
            double exact = exponent < 0 ? digits / PowersOfTen[-exponent] : digits * PowersOfTen[exponent];
            bool middle = (BitConverter.DoubleToUInt64Bits(exact) & 0x1FFFFFFF) == 0x10000000;
            if (digits == 0 || (!middle && exact >= 1.2e-38 && exact < float.MaxValue))
            {
                value = negative ? -(float)exact : (float)exact;
                length = i;
                return true;
            }
        }
        int end = text.IndexOf((byte)' ');
        length = end < 0 ? text.Length : end;
        return float.TryParse(text[..length], NumberStyles.Float, CultureInfo.InvariantCulture, out value) && float.IsFinite(value);
    }
}
